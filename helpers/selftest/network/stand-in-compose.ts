import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../base/project';
import { findInPath } from '../../base/in-path';
import { temporaryDirectory } from '../fake-engine';

/** What a docker client says of itself that has no compose. */
const withoutCompose = 'process.stderr.write("docker: unknown command: docker compose\\n"); process.exit(1);';

/** What stands for `docker compose`: it starts what the "compose file" has, JSON of names and images. It writes down what it was told. */
const compose = (log: string) => `
const { appendFileSync, readFileSync } = require('node:fs');
const Dockerode = require(${JSON.stringify(path.join(projectRoot, 'node_modules', 'dockerode'))});
const words = process.argv.slice(2);
appendFileSync(${JSON.stringify(log)}, words.join(' ') + '\\n');
if (words.join(' ') === 'compose version') process.exit(0);
const docker = new Dockerode({ socketPath: process.env.DOCKER_HOST.replace('unix://', '') });
const after = (word) => words[words.indexOf(word) + 1];
const project = after('--project-name');
const labels = { 'com.docker.compose.project': project };
const up = async () => {
  const { services } = JSON.parse(readFileSync(after('--file'), 'utf8'));
  const network = await docker.createNetwork({ Name: project + '_default', Labels: labels });
  for (const [service, Image] of Object.entries(services)) {
    if (Image === 'none') throw new Error('no such image: none');
    const name = project + '-' + service + '-1';
    const container = await docker.createContainer({
      name, Image, Labels: { ...labels, 'com.docker.compose.service': service },
      HostConfig: { NetworkMode: project + '_default', Mounts: [{ Type: 'volume', Source: project + '_data', Target: '/data', VolumeOptions: { Labels: labels } }] },
      NetworkingConfig: { EndpointsConfig: { [project + '_default']: { Aliases: [name, service] } } },
    });
    await container.start();
  }
};
const down = async () => {
  const filters = { label: ['com.docker.compose.project=' + project] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) await docker.getContainer(Id).remove({ force: true });
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
};
(words.includes('up') ? up() : down()).catch((error) => { console.error(error.message); process.exit(17); });
`;

/** A folder for PATH with nothing but Node and a docker client: one with compose that writes to a file what it was told, or without. */
export function pathWith(log: string | undefined): string {
  const folder = temporaryDirectory();
  for (const program of ['env', 'sh']) symlinkSync(findInPath(program) ?? '', path.join(folder, program));
  symlinkSync(process.execPath, path.join(folder, 'node'));
  const docker = path.join(folder, 'docker');
  writeFileSync(docker, `#!${process.execPath}\n${log === undefined ? withoutCompose : compose(log)}`);
  chmodSync(docker, 0o755);
  return folder;
}
