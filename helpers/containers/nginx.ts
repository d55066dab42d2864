import { randomBytes, randomInt } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import type { NginxOptions } from '../../fixtures/topologies';
import type { HostAccess, RunContext } from '../claim/context';
import { identityPath } from '../vantage/fetch';
import { listeningAt, listeningSockets, listensOn } from '../vantage/procfs';
import type { Lab } from '../lab';
import type { EngineHost } from '../vantage/host';
import type { CommandResult } from '../world/vantage-point';
import { builderCan, overTheApi, withTestcontainers, type Server, type Started } from './start';
import { Container } from './container';
import { eventually } from '../claim/eventually';
import { ask, draw, type Step } from '../world/ask';
import { lasting, SetUpFailed, settingUp } from '../claim/set-up';

/** What starting a container needs to know. */
export interface Provisioner {
  context: RunContext;
  docker: Dockerode;
  host: EngineHost;
  /** in a run for trials: the faults that come and go */
  trials?: PassingFaults;
}

/** Faults that come and go in the labs of a run, those included that claims start for themselves. */
export interface PassingFaults {
  /** arguments of the daemon for a lab that is asked for with these */
  argsFor(asked: readonly string[]): readonly string[];
  /** puts a lab under the faults. @returns path of the socket at which its engine is found */
  join(lab: Lab): Promise<string>;
  /** to be called before a lab ends */
  leave(lab: Lab): void;
}

/** Milliseconds until a started nginx must listen; it takes some 30 on an idle machine, and nobody waits longer than it takes. */
const readyWithin = 30_000;

/** Milliseconds to wait for another run that holds the host's port 80. */
const turnWithin = 60_000;

/**
 * Starts one nginx and waits until it listens. A container in host mode uses port 80 of the
 * host where that is free, else a free port; as port 80 exists once per host, the container that takes it has a fixed
 * name, so that two runs on one engine take turns.
 * @throws SetUpFailed when the engine refuses it, or when the container ends or never listens
 */
export async function startNginx(
  name: string,
  { network, listen, publish = [] }: NginxOptions,
  { context, docker, host }: Provisioner,
): Promise<Container> {
  mustHaveServers(context);
  const onHost = network === 'host';
  const wanted = listen ?? (onHost && context.hostPort80 !== undefined ? ['free'] : [80]);
  const ports: number[] = [];
  for (const port of wanted) ports.push(port === 'free' ? await freePort(host) : port);
  const token = draw('token', () => randomBytes(16).toString('hex'));
  const takesPort80 = onHost && ports.includes(80);
  const server: Server = { network, publish, files: filesOf(token, ports), fixedName: takesPort80 ? hostPort80Name : undefined };
  const create = () => (builderCan(server, context.engine) ? withTestcontainers(server, context) : overTheApi(server, context, docker));
  const what = `create and start ${name} from ${context.image.reference}${network ? `, network ${network}` : ''}`;
  const step: Step<Started> = { kind: 'api', where: 'engine', answer: ({ id }) => id, refusal: ({ message }) => message };
  const { answer: started } = await settingUp('a container that the claim needs could not be started', () =>
    ask({ what, step }, () => (takesPort80 ? takingTurns(create) : create())),
  );

  const container = new Container(name, started.id, started.containerName, token, ports, docker, context.host);
  await untilListening(container, { context, docker, host });
  return container;
}

/** @throws SetUpFailed where it is known before that no server can be run */
export function mustHaveServers({ image: { obstacle } }: RunContext): void {
  if (obstacle !== undefined) throw new SetUpFailed(obstacle);
}

/** Name of the one container that may listen on port 80 of the engine's host. */
export const hostPort80Name = 'docker-network-conformance-host-port-80';

