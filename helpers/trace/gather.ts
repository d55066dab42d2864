import { EngineHost } from '../vantage/host';
import type { VantagePoint } from '../world/vantage-point';
import { isAddress, type Target } from './asked';
import { holderOf, meantIn, type Facts } from './facts';
import { fetchedThroughProxy, greetedOtherwise, notVisited, sizesBothWays } from './further';
import type { RulesMet } from './hops';
import { lookAtHost, routesOfHost, rulesMet, rulesOfHost } from './host';
import type { Member } from './inventory';
import { inOrder, lookUpName, type Lookup } from './name';
import { viewsOf, type Places } from './places';
import { isReached, talkTo } from './talk';
import type { Tracing } from './tracing';
import { connectingAt, hasIpv6, routesTo, viewOf } from './view';

/** Addresses of one name that are tried at most. */
const mostAddresses = 16;

/** Everything that a trace found out, and the places that it did so from. */
export interface Gathered {
  facts: Facts;
  met: RulesMet;
  from: VantagePoint;
  host: VantagePoint;
}

/** Finds out, from inside the source, the target and the host, everything that a verdict is made of. Nothing is changed. */
export async function gather(tracing: Tracing, places: Places): Promise<Gathered> {
  const { docker, inventory, source, target, project } = tracing;
  const meantByName = meantIn(target, source, inventory, { project });
  // all of it begins at once, and whoever fails first is told
  const entering = placeOf(tracing, places);
  const looking = tracing.access.then(async (access) => {
    const host = (await tracing.entrance?.host()) ?? new EngineHost(access, docker);
    return { access, host, ...(await lookAtHost(tracing, access, host)) };
  });
  const [from, sourceView, named, { access, host, view: hostView, rules: before }, views] = await Promise.all([
    entering,
    entering.then(viewOf),
    isAddress(target.host) ? undefined : entering.then((it) => lookUpName(it, target.host)),
    looking,
    viewsOf(meantByName, places),
  ]);
  const lookup = named && { ...named, addresses: inOrder(named.found, hasIpv6(sourceView)) };
  const meant = meantIn(target, source, inventory, { project, hostView });
  const addresses = addressesFor(target, source, lookup, meant).slice(0, mostAddresses);
  const [routes, talks] = await Promise.all([routesTo(from, addresses), Promise.all(addresses.map((it) => talkTo(from, target, it)))]);
  const attempts = talks.map((it) => ({ ...sentFrom(routes[it.address]), ...it }));
  const partial = { target, source, inventory, hostView };
  const holders = addresses.flatMap((address) => {
    const holder = holderOf(address, partial);
    return holder.kind === 'container' ? [holder.member] : [];
  });
  const more = holders.filter((it) => !meantByName.includes(it));
  const [unvisited, moreViews, after, throughProxy, otherwise, sizes, connecting, hostRoutes] = await Promise.all([
    notVisited(attempts, partial, { views: new Map(views), places }),
    viewsOf(more, places),
    rulesOfHost(tracing, access, host),
    fetchedThroughProxy(from, source, target),
    greetedOtherwise(from, target, attempts),
    sizesBothWays(from, attempts, holders[0], places),
    // a program that keeps trying is between two of its attempts now and then
    connectingAt(from),
    // they tell why somebody is not reached
    attempts.length > 0 && attempts.every(isReached) ? [] : routesOfHost(access, host),
  ]);
  const facts: Facts = {
    ...partial,
    from: from.name,
    meant,
    lookup,
    attempts,
    sourceView: { ...sourceView, routes, sockets: [...sourceView.sockets, ...connecting] },
    views: new Map([...views, ...moreViews]),
    host: after,
    hostRoutes,
    throughProxy,
    otherwise,
    sizes,
    unvisited,
  };
  return { facts, met: rulesMet(before, after, facts), from, host };
}

/** The place that a trace starts from, with the suite's own tools. */
async function placeOf(tracing: Tracing, places: Places): Promise<VantagePoint> {
  const { source, docker } = tracing;
  if (source && source.networkMode !== 'host') return await places.inside(source);
  const access = await tracing.access;
  const point = access.kind === 'helper' ? new EngineHost(access, docker) : await places.onHost();
  return source ? { name: source.name, exec: (argv, telling) => point.exec(argv, telling) } : point;
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

/** The address that packets get on a route, which a client that does not tell it has sent from. */
function sentFrom(route = ''): { from?: string } {
  const from = /\bsrc (\S+)/.exec(route)?.[1];
  return from === undefined ? {} : { from };
}
