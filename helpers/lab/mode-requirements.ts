import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineRecipe } from '../../fixtures/engines';
import type { EngineIdentity, EngineMode, MachineNeed } from '../../fixtures/engines/modes';
import { run } from '../base/process';
import { cgroupMounts } from './cgroups';
import type { Obstacle } from './requirements';

/** Looks whether this machine has something. @returns why not */
type Check = () => Obstacle | undefined | Promise<Obstacle | undefined>;

const checks: Readonly<Record<MachineNeed, Check>> = {
  // proc(5): the file lists tables in use, and is there as soon as the kernel knows that kind of tables
  'legacy-tables': () =>
    existsSync('/proc/net/ip_tables_names')
      ? undefined
      : {
          reason: "the kernel has no tables of iptables' own, or has not loaded them",
          remedy: 'Load them: modprobe --all iptable_filter iptable_nat ip6table_filter ip6table_nat.',
        },
  'unified-cgroups': () =>
    cgroupMounts().some((mount) => existsSync(join(mount, 'cgroup.controllers')))
      ? undefined
      : { reason: 'no hierarchy of cgroup v2 is mounted here', remedy: 'Mount one: mount -t cgroup2 cgroup2 DIRECTORY.' },
  'locked-memory': async () =>
    (await run(['sh', '-c', 'ulimit -l unlimited'])).exitCode === 0
      ? undefined
      : {
          reason: 'the limit of locked memory cannot be raised here',
          remedy: 'Run it with the capability CAP_SYS_RESOURCE, or with ulimit -l unlimited.',
        },
  tun: () =>
    existsSync('/sys/class/misc/tun')
      ? undefined
      : { reason: 'the kernel has no TUN device, or has not loaded it', remedy: 'Load it: modprobe tun.' },
  'user-namespaces': async () => {
    const made = await run(
      ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'unshare', '--user', '--map-root-user', 'true'],
      { timeout: 10_000 },
    );
    return made.exitCode === 0
      ? undefined
      : {
          reason: `users other than root cannot make user namespaces here (${made.stderr.trim()})`,
          remedy:
            'Allow it: see the sysctls user.max_user_namespaces, kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns.',
        };
  },
};

/** What keeps this machine from running a lab in this mode, when nothing keeps it from running labs. Takes a few milliseconds. */
export async function obstacleToMode(mode: Pick<EngineMode, 'needs'>, engine: EngineIdentity): Promise<Obstacle | undefined> {
  for (const need of mode.needs?.(engine) ?? []) {
    const obstacle = await checks[need]();
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

/** As {@link obstacleToMode}, of the engine itself, whatever the mode. */
export function obstacleToEngine(engine: Pick<EngineRecipe, 'kind' | 'version' | 'needs'>): Promise<Obstacle | undefined> {
  return obstacleToMode({ needs: () => engine.needs ?? [] }, engine);
}
