import { Blocked } from '../claim/verdict';
import { read, type VantagePoint } from '../world/vantage-point';
import { lookUp } from './look-up';
import type { DnsAnswer } from './message';

/** Public servers that engines give containers where the host has none that they could ask. */
const fallbacks = ['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888', '2001:4860:4860::8844'];

/** What a name server says of a name as a whole, by each way of asking. */
type Said = Record<'tcp' | 'udp', DnsAnswer['code']>;

async function serversOf(from: VantagePoint): Promise<string[]> {
  const file = await read(from, ['cat', '/etc/resolv.conf']);
  return [...file.matchAll(/^nameserver\s+(\S+)/gm)].map(([, address = '']) => address);
}

/**
 * The name server beyond a container that its engine took from the configuration of the host, or of the daemon.
 * @param atHost what has the host's own resolv.conf
 * @throws Blocked where there is none, or where it is a public one that nobody has configured: it is not asked
 */
export async function configuredServer(box: VantagePoint, atHost: VantagePoint): Promise<string> {
  const [given, hosts] = await Promise.all([serversOf(box), serversOf(atHost)]);
  const [first] = given;
  if (first === undefined || hosts.length === 0) throw new Blocked('the host has no name server');
  if (fallbacks.includes(first) && !hosts.includes(first))
    throw new Blocked(`the engine gives containers ${first}, a public name server that is none of the host's (${hosts.join(', ')})`);
  return first;
}

/**
 * What the host is told of a name, and what a container is told, by each way of asking in which the host gets an answer.
 * @param server the one that the host asks
 * @param asked the one that the container asks; without it, the one that it is told to use
 * @throws Blocked where the host gets no answer, or not the same one twice
 */
export async function toldOf(
  name: string,
  { atHost, box, server, asked }: { atHost: VantagePoint; box: VantagePoint; server: string; asked?: string },
): Promise<{ host: Partial<Said>; container: Partial<Said> }> {
  const host = withoutSilence(await saidOf(atHost, name, server));
  if (Object.keys(host).length === 0) throw new Blocked(`the name server ${server} does not answer the host itself`);
  const said = await saidOf(box, name, asked);
  const container = Object.fromEntries(Object.entries(said).filter(([way]) => way in host));
  const differs = () => Object.entries(host).some(([way, code]) => container[way] !== code);
  if (
    differs() &&
    Object.entries(await saidOf(atHost, name, server)).some(([way, code]) => way in host && host[way as keyof Said] !== code)
  )
    throw new Blocked(`the name server ${server} does not give the host itself the same answer twice`);
  return { host, container };
}

function withoutSilence(said: Said): Partial<Said> {
  return Object.fromEntries(Object.entries(said).filter(([, code]) => code !== 'none'));
}

/** What a name server says of a name, asked over TCP and UDP. */
async function saidOf(from: VantagePoint, name: string, server?: string): Promise<Said> {
  const asking = server === undefined ? {} : { server };
  const [tcp, udp] = await Promise.all([lookUp(from, name, 'A', { ...asking, over: 'TCP' }), lookUp(from, name, 'A', asking)]);
  return { tcp: tcp.code, udp: udp.code };
}
