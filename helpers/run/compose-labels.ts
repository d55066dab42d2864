/** Labels that Docker Compose gives what it makes (docs.docker.com/reference/compose-file/services, labels). */
export const labels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  network: 'com.docker.compose.network',
} as const;
