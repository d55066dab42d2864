import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type Dockerode from 'dockerode';
import { run } from '../process';
import { interfaceNames } from '../vantage/procfs';
import type { HostAccess } from './context';

/**
 * Finds out where the engine's host is. A helper container in host mode, which the engine therefore puts on its host,
 * tells which kernel and network namespace it is in. Only when both are this process's own, and this process sees all of
 * them, does the suite work from here; in every other case the helper stays and is the host's vantage
 * point: a desktop's virtual machine, another machine, a rootless engine's namespace.
 */
export async function accessHost(docker: Dockerode, image: string, labels: Record<string, string>): Promise<HostAccess> {
  const helper = await docker.createContainer({
    Image: image,
    Entrypoint: [],
    Cmd: ['sh', '-c', tellPlace],
    Tty: true,
    Labels: labels,
    HostConfig: { NetworkMode: 'host', PidMode: 'host', UsernsMode: 'host' },
  });
  // what it says first tells where it is; that is quicker than an exec
  const stream = await helper.attach({ stream: true, stdout: true, stderr: true });
  await helper.start();
  const place = (await firstLine(stream)).split(' ');
  const [kernel, network, pids] = ownPlace();
  if (place[0] !== kernel || place[1] !== network || process.getuid?.() !== 0 || !sysShowsOwnLinks() || !(await hasCurl())) return { kind: 'helper', containerId: helper.id };
  // its removal is waited for at the end of the run, with that of everything else
  helper.remove({ force: true, v: true }).catch(() => undefined);
  return { kind: 'here', samePids: place[2] === pids };
}

/** Prints this boot of this kernel, the network namespace and the PID namespace, on one line, and stays. */
const tellPlace = 'echo $(cat /proc/sys/kernel/random/boot_id; readlink /proc/self/ns/net; readlink /proc/self/ns/pid); exec sleep 86400';

/** What {@link tellPlace} prints in this process's own place; nothing where there is no /proc. */
function ownPlace(): string[] {
  try {
    return [readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), readlinkSync('/proc/self/ns/net'), readlinkSync('/proc/self/ns/pid')];
  } catch {
    return [];
  }
}

/** The first line that a container with a terminal prints. */
async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split(/\r?\n/)[0] ?? '';
}

/** A process that was moved into its network namespace can still have the /sys of another one. */
function sysShowsOwnLinks(): boolean {
  const links = interfaceNames(readFileSync('/proc/self/net/dev', 'utf8'));
  return links.join() === readdirSync('/sys/class/net').sort().join();
}

async function hasCurl(): Promise<boolean> {
  return (await run(['curl', '--version'])).exitCode === 0;
}
