import type { Container } from '../containers/container';
import { eventually } from '../claim/eventually';
import { nameServer, type Saying } from '../dns/name-server';
import { listeningAt, listensOn } from '../vantage/procfs';
import { ProbeBroken } from '../world/vantage-point';
import type { ContainerBody, Maker } from './maker';

/** A name server of the test, and its IPv4 address on the network that it was made on. */
export interface RunningNameServer {
  container: Container;
  address: string;
}

/** What it is to be. */
export interface NameServerSettings extends Pick<ContainerBody, 'member'> {
  /** the IPv4 address that it gives every name; one that is nobody's without this */
  gives?: string;
  /** what it says instead; see `nameServer` */
  says?: Readonly<Record<string, Saying>>;
}

/** Milliseconds within which it has to listen: long, for a busy machine; nobody waits any longer than it takes. */
const readyWithin = 10_000;

/**
 * Makes a name server on a network, which answers over UDP and TCP when this returns.
 * @param network a network, or the name of one
 * @throws ProbeBroken where it does not come to listen
 */
export async function nameServerOn(
  make: Maker,
  network: { name: string },
  { member = 'upstream', gives = '198.51.100.1', says = {} }: NameServerSettings = {},
): Promise<RunningNameServer> {
  const container = await make.container({ member, ...nameServer(gives, says), HostConfig: { NetworkMode: network.name } });
  const sockets = await eventually(
    () => listeningAt(container),
    (it) => listensOn(it, 53),
    { within: readyWithin },
  );
  if (!listensOn(sockets, 53)) throw new ProbeBroken(`the name server of the test did not come to listen within ${readyWithin} ms`);
  return { container, address: (await container.endpoint(network.name)).IPAddress };
}

/**
 * The address of a name server on a network that knows no name, for containers that ask for one that nobody has: whatever
 * name servers the host has, and whether they answer, is then no part of what is seen.
 */
export async function knowsNoName(make: Maker, network: { name: string }): Promise<string> {
  return (await nameServerOn(make, network, { member: 'knows-none', says: { '*': 'NXDOMAIN' } })).address;
}
