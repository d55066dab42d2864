import { recording, type Evidence } from '../world/evidence';
import type { EngineHost } from '../vantage/host';

/** What the kernel of an engine's host was told, as far as claims depend on it. */
export interface HostSettings {
  /** whether it has ::1 */
  ipv6: boolean;
  /** whether it forwards IPv6, on the links that it has and on new ones */
  ipv6Forwarding: boolean;
  /** whether programs may listen at addresses that it does not have (`net.ipv4.ip_nonlocal_bind`) */
  nonlocalBind: boolean;
  /** the answers that tell it */
  evidence: Evidence[];
}

/** One line for each setting; without IPv6 the kernel has fewer of them. */
const look =
  'echo loopback=$(grep -c " lo$" /proc/net/if_inet6 2>/dev/null); cd /proc/sys/net; ' +
  'grep -s . ipv4/ip_nonlocal_bind ipv6/conf/all/forwarding ipv6/conf/default/forwarding; true';

/** Looks at the host's kernel. Where it cannot be seen, it counts as it is by default, so that claims are judged. */
export async function hostSettings(host: Pick<EngineHost, 'exec'>): Promise<HostSettings> {
  let printed = '';
  const evidence = await recording(
    async () => {
      const { exitCode, stdout } = await host.exec(['sh', '-c', look]);
      printed = exitCode === 0 ? stdout : '';
    },
    () => undefined,
  );
  return {
    ipv6: !/^loopback=0?$/m.test(printed),
    ipv6Forwarding: !/^ipv6\/conf\/(all|default)\/forwarding:0$/m.test(printed),
    nonlocalBind: /^ipv4\/ip_nonlocal_bind:1$/m.test(printed),
    evidence,
  };
}
