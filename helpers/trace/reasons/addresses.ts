import { holderOf, isHosts, type Facts } from '../facts';
import { networksAround, ownersOf, sharedNetworks, type Member } from '../inventory';
import { listed, type Proof, type Reason } from '../reason';
import { isReached, type Attempt } from '../talk';
import { isLoopback } from '../view';

const namesOf = (members: readonly Member[]): string => listed(members.map(({ name }) => name));

const isMeant = (facts: Facts, member: Member): boolean => facts.meant.some(({ id }) => id === member.id);

/** Attempts that came to nothing, one for each address. */
const failed = ({ attempts }: Facts): Attempt[] => attempts.filter((it) => !isReached(it));

const lookupSeen = ({ lookup, from, target }: Facts): Proof => ({
  where: from,
  what: `${target.host}, ${lookup && lookup.inHostsFile.length > 0 ? 'in /etc/hosts' : `asked of ${listed(lookup?.servers ?? [])}`}`,
  answer: listed(lookup?.addresses ?? []),
});

const attemptsSeen = ({ attempts, from }: Facts): Proof[] =>
  attempts.map(({ address, says }) => ({ where: from, what: `talking to ${address}`, answer: says }));

const addressesSeen = (...members: Member[]): Proof[] =>
  members.map((it) => ({ where: 'engine', what: `addresses of ${it.name}`, answer: addressesOf(it) }));

const addressesOf = ({ endpoints }: Member): string =>
  listed(
    Object.entries(endpoints).flatMap(([network, { address, address6 }]) =>
      [address, address6].filter(Boolean).map((it) => `${it} in ${network}`),
    ),
  ) || 'none';

