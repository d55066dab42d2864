import { randomBytes } from 'node:crypto';
import { draw, unexamined } from '../world/ask';
import { read } from '../world/vantage-point';
import { currentLifetime } from './lifetime';
import type { ContainerBody } from './maker';
import type { ExternalHost } from './machines';
import type { OwnLab } from './own-lab';

export type { ExternalHost } from './machines';

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
export async function overIPv6({ make, host }: Pick<OwnLab, 'make' | 'host'>, far: ExternalHost): Promise<LinkAddresses> {
  const { machine, link } = far;
  far.isSpoilt = true;
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
 * the host with a subnet of its own. What it does not know it sends to the host. It is for the claim or the scene that asked
 * for it, and may have been for another one before. Who changes it for good marks it as spoilt.
 * @param body what its server does otherwise than others
 * @throws ProbeBroken where the veth link cannot be made
 */
export function externalHost(
  { make, host, machines }: Pick<OwnLab, 'make' | 'host' | 'machines'>,
  body: ContainerBody = {},
): Promise<ExternalHost> {
  const begin = () => newMachine({ make, host }, body);
  return machines ? machines.lend(JSON.stringify(body), begin) : begin();
}

async function newMachine({ make, host }: Pick<OwnLab, 'make' | 'host'>, body: ContainerBody): Promise<ExternalHost> {
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

/**
 * Makes a link of a host's with nobody at its other end, for claims that need no more than that there is one.
 * @returns its name
 * @throws ProbeBroken where it cannot be made
 */
export async function spareLink({ host }: Pick<OwnLab, 'host'>): Promise<string> {
  const link = draw('name of a link', () => `dnc${randomBytes(4).toString('hex')}`);
  await read(host, ['sh', '-ec', `ip link add ${link} type veth peer name ${link}p; ip link set ${link}p up; ip link set ${link} up`]);
  currentLifetime().owns('loan', link, () => host.exec(['ip', 'link', 'delete', link]));
  return link;
}
