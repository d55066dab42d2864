import { readFileSync, readlinkSync } from 'node:fs';
import type Dockerode from 'dockerode';
import { run } from '../process';
import { execInContainer } from '../vantage/exec';
import type { HostAccess } from './context';

/**
 * Finds out where the engine's host is. A helper container in host mode, which the engine therefore puts on its host,
 * tells which kernel and network namespace it is in. Only when both are this process's own, and this process may look
 * into other processes, does the suite work from here; in every other case the helper stays and is the host's vantage
 * point: a desktop's virtual machine, another machine, a rootless engine's namespace.
 */
export async function accessHost(docker: Dockerode, image: string, labels: Record<string, string>): Promise<HostAccess> {
  const helper = await docker.createContainer({
    Image: image,
    Entrypoint: [],
    Cmd: ['sleep', '86400'],
    Labels: labels,
    HostConfig: { NetworkMode: 'host', PidMode: 'host', UsernsMode: 'host' },
  });
  await helper.start();
  const { stdout } = await execInContainer(docker, helper.id, 'helper', identityCommand);
  if (stdout !== ownIdentity() || process.getuid?.() !== 0 || !(await hasCurl())) return { kind: 'helper', containerId: helper.id };
  // its removal is waited for at the end of the run, with that of everything else
  helper.remove({ force: true, v: true }).catch(() => undefined);
  return { kind: 'here' };
}

const identityCommand = ['sh', '-c', 'cat /proc/sys/kernel/random/boot_id; readlink /proc/self/ns/net'];

/** What {@link identityCommand} prints in this process's own place; empty where there is no /proc. */
function ownIdentity(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')}${readlinkSync('/proc/self/ns/net')}\n`;
  } catch {
    return '';
  }
}

async function hasCurl(): Promise<boolean> {
  return (await run(['curl', '--version'])).exitCode === 0;
}
