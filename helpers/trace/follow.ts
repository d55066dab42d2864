import type { HostAccess } from '../claim/context';
import { SetUpFailed } from '../claim/set-up';
import { hits } from '../diagnosis/firewall';
import { look } from '../diagnosis/look';
import type { NamespaceState } from '../diagnosis/namespace-state';
import { EngineHost } from '../vantage/host';
import { read, type VantagePoint } from '../world/vantage-point';
import { isAddress, type Target } from './asked';
import { deeperCause } from './deeper';
import { holderOf, meantIn, type Facts } from './facts';
import { helperIn } from './helper-container';
import { hopsOf, whoseInWords, type RulesMet } from './hops';
import { ownerOfNamespace, type Member } from './inventory';
import { lookUpName, type Lookup } from './name';
import { proxyFor } from './proxy';
import { reasonIn } from './reasons';
import type { TraceCause, TraceResults } from './results';
import { fetchCommand, greetedAs, isReached, readFetch, talkTo, type Attempt } from './talk';
import type { Tracing } from './tracing';
import { routesTo, viewOf, type PlaceView } from './view';

/** What a trace found, without what the command itself knows. */
export type Followed = Pick<TraceResults, 'reached' | 'summary' | 'hops' | 'attempts' | 'notes'> & { cause?: TraceCause };

/** Addresses of one name that are tried at most. */
const mostAddresses = 16;

/** Follows a packet from a place to another, and says what was seen at each hop, and what broke. */
export async function follow(tracing: Tracing): Promise<Followed> {
  const { source } = tracing;
  if (source && !['running', 'paused'].includes(source.status)) return notRunning(source);
  const places = new Places(tracing);
  const { facts, met, from, host } = await gather(tracing, places);
  const reason = reasonIn(facts);
  const reached = facts.attempts.length > 0 && countingAttempts(facts).every(isReached);
  const cause = reason ?? (reached ? undefined : await deeperCause({ facts, from, host, tracing, inside: (id) => places.known(id) }));
  return {
    reached: cause === undefined,
    summary: cause?.summary ?? reachedInWords(facts),
    hops: hopsOf(facts, met, cause?.layer),
    attempts: facts.attempts.map((it) => ({ ...it, whose: whoseInWords(holderOf(it.address, facts), facts) })),
    ...(cause && { cause }),
    notes: notesOn(facts),
  };
}

function notRunning({ name, status }: Member): Followed {
  const summary = `${name}, from which is asked, does not run: it is ${status}, and has no network to ask from`;
  return {
    reached: false,
    summary,
    hops: [{ layer: 'source', where: name, state: 'broken', seen: [status] }],
    attempts: [],
    cause: {
      code: 'source.not-running',
      layer: 'source',
      summary,
      remedy: `docker start ${name}  # docker logs ${name} shows why it ended`,
      seen: [{ where: 'engine', what: `state of ${name}`, answer: status }],
    },
    notes: [],
  };
}

/** Helper containers, one for each place that was looked at. */
class Places {
  private readonly started = new Map<string, Promise<VantagePoint>>();
  private readonly points = new Map<string, VantagePoint>();

  constructor(private readonly tracing: Tracing) {}

  /** The inside of a container, or of the one whose namespace it shares. */
  inside(member: Member): Promise<VantagePoint> {
    const owner = this.ownerOf(member);
    const begun = this.started.get(owner.id) ?? this.start(owner, member.name);
    this.started.set(owner.id, begun);
    return begun;
  }

  ownerOf(member: Member): Member {
    return ownerOfNamespace(member, this.tracing.inventory);
  }

  /** A place that has been entered before. */
  known(id: string): VantagePoint | undefined {
    return this.points.get(id);
  }

  private async start({ id, usernsMode }: Member, name: string): Promise<VantagePoint> {
    const inside = { id, name, usernsMode };
    const point = await helperIn(this.tracing, { ...inside, processes: true }).catch((error: unknown) => {
      // an engine that lets nobody see another container's processes may well let its network be seen
      if (error instanceof SetUpFailed) return helperIn(this.tracing, inside);
      throw error;
    });
    this.points.set(id, point);
    return point;
  }
}

interface Gathered {
  facts: Facts;
  met: RulesMet;
  from: VantagePoint;
  host: VantagePoint;
}

