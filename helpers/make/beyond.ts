import { Blocked } from '../claim/verdict';
import type { Container } from '../containers/container';
import type { RunContext } from '../claim/context';
import type { Outcome, OutcomeKind } from '../claim/outcome';
import { unexamined } from '../world/ask';
import { networkView } from '../vantage/procfs';
import { read } from '../world/vantage-point';
import type { Ask } from './ask';
import type { Maker } from './maker';
import { externalHost, overIPv6 } from './external-host';
import type { OwnLab } from './own-lab';

/** What is beyond the engine's host, and who asks for it there. */
export interface Beyond {
  /** makes containers on the engine whose host that is */
  make: Maker;
  ask: Ask;
  /** a container in host mode: what it gets is what the host gets */
  atHost: Container;
  /** next hops of the host's default routes */
  gateways: string[];
}

/** Something beyond the host of which an answer came back to the host itself. */
export interface Reachable {
  /** what came back */
  kind: OutcomeKind;
  /**
   * What comes back to a container that asks for it.
   * @throws Blocked where the host gets no such answer any more, either
   */
  from: (box: Container) => Promise<Outcome>;
}

/** Options of a network by which its operator lets containers keep their own addresses, and leaves the way back to others. */
const keepsAddresses: readonly [option: string, value: RegExp][] = [
  ['com.docker.network.bridge.enable_ip_masquerade', /^(0|f|false)$/i],
  ['com.docker.network.bridge.gateway_mode_ipv4', /^(routed|isolated)$/],
];

/**
 * Makes sure that a network's containers get out with the address of the host.
 * @param network its name
 * @throws Blocked naming the option by which an operator, or the daemon for new networks, has it otherwise
 */
export async function mustHideAddresses(network: string, ask: Ask): Promise<void> {
  const { body } = await ask<{ Options?: Record<string, string> | null }>('GET', `/networks/${network}`);
  const options = unexamined(() => body.Options ?? {});
  const set = unexamined(() => keepsAddresses.find(([option, value]) => value.test(options[option] ?? '')));
  if (set)
    throw new Blocked(
      `containers on this network keep their own addresses (${set[0]}=${options[set[0]]}), to which others must have a route`,
    );
}

type Probe = (from: Container) => Promise<Outcome>;

/** Ports at which a gateway may have something to say, a refusal included: its page, and its name server. */
const ports = [80, 443, 53];

/** Outcomes of which something has come back from the other side. */
const answers: readonly OutcomeKind[] = ['reached', 'refused', 'reset'];

/**
 * Looks what is beyond the host of the engine under test. A lab has nothing there: for claims of this kind another one
 * is started, with a machine beside its host that is its gateway and its name server.
 * @throws ProbeBroken where that cannot be made
 */
export async function beyond({
  context,
  make,
  ask,
  lab,
}: {
  context: RunContext;
  make: Maker;
  ask: Ask;
  lab: (args: readonly string[], key: string) => Promise<OwnLab>;
}): Promise<Beyond> {
  const own = context.host.kind === 'lab' ? await lab([], 'uplink') : undefined;
  if (own) await uplink(own);
  const maker = own?.make ?? make;
  const atHost = await maker.container({ member: 'at-host', HostConfig: { NetworkMode: 'host', UsernsMode: 'host', CapAdd: ['NET_RAW'] } });
  return { make: maker, ask: own?.ask ?? ask, atHost, gateways: (await networkView(atHost)).gateways };
}

/**
 * Gives the host of a lab an uplink: a machine at the end of a veth link that is its gateway, for IPv4 and IPv6, and its name
 * server, which says of every name that there is none. It knows its own link only: what comes with another address than
 * the host's gets no answer.
 */
async function uplink(own: OwnLab): Promise<void> {
  const far = await externalHost(own, { member: 'gateway' });
  const { machine, address, hostAddress } = far;
  const ipv6 = await overIPv6(own, far);
  const { Pid } = (await machine.inspect()).State;
  await read(machine, ['sh', '-ec', `ip route del default via ${hostAddress}; ip -6 route del default via ${ipv6.hostAddress}`]);
  await read(own.host, [
    'sh',
    '-ec',
    [
      `ip route replace default via ${address}`,
      `ip -6 route replace default via ${ipv6.address}`,
      `echo nameserver ${address} >/etc/resolv.conf`,
      `busybox nsenter -t ${Pid} -n dnsmasq --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts --local=/#/ --bind-interfaces --listen-address=${address}`,
    ].join('; '),
  ]);
}

