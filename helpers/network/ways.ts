import { ownerOfNamespace, type Binding, type Member } from '../trace/inventory';
import { isLoopback } from '../trace/view';
import { covers } from '../trace/facts';
import type { Target } from '../trace/asked';
import type { TraceCause } from '../trace/results';
import { nameOfSource, type Asker, type Source } from './asker';
import { between, hostAddresses, targetAt } from './reaching';

/** One of the ways by which a place can be asked. */
export interface Way {
  target: Target;
  address: string;
  /** why it leads there, should it turn out that it does */
  cause: Pick<TraceCause, 'code' | 'summary' | 'remedy'>;
}

/** All ways to a port of a container: its addresses, and ports of the host that lead to it. */
export async function waysTo(asker: Asker, source: Source, member: Member, port: number, udp: boolean): Promise<Way[]> {
  const inventory = await asker.inventory();
  const from = nameOfSource(source);
  if (source && ownerOfNamespace(source, inventory).id === ownerOfNamespace(member, inventory).id)
    return [
      wayTo('127.0.0.1', port, udp, {
        code: 'way.same-namespace',
        summary: `${from} and ${member.name} are in one network namespace, where nothing can be kept apart`,
        remedy: `Give ${member.name} a network of its own, in place of network_mode: container or service.`,
      }),
    ];
  const hosts = await hostAddresses(asker, source);
  if (member.networkMode === 'host')
    return hosts.map((address) =>
      wayTo(address, port, udp, {
        code: 'way.host',
        summary: `${member.name} is in host mode, and listens at addresses of the host, which ${from} reaches`,
        remedy: `Take ${member.name} out of host mode, or let it listen on 127.0.0.1.`,
      }),
    );
  return [...directWays(source, member, port, udp), ...publishedWays(from, hosts, member, port, udp)];
}

function directWays(source: Source, member: Member, port: number, udp: boolean): Way[] {
  const shared = between(source, member);
  const from = nameOfSource(source);
  return Object.entries(member.endpoints).flatMap(([network, { address, address6 }]) =>
    [address, address6].filter(Boolean).map((it) =>
      wayTo(
        it,
        port,
        udp,
        shared.includes(network)
          ? {
              code: 'way.shared-network',
              summary: `${from} and ${member.name} share the network ${network}, where nothing keeps them apart`,
              remedy: `Take one of them off ${network}: give those who may talk to ${member.name} a network of their own (networks: in the compose file).`,
            }
          : {
              code: 'way.routed',
              summary: `${from} reaches ${it}, which ${member.name} has in ${network}, although they share no network that leads there`,
              remedy:
                source === undefined
                  ? 'The host reaches every container of its bridges; only a rule of its own output chain keeps it back.'
                  : `The host forwards between the two: see who allows it with docker network inspect ${network}, and in the chain DOCKER-USER.`,
            },
      ),
    ),
  );
}

function publishedWays(from: string, hosts: readonly string[], member: Member, port: number, udp: boolean): Way[] {
  const transport = udp ? 'udp' : 'tcp';
  return (
    member.published
      .filter((it) => it.containerPort === port && it.transport === transport && it.hostPort > 0)
      .flatMap((binding) => addressesOf(binding, hosts).map((address) => ({ binding, address })))
      // one port is bound for IPv4 and for IPv6
      .filter(
        ({ binding, address }, index, all) =>
          all.findIndex((it) => it.address === address && it.binding.hostPort === binding.hostPort) === index,
      )
      .map(({ binding, address }) =>
        wayTo(address, binding.hostPort, udp, {
          code: 'way.published-port',
          summary: `port ${binding.hostPort} of the host leads to port ${port} of ${member.name}, and ${from} reaches it at ${address}`,
          remedy: `Publish it for this machine alone ("127.0.0.1:${binding.hostPort}:${port}"), or not at all: containers of one network need no published port.`,
        }),
      )
  );
}

/** Addresses at which a published port is met by who knows the host by some. */
function addressesOf({ hostAddress }: Binding, hosts: readonly string[]): string[] {
  const covered = hosts.filter((it) => covers(hostAddress, it));
  const own = hostAddress !== '' && hostAddress !== '0.0.0.0' && hostAddress !== '::' && !isLoopback(hostAddress) ? [hostAddress] : [];
  return [...new Set([...covered, ...own])];
}

function wayTo(address: string, port: number, udp: boolean, cause: Way['cause']): Way {
  return { target: targetAt(address, port, udp), address, cause };
}