async function gather(tracing: Tracing, places: Places): Promise<Gathered> {
  const { docker, access, inventory, source, target, project } = tracing;
  const host = new EngineHost(access, docker);
  const entered = source && source.networkMode !== 'host' ? places.inside(source) : placeOnHost(tracing, host);
  const meantByName = meantIn(target, source, inventory, { project });
  const looking = Promise.all([viewOfHost(access, host), stateOfHost(tracing, host)]);
  const others = viewsOf(meantByName, places);
  const from = await entered;
  const [[hostView, before, hostRoutes], sourceView] = await Promise.all([
    looking.then(async ([view, state]) => [view, state, await routesOfHost(access, host)] as const),
    viewOf(from, [], true),
  ]);
  const lookup = isAddress(target.host) ? undefined : await lookUpName(from, target.host, () => Promise.resolve(hasIpv6(sourceView)));
  const meant = meantIn(target, source, inventory, { project, hostView });
  const addresses = addressesFor(target, source, lookup, meant).slice(0, mostAddresses);
  const [routes, attempts] = await Promise.all([routesTo(from, addresses), Promise.all(addresses.map((it) => talkTo(from, target, it)))]);
  const partial = { target, source, inventory, hostView };
  const holders = addresses.flatMap((address) => {
    const holder = holderOf(address, partial);
    return holder.kind === 'container' ? [holder.member] : [];
  });
  const [views, moreViews, after, throughProxy, otherwise] = await Promise.all([
    others,
    viewsOf(
      holders.filter((it) => !meantByName.includes(it)),
      places,
    ),
    stateOfHost(tracing, host),
    fetchedThroughProxy(from, source, target),
    greetedOtherwise(from, target, attempts),
  ]);
  // a program that keeps trying is between two of its attempts now and then
  const later = await viewOf(from, [], true);
  const facts: Facts = {
    ...partial,
    from: from.name,
    meant,
    lookup,
    attempts,
    sourceView: { ...sourceView, routes, sockets: [...sourceView.sockets, ...later.sockets.filter(({ state }) => state === 'connecting')] },
    views: new Map([...views, ...moreViews]),
    host: after,
    hostRoutes,
    throughProxy,
    otherwise,
  };
  return { facts, met: rulesMet(before, after, facts), from, host };
}

/** The engine's host as a place with the suite's own tools. */
async function placeOnHost(tracing: Tracing, host: VantagePoint): Promise<VantagePoint> {
  const { source, access } = tracing;
  const point = access.kind === 'helper' ? host : await helperIn(tracing);
  return source ? { name: source.name, exec: (argv, telling) => point.exec(argv, telling) } : point;
}

async function viewsOf(members: readonly Member[], places: Places): Promise<[string, PlaceView][]> {
  const running = members.filter(({ status, networkMode }) => ['running', 'paused'].includes(status) && networkMode !== 'host');
  const seen = await Promise.all(
    running.map(async (member): Promise<[string, PlaceView][]> => {
      try {
        const point = await places.inside(member);
        return [[places.ownerOf(member).id, await viewOf(point, [], true)]];
      } catch (error) {
        // what cannot be entered is told as not looked at
        if (error instanceof SetUpFailed) return [];
        throw error;
      }
    }),
  );
  return seen.flat();
}

async function viewOfHost(access: HostAccess, host: VantagePoint): Promise<PlaceView | undefined> {
  return access.kind === 'unseen' ? undefined : await viewOf(host, [], true);
}

async function routesOfHost(access: HostAccess, host: VantagePoint): Promise<string[]> {
  if (access.kind === 'unseen') return [];
  return (await read(host, ['sh', '-c', 'ip route show 2>/dev/null; ip -6 route show 2>/dev/null; true'])).split('\n').filter(Boolean);
}

function stateOfHost({ docker, access }: Tracing, host: VantagePoint): Promise<NamespaceState | undefined> {
  return look('host', { docker, access, host }, undefined, []);
}

function rulesMet(before: NamespaceState | undefined, after: NamespaceState | undefined, facts: Facts): RulesMet {
  if (!before?.rules || !after?.rules) return undefined;
  const ports = [facts.target.port, ...facts.attempts.flatMap(({ address }) => portAt(address, facts))];
  const addresses = [...facts.attempts.flatMap((it) => [it.address, it.from ?? '']).filter(Boolean)];
  const aboutIt = hits('host', before.rules, after.rules).filter(({ rule }) => mentions(rule.text, addresses, ports));
  return aboutIt;
}