/**
 * What beyond the host answers the host itself: its gateways, each at one of its ports or else a ping, and what the user named.
 * @param family of addresses; a name is asked for with IPv4
 * @param reach what --reach names
 * @throws Blocked where there is nothing to ask, or where what was named does not answer the host
 */
export async function reachable({ atHost, gateways }: Beyond, family: 'IPv4' | 'IPv6', reach: string | undefined): Promise<Reachable[]> {
  const isFamily = (address: string) => address.includes(':') === (family === 'IPv6');
  const own = gateways.filter(isFamily);
  // an address of one link means something else on the link of a container
  const asked = own.filter((address) => !/^fe[89ab]/i.test(address));
  const named = reach !== undefined && reach.startsWith('[') === (family === 'IPv6') ? await answering(atHost, [toOrigin(reach)]) : [];
  if (reach !== undefined && reach.startsWith('[') === (family === 'IPv6') && named.length === 0)
    throw new Blocked(`${reach}, which --reach names, does not answer the host itself`);
  const found = [...(await Promise.all(asked.map((gateway) => gatewayOf(atHost, gateway)))).flat(), ...named];
  if (found.length > 0) return found;
  const what = family === 'IPv6' ? 'IPv6 gateway' : 'gateway';
  if (own.length === 0) throw new Blocked(`the host has no ${what}`);
  if (asked.length === 0) throw new Blocked(`the host's ${what} has an address of one link only, ${own.join(', ')}`);
  throw new Blocked(
    `the host's ${what} ${asked.join(', ')} does not answer the host itself, neither a ping nor at TCP ports ${ports.join(', ')}`,
  );
}

async function gatewayOf(atHost: Container, gateway: string): Promise<Reachable[]> {
  const host = gateway.includes(':') ? `[${gateway}]` : gateway;
  const [pinged, byPort] = await Promise.all([
    answering(atHost, [pinging(gateway)]),
    answering(
      atHost,
      ports.map((port) => toOrigin(`${host}:${port}`)),
    ),
  ]);
  return [...byPort, ...pinged].slice(0, 1);
}

/** Those probes that something came back to, what tells most first. */
async function answering(atHost: Container, probes: readonly Probe[]): Promise<Reachable[]> {
  const outcomes = await Promise.all(probes.map(async (probe) => ({ probe, kind: (await probe(atHost)).kind })));
  return answers.flatMap((kind) =>
    outcomes.filter((it) => it.kind === kind).map(({ probe }): Reachable => ({ kind, from: (box) => asIts(atHost, box, probe, kind) })),
  );
}

async function asIts(atHost: Container, box: Container, probe: Probe, kind: OutcomeKind): Promise<Outcome> {
  const outcome = await probe(box);
  if (outcome.kind !== kind && outcome.kind !== 'probe-broken' && (await probe(atHost)).kind !== kind)
    throw new Blocked('the host itself gets no answer any more from what it reached before');
  return outcome;
}

/** Whoever answers something that is no HTTP, as a mail server does, has answered. */
const toOrigin =
  (authority: string): Probe =>
  async (from) => {
    const outcome = await from.fetches(`http://${authority}`);
    return outcome.kind === 'probe-broken' && /Received HTTP\/0\.9/.test(outcome.detail)
      ? { kind: 'reached', status: 0, by: undefined, body: '', remoteAddress: authority }
      : outcome;
  };

/** One ping, and two seconds for its answer; the container needs NET_RAW. */
const pinging =
  (address: string): Probe =>
  async (from) => {
    const { exitCode, stdout, stderr } = await from.exec(['ping', '-c', '1', '-W', '2', address]);
    if (exitCode === 0) return { kind: 'reached', status: 0, by: undefined, body: '', remoteAddress: address };
    return exitCode === 1
      ? { kind: 'timed-out', detail: stdout.trim() }
      : { kind: 'probe-broken', detail: `ping ended with status ${exitCode}: ${stderr.trim()}` };
  };
