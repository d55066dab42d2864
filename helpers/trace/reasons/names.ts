import { nearest } from '../../base/nearest';
import type { Facts } from '../facts';
import { isCalled, nameless, sharedNetworks, type Inventory, type Member } from '../inventory';
import { listed, type Proof, type Reason } from '../reason';

/** Names by which a machine that runs containers calls itself for them. */
const hostNames = new Set(['host.docker.internal', 'gateway.docker.internal', 'host.containers.internal']);

const runs = ({ status }: Member): boolean => status === 'running' || status === 'paused';

/** Where the name led nowhere. */
const isUnknown = ({ lookup }: Facts): boolean => lookup !== undefined && lookup.addresses.length === 0;

/** The container that is meant and runs, where the name led nowhere. */
function meantButUnknown(facts: Facts): { source: Member; meant: Member } | undefined {
  const { source, meant } = facts;
  const [first] = meant.filter(runs);
  return source && first && isUnknown(facts) ? { source, meant: first } : undefined;
}

const networksOf = ({ endpoints }: Member): string => listed(Object.keys(endpoints)) || 'none';

const namesOf = ({ endpoints }: Member): string => listed([...new Set(Object.values(endpoints).flatMap(({ names }) => names))]);

const answersSeen = ({ lookup, from }: Facts): Proof => ({
  where: from,
  what: `${lookup?.name ?? ''}, asked of ${listed(lookup?.servers ?? []) || 'nobody'}`,
  answer: (lookup?.answers ?? []).map(({ name, type, code }) => `${name} ${type}: ${code}`).join('\n') || 'nobody was asked',
});

const networksSeen = (...members: Member[]): Proof[] =>
  members.map((it) => ({ where: 'engine', what: `networks of ${it.name}`, answer: networksOf(it) }));

/** How a person connects a container to a network, in compose's words where it is compose's. */
function connecting(network: string, member: Member): string {
  const command = `docker network connect ${network} ${member.name}`;
  return member.service === undefined
    ? command
    : `${command}  # to keep it, add the network to "networks:" of the service ${member.service}`;
}