/** Whose address it is that a name leads to, and by which way one gets there. */
export const addressReasons: readonly Reason[] = [
  {
    code: 'name.localhost-is-the-container',
    layer: 'address',
    asks: 'Does localhost mean somebody else than the source itself?',
    look: (facts) => {
      const { source, target, attempts, inventory, from } = facts;
      const last = failed(facts).at(-1);
      if (!source || source.networkMode === 'host' || !last || attempts.some(isReached)) return undefined;
      if (!attempts.every(({ address }) => isLoopback(address)) || last.ending !== 'refused') return undefined;
      const others = inventory.members.filter((it) => it.id !== source.id && offers(it, target.port));
      const better = others.filter((it) => sharedNetworks(source, it).length > 0);
      return {
        summary: `${target.host} inside ${from} is ${from} itself, where nobody listens on port ${target.port}`,
        remedy:
          better[0] !== undefined
            ? `Ask for ${better[0].service ?? better[0].name}:${target.port} instead`
            : 'Ask for the name of the container that is meant, or for host.docker.internal where a program of the host is',
        seen: [...attemptsSeen(facts), ...addressesSeen(source)],
      };
    },
  },
  {
    code: 'name.stale-hosts-entry',
    layer: 'name',
    asks: 'Does /etc/hosts lead to an address that the container no longer has?',
    look: (facts) => {
      const { lookup, meant, source, target } = facts;
      if (!source || !lookup || lookup.inHostsFile.length === 0 || meant.length === 0) return undefined;
      const wrong = facts.attempts.find(({ address }) => {
        const holder = holderOf(address, facts);
        if (holder.kind === 'container') return !isMeant(facts, holder.member);
        return holder.kind === 'somebody';
      });
      if (!wrong || (isReached(wrong) && ownersOf(wrong.address, facts.inventory).length === 0)) return undefined;
      const [now] = ownersOf(wrong.address, facts.inventory);
      return {
        summary: `/etc/hosts of ${source.name} says that ${target.host} is ${wrong.address}, which ${now ? `${now.name} has` : 'no container has'}; ${namesOf(meant)} has ${addressesOf(meant[0] as Member)}`,
        remedy: `Take the entry from "extra_hosts:" or --add-host of ${source.name}, and start it again: the engine knows the name by itself`,
        seen: [
          lookupSeen(facts),
          { where: 'engine', what: `further hosts of ${source.name}`, answer: listed(source.extraHosts) || 'none' },
          ...addressesSeen(...meant),
        ],
      };
    },
  },
  {
    code: 'name.answers-another-container',
    layer: 'address',
    asks: 'Is it the container that is meant whose address the name gives?',
    look: (facts) => {
      const { lookup, meant, source, target, inventory } = facts;
      if (!source || !lookup || lookup.inHostsFile.length > 0 || meant.length === 0) return undefined;
      const others = lookup.addresses.flatMap((address) => ownersOf(address, inventory)).filter((it) => !isMeant(facts, it));
      const [other] = others;
      if (!other) return undefined;
      const some = lookup.addresses.some((address) => ownersOf(address, inventory).some((it) => isMeant(facts, it)));
      const network = sharedNetworks(source, other)[0] ?? '';
      return {
        summary: some
          ? `${target.host} is the name of several containers: beside ${namesOf(meant)} also of ${namesOf(others)}, in ${network}; who is asked changes from time to time`
          : `${target.host} leads to ${namesOf(others)}, not to ${namesOf(meant)}: in ${network} ${other.name} is called so`,
        remedy: `Give one of them another name in ${network}, or take ${source.name} or ${other.name} out of it: docker network disconnect ${network} ${other.name}`,
        seen: [lookupSeen(facts), ...addressesSeen(...meant, ...others)],
      };
    },
  },
  {
    code: 'target.ipv6-not-listening',
    layer: 'listener',
    asks: 'Does the server listen on IPv6, where clients try that first?',
    look: (facts) => {
      const [first] = facts.attempts;
      const wrong = facts.attempts.filter((it) => it.address.includes(':') && (it.ending === 'refused' || it.ending === 'closed'));
      const right = facts.attempts.find((it) => !it.address.includes(':') && isReached(it));
      const [refused] = wrong;
      if (!first || !refused || !right || first !== refused) return undefined;
      const holder = holderOf(refused.address, facts);
      const who = holder.kind === 'container' ? holder.member.name : 'the server';
      return {
        summary: `${facts.target.host} leads to ${refused.address} first, and ${who} does not listen on IPv6 there; at ${right.address} it answers: a client that does not go on to the next address fails`,
        remedy: `Let the server in ${who} listen on [::]:${facts.target.port} as well, or take IPv6 from the network that both share`,
        seen: [lookupSeen(facts), ...attemptsSeen(facts)],
      };
    },
  },
  {
    code: 'network.not-shared',
    layer: 'route',
    asks: 'Is the address one of a network in which the source is not?',
    look: (facts) => {
      const { source, from } = facts;
      const wrong = failed(facts).find(({ ending }) => ending === 'timed-out' || ending === 'unreachable');
      const [owner] = wrong ? ownersOf(wrong.address, facts.inventory) : [];
      if (!source || !wrong || !owner || source.networkMode === 'host' || source.networkMode.startsWith('container:')) return undefined;
      const [network] = Object.keys(owner.endpoints).filter((it) => {
        const endpoint = owner.endpoints[it];
        return endpoint?.address === wrong.address || endpoint?.address6 === wrong.address;
      });
      if (network === undefined || network in source.endpoints) return undefined;
      const shared = sharedNetworks(source, owner)[0];
      return {
        summary: `${wrong.address} is the address of ${owner.name} in ${network}, and ${from} is only in ${listed(Object.keys(source.endpoints))}: the engine keeps networks apart`,
        remedy:
          shared === undefined
            ? `docker network connect ${network} ${source.name}`
            : `Ask at its address in ${shared}, ${owner.endpoints[shared]?.address ?? ''}, or for its name`,
        seen: [...addressesSeen(source, owner), ...attemptsSeen(facts)],
      };
    },
  },
  {
    code: 'network.icc-off',
    layer: 'rules',
    asks: 'May containers of the network that both share talk to each other?',
    look: (facts) => {
      const { source, inventory } = facts;
      const wrong = failed(facts).find(({ ending }) => ending === 'timed-out' || ending === 'unreachable');
      const [owner] = wrong ? ownersOf(wrong.address, inventory) : [];
      if (!source || !wrong || !owner) return undefined;
      const shared = sharedNetworks(source, owner).find(
        (it) => owner.endpoints[it]?.address === wrong.address || owner.endpoints[it]?.address6 === wrong.address,
      );
      const network = inventory.networks.find(({ name }) => name === shared);
      if (network?.options['com.docker.network.bridge.enable_icc'] !== 'false') return undefined;
      return {
        summary: `${source.name} and ${owner.name} are both in ${network.name}, and containers of that network must not talk to each other (inter-container communication is off)`,
        remedy: `Take com.docker.network.bridge.enable_icc=false from ${network.name}${network.name === 'bridge' ? ' (--icc=false of the daemon)' : ''}, or connect both to another network`,
        seen: [
          { where: 'engine', what: `options of ${network.name}`, answer: 'com.docker.network.bridge.enable_icc=false' },
          ...attemptsSeen(facts),
        ],
      };
    },
  },
  {
    code: 'network.internal',
    layer: 'route',
    asks: 'May the source send beyond its networks?',
    look: (facts) => {
      const { source, inventory, from } = facts;
      const wrong = failed(facts).find(({ ending }) => ending === 'unreachable' || ending === 'timed-out');
      if (!source || !wrong || Object.keys(source.endpoints).length === 0) return undefined;
      const own = inventory.networks.filter(({ name }) => name in source.endpoints);
      if (own.length === 0 || !own.every(({ internal }) => internal)) return undefined;
      if (
        own.some(
          ({ subnets }) =>
            networksAround(wrong.address, { ...inventory, networks: [{ ...(own[0] as (typeof own)[0]), subnets }] }).length > 0,
        )
      )
        return undefined;
      return {
        summary: `${from} is only in ${listed(own.map(({ name }) => name))}, which ${own.length > 1 ? 'are' : 'is'} internal: nothing leads from there to ${wrong.address}`,
        remedy: `docker network connect NETWORK ${source.name}  # one that is not internal; in compose: "networks:" of ${source.service ?? source.name}, or "internal: true" taken away`,
        seen: [
          {
            where: 'engine',
            what: `networks of ${source.name}`,
            answer: own.map(({ name, internal }) => `${name}${internal ? ', internal' : ''}`).join('\n'),
          },
          ...routesSeen(facts, wrong.address),
          ...attemptsSeen(facts),
        ],
      };
    },
  },
  {
    code: 'network.covers-the-address',
    layer: 'route',
    asks: 'Does the subnet of a network of the engine cover an address that is elsewhere?',
    look: (facts) => {
      const { inventory, hostRoutes } = facts;
      const wrong = failed(facts).find(({ ending }) => ending === 'unreachable' || ending === 'timed-out' || ending === 'refused');
      if (!wrong || ownersOf(wrong.address, inventory).length > 0 || isHosts(wrong.address, facts) || isLoopback(wrong.address))
        return undefined;
      const [network] = networksAround(wrong.address, inventory);
      if (!network) return undefined;
      const other = hostRoutes.find((route) => coversByRoute(route, wrong.address, network.subnets));
      const stale = facts.lookup !== undefined && facts.lookup.inHostsFile.length > 0;
      return {
        summary: `${wrong.address} lies in ${listed(network.subnets)}, the subnet of the network ${network.name}, in which no container has it: what is sent there stays in that network${other === undefined ? '' : ", and does not take the host's route to the same range"}${stale ? '; /etc/hosts has it' : ''}`,
        remedy: `If the address is of a VPN or a LAN, give the network another range: docker network rm ${network.name} && docker network create --subnet RANGE ${network.name} ("ipam:" of compose, default-address-pools of daemon.json); else ask for a container that is there`,
        seen: [
          { where: 'engine', what: `subnet of ${network.name}`, answer: listed(network.subnets) },
          ...(other === undefined ? [] : [{ where: 'host', what: 'a route to the same range', answer: other }]),
          ...routesSeen(facts, wrong.address),
          ...attemptsSeen(facts),
        ],
      };
    },
  },
];

/** Whether a container may well listen on a port: its image or its configuration names it. */
function offers({ exposed, published }: Member, port: number): boolean {
  return exposed.some((it) => it.startsWith(`${port}/`)) || published.some(({ containerPort }) => containerPort === port);
}

function routesSeen({ sourceView, from }: Facts, address: string): Proof[] {
  const route = sourceView?.routes[address];
  return route === undefined ? [] : [{ where: from, what: `its route to ${address}`, answer: route }];
}

/** Whether a line of ip(8) is a route to a range with the address, which is none of the network's own. */
function coversByRoute(route: string, address: string, subnets: readonly string[]): boolean {
  const [, range = ''] = /^(?:unicast )?(\S+\/\d+) /.exec(route) ?? [];
  if (range === '' || subnets.includes(range)) return false;
  return (
    networksAround(address, {
      members: [],
      networks: [{ name: '', driver: '', internal: false, subnets: [range], gateways: [], options: {} }],
    }).length > 0
  );
}
