import type { Container } from '../containers/container';
import { unexamined } from '../world/ask';
import { read } from '../world/vantage-point';
import type { ContainerBody } from './maker';
import type { OwnLab } from './own-lab';

/** Another machine, at the other end of a veth link to the host of a lab. */
export interface ExternalHost {
  /** the machine: it can fetch, and serves a page of its own on port 80 */
  machine: Container;
  /** its address */
  address: string;
  /** the subnet of the veth link, in CIDR notation */
  subnet: string;
  /** the host's address there */
  hostAddress: string;
  /** the host's end of the veth link */
  link: string;
}

/** What a {@link externalHost} and the host have on their veth link over IPv6. */
export interface LinkAddresses {
  /** the machine's address */
  address: string;
  /** the host's address there */
  hostAddress: string;
}

/**
 * Gives a machine beside a host, and the host, IPv6 addresses on their veth link. What the machine does not know it sends to the host.
 * @throws ProbeBroken where they cannot have any
 */
export async function overIPv6({ make, host }: Pick<OwnLab, 'make' | 'host'>, { machine, link }: ExternalHost): Promise<LinkAddresses> {
  const { gateway: hostAddress, address: nth } = make.subnet6();
  const address = nth(2);
  const seen = await machine.inspect();
  const Pid = unexamined(() => seen.State.Pid);
  await read(host, ['ip', '-6', 'address', 'add', `${hostAddress}/64`, 'dev', link, 'nodad']);
  // engines before 26 turn IPv6 off in a container without networks, which may not turn it on for itself
  const inside = [
    'sysctl -w net.ipv6.conf.plug.disable_ipv6=0',
    `ip -6 address add ${address}/64 dev plug nodad`,
    `ip -6 route add default via ${hostAddress}`,
  ];
  await read(host, ['sh', '-ec', inside.map((command) => `busybox nsenter -t ${Pid} -n ${command}`).join('; ')]);
  return { address, hostAddress };
}

/**
 * Puts a machine beside the host of a lab: a container without any network of the engine, and a veth pair between it and
 * the host with a subnet of its own. What it does not know it sends to the host. It ends, with its link, with the claim
 * or the scene that asked for it.
 * @param body what its server does otherwise than others
 * @throws ProbeBroken where the veth link cannot be made
 */
export async function externalHost({ make, host }: Pick<OwnLab, 'make' | 'host'>, body: ContainerBody = {}): Promise<ExternalHost> {
  const { subnet, gateway: hostAddress, address: nth } = make.subnet();
  const machine = await make.server({
    member: 'external-host',
    ...body,
    HostConfig: { ...body.HostConfig, NetworkMode: 'none', CapAdd: ['NET_ADMIN'] },
  });
  const seen = await machine.inspect();
  const Pid = unexamined(() => seen.State.Pid);
  const [address, link] = [nth(2), `uplink${Pid}`];
  await read(host, [
    'sh',
    '-ec',
    `ip link add ${link} type veth peer name plug netns ${Pid}; ip address add ${hostAddress}/24 dev ${link}; ip link set ${link} up`,
  ]);
  await read(machine, ['sh', '-ec', `ip address add ${address}/24 dev plug; ip link set plug up; ip route add default via ${hostAddress}`]);
  return { machine, address, subnet, hostAddress, link };
}