/** Why a name leads nowhere. */
export const nameReasons: readonly Reason[] = [
  {
    code: 'source.no-network',
    layer: 'source',
    asks: 'Is the source in any network?',
    look: ({ source, attempts, target, lookup }) => {
      if (!source || source.networkMode !== 'none' || attempts.some(({ ending }) => ending === 'answered')) return undefined;
      if (target.host === 'localhost' || lookup?.addresses.some((it) => it.startsWith('127.'))) return undefined;
      return {
        summary: `${source.name} has no network: it was started with --network none`,
        remedy: `docker network connect NETWORK ${source.name} works only without that mode: start it again without "network_mode: none"`,
        seen: [{ where: 'engine', what: `network mode of ${source.name}`, answer: 'none' }],
      };
    },
  },
  {
    code: 'target.not-running',
    layer: 'listener',
    asks: 'Does the container that is meant run?',
    look: ({ meant, attempts, target }) => {
      const [first] = meant;
      if (!first || meant.some(runs) || attempts.some(({ ending }) => ending === 'answered')) return undefined;
      const how = first.status === 'exited' ? `exited with status ${first.exitCode}` : first.status;
      return {
        summary: `${first.name}, which ${target.host} means, does not run: it is ${how}; the name of a container that does not run is unknown`,
        remedy: `docker start ${first.name}  # docker logs ${first.name} shows why it ended`,
        seen: [{ where: 'engine', what: `state of ${first.name}`, answer: how }],
      };
    },
  },
  {
    code: 'name.host-gateway-missing',
    layer: 'name',
    asks: 'Was the container told how the host is called?',
    look: (facts) => {
      const { source, target } = facts;
      if (!source || !isUnknown(facts) || !hostNames.has(target.host)) return undefined;
      return {
        summary: `${source.name} does not know ${target.host}: on Linux a container knows it only if it is told`,
        remedy: `Start it with --add-host ${target.host}:host-gateway; in compose: extra_hosts: ["${target.host}:host-gateway"]`,
        seen: [
          { where: 'engine', what: `further hosts of ${source.name}`, answer: listed(source.extraHosts) || 'none' },
          answersSeen(facts),
        ],
      };
    },
  },
  {
    code: 'name.host-mode-has-no-name',
    layer: 'name',
    asks: 'Is the container that is meant in host mode, where it has no name?',
    look: (facts) => {
      const both = meantButUnknown(facts);
      if (both?.meant.networkMode !== 'host') return undefined;
      return {
        summary: `${both.meant.name} is in host mode: it is in no network of ${both.source.name}, and has no name there`,
        remedy: `Ask at the host instead (--add-host host.docker.internal:host-gateway, then host.docker.internal:${facts.target.port}), or take "network_mode: host" from ${both.meant.name}`,
        seen: networksSeen(both.source, both.meant),
      };
    },
  },
  {
    code: 'name.source-in-host-mode',
    layer: 'name',
    asks: 'Is the source in host mode, where names of containers are unknown?',
    look: (facts) => {
      const both = meantButUnknown(facts);
      if (both?.source.networkMode !== 'host') return undefined;
      const published = both.meant.published.find(({ containerPort }) => containerPort === facts.target.port);
      return {
        summary: `${both.source.name} is in host mode: it asks the host's name servers, which know no containers`,
        remedy: published
          ? `Ask at localhost:${published.hostPort}, where ${both.meant.name} is published`
          : `Publish the port of ${both.meant.name} and ask at localhost, or take "network_mode: host" from ${both.source.name}`,
        seen: [...networksSeen(both.source, both.meant), answersSeen(facts)],
      };
    },
  },
  {
    code: 'name.of-another-project',
    layer: 'name',
    asks: 'Is the name one of another compose project, with which no network is shared?',
    look: (facts) => {
      const both = meantButUnknown(facts);
      if (!both || sharedNetworks(both.source, both.meant).length > 0) return undefined;
      const { source, meant } = both;
      if (source.project === undefined || meant.project === undefined || source.project === meant.project) return undefined;
      return {
        summary: `${facts.target.host} is a service of the project ${meant.project} (${meant.name}), and ${source.name} of the project ${source.project} shares no network with it`,
        remedy: connecting(firstNetwork(meant), source),
        seen: [...networksSeen(source, meant), answersSeen(facts)],
      };
    },
  },
  {
    code: 'name.no-shared-network',
    layer: 'name',
    asks: 'Do both share a network?',
    look: (facts) => {
      const both = meantButUnknown(facts);
      if (!both || sharedNetworks(both.source, both.meant).length > 0 || both.meant.networkMode.startsWith('container:')) return undefined;
      const { source, meant } = both;
      return {
        summary: `${source.name} (in ${networksOf(source)}) and ${meant.name} (in ${networksOf(meant)}) share no network, so that the name is unknown`,
        remedy: connecting(firstNetwork(meant), source),
        seen: [...networksSeen(source, meant), answersSeen(facts)],
      };
    },
  },
  {
    code: 'name.default-bridge-resolves-none',
    layer: 'name',
    asks: 'Are both on the default bridge alone, where containers have no names?',
    look: (facts) => {
      const both = meantButUnknown(facts);
      const shared = both ? sharedNetworks(both.source, both.meant) : [];
      if (!both || shared.length === 0 || !shared.every((it) => nameless.has(it))) return undefined;
      return {
        summary: `${both.source.name} and ${both.meant.name} share the default bridge alone, which has no names of containers`,
        remedy: `docker network create NAME && docker network connect NAME ${both.source.name} && docker network connect NAME ${both.meant.name}`,
        seen: [...networksSeen(both.source, both.meant), answersSeen(facts)],
      };
    },
  },
  {
    code: 'name.alias-missing',
    layer: 'name',
    asks: 'Is the container called so in the network that both share?',
    look: (facts) => {
      const both = meantButUnknown(facts);
      const { target } = facts;
      if (!both) return undefined;
      const shared = sharedNetworks(both.source, both.meant);
      if (shared.length === 0 || shared.some((network) => isCalled(both.meant, target.host, network))) return undefined;
      const { meant } = both;
      const names = shared.flatMap((network) => meant.endpoints[network]?.names ?? []).filter((it) => !meant.id.startsWith(it));
      return {
        summary: `${meant.name} is not called ${target.host} in ${listed(shared)}, the network that both share; there it is ${listed([...new Set(names)])}`,
        remedy: `Ask for ${names[0] ?? meant.name}, or give it the alias in that network: docker network disconnect ${shared[0] ?? ''} ${meant.name} && docker network connect --alias ${target.host} ${shared[0] ?? ''} ${meant.name}`,
        seen: [{ where: 'engine', what: `names of ${meant.name} in ${listed(shared)}`, answer: listed(names) }, answersSeen(facts)],
      };
    },
  },
  {
    code: 'name.engines-server-silent',
    layer: 'name',
    asks: "Does the engine's own name server answer, where it knows the name?",
    look: (facts) => {
      const both = meantButUnknown(facts);
      const { lookup, target } = facts;
      if (!both || !lookup?.servers.includes('127.0.0.11') || !lookup.answers.every(({ code }) => code === 'none')) return undefined;
      return {
        summary: `the engine's name server, 127.0.0.11, does not answer in ${both.source.name}, although ${both.meant.name} is called ${target.host} there: the rules in the container's namespace that lead to it are gone, or the engine hangs`,
        remedy: `docker restart ${both.source.name}  # which makes these rules anew`,
        seen: [answersSeen(facts), { where: 'engine', what: `names of ${both.meant.name}`, answer: namesOf(both.meant) }],
      };
    },
  },
  {
    code: 'name.nobody-has-it',
    layer: 'name',
    asks: 'Is there anybody by this name?',
    look: (facts) => {
      const { target, meant, inventory, source } = facts;
      if (!isUnknown(facts) || meant.length > 0) return undefined;
      const similar = nearest(target.host, namesIn(inventory, source));
      const isDenied = facts.lookup?.answers.some(({ code }) => code === 'NXDOMAIN') ?? false;
      // one that silence hides may well be there
      if (similar === undefined && !isDenied && target.host.includes('.')) return undefined;
      return {
        summary: `nobody is called ${target.host}: no container or service of this engine is, and no name server knows it${similar === undefined ? '' : `; there is ${similar}`}`,
        remedy: similar === undefined ? 'docker ps --format "{{.Names}}"  # which containers there are' : `Ask for ${similar}`,
        seen: [answersSeen(facts)],
      };
    },
  },
  {
    code: 'name.server-silent',
    layer: 'name',
    asks: 'Do the name servers answer that the container was given?',
    look: (facts) => {
      const { lookup, from, meant, source } = facts;
      if (!lookup || !isUnknown(facts) || meant.length > 0) return undefined;
      const last = lookup.answers.filter(({ code }) => code === 'none' || code === 'SERVFAIL' || code === 'REFUSED');
      if (last.length === 0) return undefined;
      const servers = lookup.upstream.length > 0 ? lookup.upstream : lookup.servers;
      const by = lookup.upstream.length > 0 ? 'to which the name server of Docker passes such questions on' : 'which its resolv.conf names';
      return {
        summary: `${from} gets no answer for ${lookup.name}: ${listed(servers) || 'no name server'}, ${by}, ${servers.length > 1 ? 'do' : 'does'} not answer ${source ? 'containers' : 'the host'}`,
        remedy: `Give containers a name server that they reach: --dns ADDRESS, "dns:" of compose, or "dns" of daemon.json; a name server on the host's loopback, or behind a VPN, is not one`,
        seen: [answersSeen(facts), { where: from, what: 'name servers behind that of Docker', answer: listed(lookup.upstream) || 'none' }],
      };
    },
  },
];

function firstNetwork({ endpoints }: Member): string {
  return Object.keys(endpoints).find((it) => it !== 'bridge') ?? Object.keys(endpoints)[0] ?? 'NETWORK';
}

/** Names that a container could have meant. */
function namesIn({ members }: Inventory, source: Member | undefined): string[] {
  return [
    ...new Set(
      members
        .filter((it) => it.id !== source?.id)
        .flatMap((it) => [
          ...(it.service === undefined ? [] : [it.service]),
          it.name,
          ...Object.values(it.endpoints).flatMap(({ names }) => names),
        ])
        .filter((name) => !members.some(({ id }) => id.startsWith(name))),
    ),
  ];
}
