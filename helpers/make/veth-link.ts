import { Blocked } from '../claim/verdict';
import { runCommand } from '../vantage/run-command';
import { read } from '../world/vantage-point';
import type { OwnLab } from './own-lab';
import { ownSubnet } from './subnets';

/** Enters a lab with the network namespace of another one open as a file, which is how either can tell the other. */
const withNamespace = 'exec 3<"/proc/$1/ns/net"; shift; exec "$@"';

/** Name of the veth link at both ends. */
const link = 'uplink';

/**
 * Makes a veth link between the hosts of two labs, so that their engines are machines of one network.
 * @returns the address of each host there, in the order of the labs
 * @throws Blocked where it cannot be made, as between rootless engines, neither of which may touch the other's host
 */
export async function vethLink(one: OwnLab, other: OwnLab): Promise<[string, string]> {
  const add = one.enter(['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', link, 'netns', '/proc/self/fd/3']);
  const { exitCode, stderr } = await runCommand(['sh', '-ec', withNamespace, 'veth-link', String(other.pid), ...add]);
  if (exitCode !== 0) throw new Blocked(`no veth link can be made between two labs: ${stderr.trim()}`);
  const { address } = ownSubnet();
  const addresses: [string, string] = [address(1), address(2)];
  for (const [index, { host }] of [one, other].entries())
    await read(host, ['sh', '-ec', `ip address add ${addresses[index]}/24 dev ${link}; ip link set ${link} up`]);
  return addresses;
}
