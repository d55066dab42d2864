import type { VantagePoint } from '../world/vantage-point';
import { holderOf, type Facts } from './facts';
import type { Member } from './inventory';
import type { Target } from './asked';
import type { Places } from './places';
import { proxyFor } from './proxy';
import { sizesTo, type Sizes } from './sizes';
import { fetchCommand, greetedAs, isReached, readFetch, talkTo, type Attempt } from './talk';
import { acceptedAt, type PlaceView } from './view';

/** The same page as a program gets it that follows the proxy variables of its environment; undefined where none is for it. */
export async function fetchedThroughProxy(from: VantagePoint, source: Member | undefined, target: Target): Promise<Facts['throughProxy']> {
  const proxy = source && proxyFor(source.environment, target);
  if (!proxy) return undefined;
  const startedAt = performance.now();
  const result = await from.exec(fetchCommand(proxy.url, { environment: proxy.environment }));
  // NO_PROXY spares it
  if (!/Uses proxy env variable (?!no_proxy)/i.test(result.stderr)) return undefined;
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
export async function greetedOtherwise(from: VantagePoint, target: Target, attempts: readonly Attempt[]): Promise<Facts['otherwise']> {
  const wrong = attempts.find(({ ending }) => ending === 'misunderstood' || ending === 'closed' || ending === 'silent');
  if (!wrong || (target.greeting !== 'http' && target.greeting !== 'https')) return undefined;
  const protocol = target.greeting === 'http' ? 'https' : 'http';
  return { protocol, attempt: await talkTo(from, greetedAs(target, protocol), wrong.address) };
}

/**
 * Those from whose address somebody answered over TCP while their own kernel took no connection. Those that were not looked at
 * before are not told of.
 */
export async function notVisited(
  attempts: readonly Attempt[],
  partial: Pick<Facts, 'target' | 'source' | 'inventory' | 'hostView'>,
  { views, places }: { views: ReadonlyMap<string, PlaceView>; places: Places },
): Promise<Member[]> {
  const holders = attempts.flatMap((it) => {
    const holder = holderOf(it.address, partial);
    return isReached(it) && holder.kind === 'container' && partial.target.transport === 'tcp' ? [holder.member] : [];
  });
  const looked = await Promise.all(
    [...new Set(holders)].map(async (member) => {
      const id = places.ownerOf(member).id;
      const point = places.known(id);
      const before = views.get(id)?.accepted;
      return point && before !== undefined && (await acceptedAt(point)) === before ? [member] : [];
    }),
  );
  return looked.flat();
}

/** Where a connection was made and nothing more came: whether that is a matter of sizes. */
export async function sizesBothWays(
  from: VantagePoint,
  attempts: readonly Attempt[],
  holder: Member | undefined,
  places: Places,
): Promise<Sizes[]> {
  const silent = attempts.find((it) => it.ending === 'silent' && it.from !== undefined);
  if (!silent) return [];
  const back =
    holder?.status === 'running' && holder.networkMode !== 'host' && silent.from !== undefined
      ? sizesBack(holder, silent.from, places)
      : undefined;
  return (await Promise.all([sizesTo(from, silent.address), back])).filter((it) => it !== undefined);
}

async function sizesBack(holder: Member, to: string, places: Places): Promise<Sizes | undefined> {
  return await sizesTo(await places.inside(holder), to);
}
