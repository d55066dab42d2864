import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type Dockerode from 'dockerode';
import { setUpError, SetUpFailed } from '../claim/set-up';
import type { Connection } from '../engine/connect';
import { inPath } from '../base/in-path';
import { interfaceNames } from '../vantage/procfs';
import { servedByAttach, servingShell, startShell } from '../vantage/shell';
import type { HostAccess } from '../claim/context';
import { daemonBehind } from './daemon-behind';

/**
 * Finds out where the engine's host is. The suite works from here only where it has the engine's own network namespace,
 * and sees all of it. That is known without a guess in two ways: the engine's process is seen to hold the very socket
 * that the suite talks to, in this namespace; or a helper container in host mode, which the engine therefore puts on its
 * host, says so. In every other case the helper stays and is the host's vantage point: for a desktop's virtual machine,
 * another machine, a rootless engine's namespace. Where the engine refuses the helper, the host is not looked at.
 * @param privileged whether the user allows a helper to enter the host's namespaces (`--privileged-diagnosis`)
 */
export async function accessHost(
  { docker, socketPath }: Pick<Connection, 'docker' | 'socketPath'>,
  image: string,
  labels: Record<string, string>,
  privileged = false,
): Promise<HostAccess> {
  const fit = process.getuid?.() === 0 && sysShowsOwnLinks() && inPath('curl');
  const daemon = fit && socketPath !== undefined ? daemonBehind(socketPath) : undefined;
  if (daemon) return { kind: 'here', samePids: daemon.pids === ownPlace().pids, daemon: daemon.pid };
  let helper: Dockerode.Container | undefined;
  try {
    helper = await docker.createContainer({
      Image: image,
      Entrypoint: [],
      Cmd: servingShell(tellPlace, { lifetime: 86_400, atTheEnd: 'stays' }),
      ...servedByAttach,
      Labels: labels,
      HostConfig: { NetworkMode: 'host', PidMode: 'host', UsernsMode: 'host', Privileged: privileged },
    });
    // what it says first tells where it is; that is quicker than an exec
    const [kernel, network, pids] = (await startShell(docker, helper)).split(' ');
    const own = ownPlace();
    if (!fit || kernel !== own.kernel || network !== own.network)
      return { kind: 'helper', containerId: helper.id, ...(privileged && { privileged }) };
    // its removal is waited for at the end of the run, with that of everything else
    helper.remove({ force: true, v: true }).catch(() => undefined);
    return { kind: 'here', samePids: pids === own.pids };
  } catch (error) {
    const failure = setUpError('a container that the claim needs could not be started', error);
    if (!(failure instanceof SetUpFailed)) throw error;
    await helper?.remove({ force: true, v: true }).catch(() => undefined);
    return { kind: 'unseen', why: failure.message };
  }
}

/** Prints this boot of this kernel, the network namespace and the PID namespace. */
const tellPlace = 'cat /proc/sys/kernel/random/boot_id; readlink /proc/self/ns/net; readlink /proc/self/ns/pid';

/** This process's own PID namespace, as in `pid:[4026531836]`. */
export const pidSpace = (): string | undefined => ownPlace().pids;

interface Place {
  kernel: string;
  network: string;
  pids: string;
}

/** What {@link tellPlace} prints in this process's own place; nothing where there is no /proc. */
function ownPlace(): Partial<Place> {
  try {
    return {
      kernel: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      network: readlinkSync('/proc/self/ns/net'),
      pids: readlinkSync('/proc/self/ns/pid'),
    };
  } catch {
    return {};
  }
}

/** Whether /sys is that of this process's own network: a process that was moved into its namespace can still have the one of another. */
export function sysShowsOwnLinks(): boolean {
  if (process.platform !== 'linux') return false;
  const links = interfaceNames(readFileSync('/proc/self/net/dev', 'utf8'));
  return links.join() === readdirSync('/sys/class/net').sort().join();
}
