import type { Container } from '../claim/container';
import { notReading } from '../mutants/look';
import { read } from '../vantage/vantage';
import type { ContainerBody } from './maker';
import type { OwnLab } from './own-lab';

/** Another machine, at the other end of a cable that is plugged into the host of a lab. */
export interface Neighbour {
  /** the machine: it can fetch, and serves a page of its own on port 80 */
  machine: Container;
  /** its address */
  address: string;
  /** what is on the cable, in CIDR notation */
  subnet: string;
  /** the host's address there */
  hostAddress: string;
  /** the host's link that the cable is plugged into */
  link: string;
}

/**
 * Puts a machine beside the host of a lab: a container without any network of the engine, and a veth pair between it and
 * the host with a subnet of its own. What it does not know it sends to the host. It ends, with its cable, with the claim
 * or the scene that asked for it.
 * @param body what its server does otherwise than others
 * @throws ProbeBroken where the cable cannot be plugged in
 */
export async function neighbour({ make, host }: Pick<OwnLab, 'make' | 'host'>, body: ContainerBody = {}): Promise<Neighbour> {
  const { subnet, gateway: hostAddress, address: nth } = make.subnet();
  const machine = await make.server({ member: 'neighbour', ...body, HostConfig: { ...body.HostConfig, NetworkMode: 'none', CapAdd: ['NET_ADMIN'] } });
  const seen = await machine.inspect();
  const Pid = notReading(() => seen.State.Pid);
  const [address, link] = [nth(2), `cable${Pid}`];
  await read(host, ['sh', '-ec', `ip link add ${link} type veth peer name plug netns ${Pid}; ip address add ${hostAddress}/24 dev ${link}; ip link set ${link} up`]);
  await read(machine, ['sh', '-ec', `ip address add ${address}/24 dev plug; ip link set plug up; ip route add default via ${hostAddress}`]);
  return { machine, address, subnet, hostAddress, link };
}
