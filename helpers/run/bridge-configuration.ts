import ipaddr from 'ipaddr.js';
import type { EngineFacts } from '../claim/engine-facts';
import { ipv4FromHex } from '../vantage/procfs';
import type { VantagePoint } from '../world/vantage-point';
import { documentedSubnet } from './availability';
import type { DaemonSettings } from './daemon-settings';

/**
 * Why an engine's default bridge has another range than the documented one, as far as it can be known from here: its
 * operator gave it address pools or `--bip`, or another link of the host had the range already. Undefined where the
 * range is the documented one, or nothing explains the other: then it is the engine that differs. Where nobody can look
 * for such a link, that is the reason.
 */
export async function bridgeConfiguredBy(
  engine: EngineFacts,
  host: Pick<VantagePoint, 'exec'>,
  settings: DaemonSettings,
): Promise<string | undefined> {
  if (engine.kind !== 'docker' || !engine.defaultBridge || engine.defaultBridge.subnet === documentedSubnet) return undefined;
  if (engine.addressPools.length > 0) return `its operator configured the address pools ${engine.addressPools.join(', ')}`;
  for (const option of ['bip', 'bridge', 'fixed-cidr'] as const) {
    const setting = settings(option);
    if (setting) return `its operator set ${option} to ${String(setting.value)} (${setting.where})`;
  }
  const link = engine.defaultBridge.options['com.docker.network.bridge.name'];
  if (link !== undefined && link !== 'docker0') return `its operator gave it the link ${link} (bridge)`;
  const { exitCode, stdout } = await host.exec(['cat', '/proc/net/route']);
  if (exitCode !== 0) return "nobody could look at the routes of the engine's host, one of which can be the reason";
  const overlapping = overlappingRoute(stdout);
  return overlapping && `the host already has a route into ${documentedSubnet}, at ${overlapping}`;
}

/** The link of a route that overlaps the documented range, other than a default route. Columns as in /proc/net/route. */
export function overlappingRoute(table: string): string | undefined {
  const documented = ipaddr.parseCIDR(documentedSubnet) as [ipaddr.IPv4, number];
  for (const line of table.trim().split('\n').slice(1)) {
    const [link, destination = '', , , , , , mask = ''] = line.split('\t');
    const length = ipaddr.IPv4.parse(ipv4FromHex(mask)).prefixLengthFromSubnetMask() ?? 0;
    if (length === 0) continue;
    const shorter = Math.min(length, documented[1]);
    if (ipaddr.IPv4.parse(ipv4FromHex(destination)).match(documented[0], shorter)) return link;
  }
  return undefined;
}