/** What the server serves, and the configuration for other ports than 80: path in the container to content. */
function filesOf(token: string, ports: readonly number[]): Server['files'] {
  const identity = { [`/usr/share/nginx/html${identityPath}`]: `${token}\n` };
  if (ports.join() === '80') return identity;
  const lines = ports.flatMap((port) => [`listen ${port};`, `listen [::]:${port};`]).join(' ');
  return { ...identity, '/etc/nginx/conf.d/default.conf': `server { ${lines} root /usr/share/nginx/html; }\n` };
}

/** Another run's container of the same name is waited for; its own sweep removes it, whatever becomes of that run. */
async function takingTurns<T>(create: () => Promise<T>): Promise<T> {
  const attempt = async () => {
    try {
      return { started: await create() };
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 409) return { refusal: error };
      throw error;
    }
  };
  const last = await eventually(attempt, ({ started }) => started !== undefined, { within: turnWithin });
  if (last.started === undefined) throw last.refusal;
  return last.started;
}

/** A port that nothing on the engine's host listens on, below the range from which kernels and engines choose theirs. */
async function freePort(host: EngineHost): Promise<number> {
  const taken = await listeningAt(host);
  for (;;) {
    const port = draw('port', () => randomInt(20_000, 32_000));
    if (!listensOn(taken, port)) return port;
  }
}

/**
 * Waits until a server listens on all of its ports.
 *
 * Looks at the container's own socket table: that nginx is up must not depend on the network that is being judged.
 * @throws SetUpFailed when the container ends or does not listen in time
 */
export async function untilListening(container: Container, { context, docker, host }: Provisioner): Promise<void> {
  const table = await socketTable(container, { context, docker, host });
  const look = async () => {
    const { exitCode, stdout } = await table();
    const sockets = exitCode === 0 ? listeningSockets(stdout) : [];
    const missing = container.ports.filter((port) => !listensOn(sockets, port));
    if (missing.length > 0) await mustRun(docker, container.id);
    return missing;
  };
  const missing = await eventually(look, (ports) => ports.length === 0, { within: readyWithin });
  if (missing.length > 0)
    throw new SetUpFailed(
      `nginx in a container that the claim needs does not listen on port ${missing.join(', ')} after ${readyWithin / 1000} s`,
    );
}

/** From the engine's host a container's table costs a tenth of what an exec does. */
async function socketTable(container: Container, { context, docker, host }: Provisioner): Promise<() => Promise<CommandResult>> {
  if (!pidsAreOurs(context.host)) return () => container.exec(['cat', '/proc/net/tcp']);
  const { State } = await stateOf(docker, container.id);
  return () => host.exec(['cat', `/proc/${State.Pid}/net/tcp`]);
}

/** Whether the process numbers that the engine names mean the same at the host's vantage point. */
export function pidsAreOurs(host: HostAccess): boolean {
  return host.kind === 'lab' || (host.kind === 'here' && host.samePids);
}

async function mustRun(docker: Dockerode, id: string): Promise<void> {
  const { State } = await stateOf(docker, id);
  if (State.Running) return;
  throw new SetUpFailed(
    `a container that the claim needs ended by itself with status ${State.ExitCode}: ${lasting(State.Error || (await lastWords(docker, id))) || 'it left no message'}`,
  );
}

/** What a container without a terminal printed last. An operator's log driver may keep nothing that could be read (`log-driver`), which is no failure. */
export async function lastWords(docker: Pick<Dockerode, 'getContainer' | 'modem'>, id: string): Promise<string> {
  const read = async () => {
    try {
      const frames = Readable.from([await docker.getContainer(id).logs({ stdout: true, stderr: true, tail: 5 })]);
      const words = new PassThrough();
      docker.modem.demuxStream(frames, words, words);
      frames.once('end', () => words.end());
      return await text(words);
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === undefined) throw error;
      return '';
    }
  };
  return (await ask({ what: `last words of ${id}` }, read)).answer;
}

async function stateOf(docker: Dockerode, id: string): Promise<Dockerode.ContainerInspectInfo> {
  return (await ask({ what: `state of ${id}` }, () => docker.getContainer(id).inspect())).answer;
}
