import { firewallObjects, printFirewall } from '../vantage/firewall-objects';
import type { EngineHost } from '../vantage/host';
import { read } from '../world/vantage-point';
import type { Ask } from './ask';

/** Settings of a host that claims, or what they start, change. */
const settings = ['ip_forward', 'ip_local_port_range', 'conf/all/route_localnet', 'ip_nonlocal_bind'];

const look = [
  `for it in ${settings.join(' ')}; do echo "setting $it $(cat /proc/sys/net/ipv4/$it)"; done`,
  `ls /sys/class/net | sed 's/^/link /'`,
  `ip route | sed 's/^/route /'`,
  `sed 's/^/resolver /' /etc/resolv.conf`,
  printFirewall,
].join('\n');

/**
 * All by which a claim could tell that others have used a lab before it, as one text that is the same where nothing is
 * left: containers and networks, whether it is in a swarm, links, routes and settings of its host, policies and rules.
 */
export async function labState(ask: Ask, host: EngineHost): Promise<string> {
  const [containers, networks, info, printed] = await Promise.all([
    ask<{ Id: string }[]>('GET', '/containers/json?all=true'),
    ask<{ Id: string }[]>('GET', '/networks'),
    ask<{ Swarm?: { LocalNodeState?: string } }>('GET', '/info'),
    read(host, ['sh', '-c', look]),
  ]);
  const lines = printed.split('\n').filter((line) => /^(setting|link|route|resolver) /.test(line));
  const policies = [...printed.matchAll(/^:(\S+ (?:ACCEPT|DROP)) /gm)].map(([, policy]) => `policy ${policy}`);
  return JSON.stringify([
    containers.body.map(({ Id }) => Id).sort(),
    networks.body.map(({ Id }) => Id).sort(),
    info.body.Swarm?.LocalNodeState,
    ...lines,
    ...policies,
    ...(firewallObjects(printed) ?? []).sort(),
  ]);
}