function portAt(address: string, facts: Facts): number[] {
  const holder = holderOf(address, facts);
  return holder.kind === 'container' ? [holder.port] : [];
}

/** Whether a rule drops, or is about these addresses and ports: those that merely let everything pass tell nothing. */
function mentions(text: string, addresses: readonly string[], ports: readonly number[]): boolean {
  return (
    / -j (DROP|REJECT|DNAT|MASQUERADE|SNAT)|drop|reject/.test(text) ||
    addresses.some((it) => text.includes(it)) ||
    ports.some((it) => new RegExp(`\\b${it}\\b`).test(text))
  );
}

/** What a client tries, in its order. The host has no names of containers, and knows their addresses. */
function addressesFor(target: Target, source: Member | undefined, lookup: Lookup | undefined, meant: readonly Member[]): string[] {
  if (!lookup) return [target.host];
  if (lookup.addresses.length > 0 || source !== undefined) return lookup.addresses;
  return meant.flatMap(({ endpoints, networkMode }) =>
    networkMode === 'host'
      ? ['127.0.0.1']
      : Object.values(endpoints).flatMap(({ address, address6 }) => [address, address6].filter(Boolean)),
  );
}

function hasIpv6({ links }: PlaceView): boolean {
  return Object.entries(links).some(
    ([name, { addresses }]) => name !== 'lo' && addresses.some((it) => it.includes(':') && !it.startsWith('fe80:')),
  );
}

/** Those attempts that a client would come to: an address of a family that the place does not have is not among them. */
function countingAttempts({ attempts, sourceView }: Facts): Attempt[] {
  const both = attempts.some(({ address }) => !address.includes(':'));
  return both && sourceView && !hasIpv6(sourceView) ? attempts.filter(({ address }) => !address.includes(':')) : attempts;
}

async function fetchedThroughProxy(from: VantagePoint, source: Member | undefined, target: Target): Promise<Facts['throughProxy']> {
  const proxy = source && proxyFor(source.environment, target);
  if (!proxy) return undefined;
  const startedAt = performance.now();
  const result = await from.exec(fetchCommand(proxy.url, { environment: proxy.environment }));
  const said = readFetch(result, proxy.url.startsWith('https') ? 'https' : 'http', target.url !== undefined);
  // an answer of 502 or 504 is the proxy's own
  const own = [502, 503, 504, 407, 403].includes(said.status ?? 0) ? { ...said, ending: 'misunderstood' as const } : said;
  return {
    variable: proxy.variable,
    proxy: proxy.proxy,
    attempt: { ...own, address: proxy.proxy, took: Math.round(performance.now() - startedAt) },
  };
}

/** Where one of HTTP and TLS was not understood, the other one. */
async function greetedOtherwise(from: VantagePoint, target: Target, attempts: readonly Attempt[]): Promise<Facts['otherwise']> {
  const wrong = attempts.find(({ ending }) => ending === 'misunderstood' || ending === 'closed' || ending === 'silent');
  if (!wrong || (target.greeting !== 'http' && target.greeting !== 'https')) return undefined;
  const protocol = target.greeting === 'http' ? 'https' : 'http';
  return { protocol, attempt: await talkTo(from, greetedAs(target, protocol), wrong.address) };
}

function reachedInWords(facts: Facts): string {
  const { attempts, from } = facts;
  const [first] = attempts;
  const who = first ? holderOf(first.address, facts) : undefined;
  const name = who?.kind === 'container' ? who.member.name : who?.kind === 'host' ? "the engine's host" : (first?.address ?? '');
  const more = attempts.length > 1 ? `, at each of ${attempts.length} addresses` : '';
  return `${from} reaches ${name}${more}: ${first?.says ?? ''}`;
}

function notesOn({ attempts, throughProxy, target }: Facts): string[] {
  const page = attempts.find(({ status = 0 }) => status >= 400 && status < 500);
  return [
    ...(page && target.url !== undefined
      ? [`the answer has the status ${page.status ?? 0}: the network is not what keeps the page back`]
      : []),
    ...(throughProxy
      ? [`programs that follow ${throughProxy.variable} go through the proxy ${throughProxy.proxy}: ${throughProxy.attempt.says}`]
      : []),
    ...attempts.flatMap(({ ending, address }) =>
      ending === 'accepted'
        ? [`nothing is known of the protocol at ${address}: that the connection is accepted is all that could be asked`]
        : [],
    ),
  ];
}
