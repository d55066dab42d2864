import type { Rung } from './layer';

/** Names. */
export const names: readonly Rung[] = [
  {
    code: 'name.default-bridge-resolves-none',
    asks: 'Are containers of the default bridge asked for by name, which have none there?',
    explains: ['name-unknown'],
    look: ({ hostname, source, sourceContainer }) =>
      sourceContainer &&
      Object.keys(sourceContainer.addresses).every((network) => network === 'bridge') &&
      source?.nameServers?.includes('127.0.0.11') === false
        ? {
            summary: `${hostname} is asked for by name on the default bridge, which has no name server of its own`,
            remedy: `docker network create NAME && docker network connect NAME ${sourceContainer.containerName}`,
            seen: [{ of: source, section: 'resolv' }],
          }
        : undefined,
  },
  {
    code: 'name.no-name-server',
    asks: 'Does the client know a name server at all?',
    explains: ['name-unknown'],
    look: ({ source, hostname }) =>
      source?.nameServers?.length === 0
        ? {
            summary: `${source.place} has no name server to ask for ${hostname}`,
            remedy: 'docker run --dns ADDRESS …',
            seen: [{ of: source, section: 'resolv' }],
          }
        : undefined,
  },
];
