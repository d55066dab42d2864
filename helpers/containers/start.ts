import { randomBytes } from 'node:crypto';
import type Dockerode from 'dockerode';
import semver from 'semver';
import type * as Testcontainers from 'testcontainers';
import { native } from '../base/native';
import type { RunContext } from '../claim/context';
import type { EngineFacts } from '../claim/engine-facts';
import { draw } from '../world/ask';

/** A container with nginx, as a topology asks for it. */
export interface Server {
  /** `docker run --network`; nothing means the engine's default */
  network: string | undefined;
  /** TCP ports to publish, each on a port of the engine's choice */
  publish: readonly number[];
  /** path in the container to content */
  files: Readonly<Record<string, string>>;
  /** without it any will do */
  fixedName: string | undefined;
}

/** A container that has been started; nothing is known of the server in it. */
export interface Started {
  id: string;
  /** name that the engine knows it by */
  containerName: string;
}

/**
 * Whether testcontainers' builder can start it. After a start it waits until all of `HostConfig.PortBindings` are bound, and
 * fails if they are not: whether a port is published is what claims judge, and Podman before 4.4 lists there also what
 * an image merely exposes (its commit 97f63da). It has no option for the user namespace that host mode needs.
 */
export function builderCan(
  { network, publish }: Pick<Server, 'network' | 'publish'>,
  { kind, version, usernsRemap }: Pick<EngineFacts, 'kind' | 'version' | 'usernsRemap'>,
): boolean {
  const listsExposedPorts = kind === 'podman' && semver.lt(version, '4.4.0');
  return publish.length === 0 && !listsExposedPorts && !(network === 'host' && usernsRemap);
}

/**
 * Starts it with testcontainers. Without exposed ports its wait strategy asks nothing: that the server listens is waited
 * for where that is evidence.
 * @throws the engine's refusal with its `statusCode`
 */
export async function withTestcontainers({ network, files, fixedName }: Server, context: RunContext): Promise<Started> {
  const { GenericContainer } = native<typeof Testcontainers>('testcontainers');
  const container = new GenericContainer(context.image.reference)
    .withLabels(context.labels)
    .withAutoCleanup(context.reaper)
    .withCopyContentToContainer(Object.entries(files).map(([target, content]) => ({ target, content })));
  if (network) container.withNetworkMode(network);
  if (fixedName) container.withName(fixedName);
  const started = await container.start();
  return { id: started.getId(), containerName: started.getName().replace(/^\//, '') };
}

/** Starts what testcontainers' builder has no options for. @throws the engine's refusal with its `statusCode` */
export async function overTheApi(
  { network, publish, files, fixedName }: Server,
  { engine, image, labels }: RunContext,
  docker: Dockerode,
): Promise<Started> {
  const write = Object.entries(files).map(([file, content]) => `printf %s '${content}' >${file}`);
  const name = fixedName ?? draw('name of a server', () => `dnc-server-${randomBytes(4).toString('hex')}`);
  const container = await docker.createContainer({
    name,
    Image: image.reference,
    Cmd: ['sh', '-c', [...write, "exec nginx -g 'daemon off;'"].join('; ')],
    Labels: labels,
    ExposedPorts: Object.fromEntries(publish.map((port) => [`${port}/tcp`, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(publish.map((port) => [`${port}/tcp`, [{ HostPort: '' }]])),
      ...(network !== undefined && { NetworkMode: network }),
      ...(network === 'host' && engine.usernsRemap && { UsernsMode: 'host' }),
    },
  });
  await container.start();
  return { id: container.id, containerName: name };
}
