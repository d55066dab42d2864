import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import type Dockerode from 'dockerode';
import { print } from '../base/output';
import { run } from '../base/process';
import { projectRoot } from '../base/project';
import { UserError, exitStatus } from '../base/user-error';
import { writeFileAtomically } from '../base/write-file';
import { connect } from '../engine/connect';
import { prepareLab } from '../lab';
import { duration, takingTurns, type Contender, type Measurement } from './measure';
import { startRunningEngine, type RunningEngine } from './running-engine';
import { table, type Ratio } from './summary';

/** How many times as long as a bare `docker exec … curl` to the same target a trace may take, where the way works. */
const barWhereItWorks = 4;

/** How many of the probe's own time limits a trace may take, where nobody answers. */
const barWhereItIsSilent = 3;

/** Seconds that the bare curl waits for a connection, and so does a trace. */
const probeSeconds = 2;

/** Where the figures go, against the working directory. */
const reportFile = path.join('reports', 'trace.json');

type ContenderId = 'exec' | 'here' | 'elsewhere' | 'silent-exec' | 'silent-here' | 'silent-elsewhere';

/**
 * Measures a trace between two containers of a network against a bare `docker exec … curl` to the same target: of an engine whose
 * host is this machine, and of one whose host is elsewhere, so that helper containers have to look.
 */
export async function benchTrace(rounds: number, progress: (line: string) => void): Promise<number> {
  const engine = await startRunningEngine(await prepareLab(undefined, progress));
  const connection = await connect({ kind: 'unix', path: engine.lab.socketPath, found: 'the bench' });
  const elsewhere = await asIfElsewhere(engine.lab.socketPath);
  try {
    await startPlaces(connection.docker, engine);
    const measurements = await takingTurns(contenders(engine, elsewhere.dockerHost), rounds, progress, () => undefined);
    const quotients = traceRatios(measurements);
    print(`\n${table(measurements, quotients)}\n written ${path.resolve(reportFile)}\n`);
    writeFileAtomically(reportFile, `${JSON.stringify({ rounds, measurements, ratios: quotients }, null, 2)}\n`);
  } finally {
    elsewhere.close();
    await connection.close();
    await engine.lab.stop();
  }
  return exitStatus.conforms;
}

/** What a trace cost in units of what it is measured by. */
export function traceRatios(measurements: readonly Measurement<ContenderId>[]): Ratio[] {
  const median = (id: ContenderId) => measurements.find((it) => it.id === id)?.median ?? NaN;
  const limit = probeSeconds * 1000;
  return [
    { title: 'trace / docker exec curl', value: median('here') / median('exec'), bar: barWhereItWorks },
    { title: 'trace, host elsewhere / docker exec curl', value: median('elsewhere') / median('exec'), bar: barWhereItWorks },
    { title: "trace of silence / probe's time limit", value: median('silent-here') / limit, bar: barWhereItIsSilent },
    {
      title: "trace of silence, host elsewhere / probe's time limit",
      value: median('silent-elsewhere') / limit,
      bar: barWhereItIsSilent,
    },
  ];
}

/** The containers that are asked from and asked, and one that drops what comes. */
async function startPlaces(docker: Dockerode, { lab }: RunningEngine): Promise<void> {
  const network = await docker.createNetwork({ Name: 'shop' });
  for (const name of ['web', 'api', 'dropping']) {
    const container = await docker.createContainer({
      name,
      Image: lab.image.reference,
      HostConfig: { NetworkMode: network.id, ...(name === 'dropping' && { CapAdd: ['NET_ADMIN'] }) },
    });
    await container.start();
  }
  const { State } = await docker.getContainer('dropping').inspect();
  await must(lab.enter(['busybox', 'nsenter', '-t', `${State.Pid}`, '-n', 'iptables', '-A', 'INPUT', '-p', 'tcp', '-j', 'DROP']), [0]);
}

/** The same engine at an address of TCP, behind which it could be anywhere. */
async function asIfElsewhere(socketPath: string): Promise<{ dockerHost: string; close: () => void }> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connectSocket(socketPath);
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.once('close', () => open.delete(one));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { dockerHost: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

function contenders(engine: RunningEngine, elsewhere: string): Contender<ContenderId>[] {
  const trace = (to: string) => [process.execPath, path.join(projectRoot, 'helpers', 'bin.cjs'), 'trace', 'web', `http://${to}/`];
  const curl = (to: string) =>
    [
      'docker',
      'exec',
      'web',
      'curl',
      '--silent',
      '--output',
      '/dev/null',
      '--connect-timeout',
      `${probeSeconds}`,
      `http://${to}/`,
    ] as const;
  const at =
    (dockerHost: string) =>
    (argv: readonly string[], ...expected: number[]) =>
    () =>
      duration(() => must(argv, expected, dockerHost));
  const [timed, timedElsewhere] = [at(engine.dockerHost), at(elsewhere)];
  return [
    { id: 'exec', title: 'docker exec curl', measure: timed(curl('api'), 0) },
    { id: 'here', title: 'trace', measure: timed(trace('api'), 0) },
    { id: 'elsewhere', title: 'trace, host elsewhere', measure: timedElsewhere(trace('api'), 0) },
    { id: 'silent-exec', title: 'docker exec curl, silence', measure: timed(curl('dropping'), 28) },
    { id: 'silent-here', title: 'trace of silence', measure: timed(trace('dropping'), 1) },
    { id: 'silent-elsewhere', title: 'trace of silence, host elsewhere', measure: timedElsewhere(trace('dropping'), 1) },
  ];
}

/** Runs a program that must end with one of these statuses: the time of anything else says nothing. */
async function must(argv: readonly string[], expected: readonly number[], dockerHost?: string): Promise<void> {
  const { exitCode, stdout, stderr } = await run(argv, { env: { DOCKER_HOST: dockerHost, DOCKER_CONTEXT: undefined } });
  if (expected.includes(exitCode)) return;
  throw new UserError(`${argv.join(' ')} ended with status ${exitCode}:\n${stdout}\n${stderr}`, 'Make it pass by itself; then measure.');
}
