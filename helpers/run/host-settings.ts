import { recording, type Evidence } from '../world/evidence';
import type { EngineHost } from '../vantage/host';

/** What the kernel of an engine's host was told, as far as claims depend on it. */
export interface HostSettings {
  /** whether it has ::1 */
  ipv6: boolean;
  /** whether programs may listen at addresses that it does not have (`net.ipv4.ip_nonlocal_bind`) */
  nonlocalBind: boolean;
  /** the answers that tell it */
  evidence: Evidence[];
}

const look = 'grep -c " lo$" /proc/net/if_inet6 2>/dev/null || echo 0; cat /proc/sys/net/ipv4/ip_nonlocal_bind';

/** Looks at the host's kernel. Where it cannot be seen, it counts as it is by default, so that claims are judged. */
export async function hostSettings(host: Pick<EngineHost, 'exec'>): Promise<HostSettings> {
  let printed: string[] = [];
  const evidence = await recording(
    async () => {
      const { exitCode, stdout } = await host.exec(['sh', '-c', look]);
      printed = exitCode === 0 ? stdout.trim().split('\n') : [];
    },
    () => undefined,
  );
  return { ipv6: printed[0] !== '0', nonlocalBind: printed.at(-1) === '1' && printed.length > 1, evidence };
}
