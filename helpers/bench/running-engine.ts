import { connect } from '../engine/connect';
import { startLab } from '../lab';
import type { Lab, PreparedLab } from '../lab';

/** An engine that is up before anything is measured, and has `nginx:latest`. */
export interface RunningEngine {
  lab: Lab;
  dockerHost: string;
  /** the argv that runs this argv where the engine's host is: in its network, with the files and processes of this machine */
  onItsHost: (argv: readonly string[]) => string[];
}

// A sysfs shows the network namespace that it was mounted from, so entering a namespace takes a new one (as ip-netns(8) does).
const freshSysfs = 'mount -t sysfs sysfs /sys && exec "$@"';

/** Starts an engine that stands for one that a user has running already. */
export async function startRunningEngine(prepared: PreparedLab): Promise<RunningEngine> {
  const lab = await startLab(prepared, { runId: 'bench' });
  const connection = await connect({ kind: 'unix', path: lab.socketPath, found: 'the bench' });
  // with the image that the document names, nobody has to look for one while time is taken
  await connection.docker.getImage(lab.image.reference).tag({ repo: 'nginx', tag: 'latest' });
  await connection.close();
  const prefix = ['nsenter', `--net=/proc/${lab.pid}/ns/net`, 'unshare', '--mount', 'sh', '-c', freshSysfs, 'sh'];
  return { lab, dockerHost: `unix://${lab.socketPath}`, onItsHost: (argv) => [...prefix, ...argv] };
}
