import { couldMatch, type Hit, type Rule } from '../firewall';
import type { LinkState, NamespaceState } from '../namespace-state';
import { endedIn, flowOf, forwardingRoute, hostEnd, isBridged, isHost, takenAway, type Scene } from '../scene';
import { ipsecPolicy } from './ipsec';
import { anyFailure, silence, type Finding, type Rung } from './layer';
import { hitSeen, removal } from './rules';

/** Filters and switches on the way, in the client, on the host, in the server. */
export const filters: readonly Rung[] = [
  {
    code: 'host.ip-forward-off',
    asks: 'May the host forward between networks?',
    explains: silence,
    look: (scene) => {
      const { host, source, network } = scene;
      if (
        !host ||
        isHost(scene, source) ||
        isBridged(scene) ||
        scene.sourceContainer === undefined ||
        scene.targetContainer === undefined ||
        network?.bridge === undefined
      )
        return undefined;
      return host.sysctls['ipv4/ip_forward'] === '0'
        ? {
            summary: 'the host does not forward packets between networks (net.ipv4.ip_forward is 0)',
            remedy: 'sysctl -w net.ipv4.ip_forward=1',
            seen: [{ of: host, section: 'sysctl', lines: /ip_forward/ }],
          }
        : undefined;
    },
  },
  {
    code: 'host.reverse-path-filter',
    asks: 'Does the host take the packets for forged, because its answer would leave by another link?',
    explains: ['timed-out', 'unreachable'],
    look: (scene) => {
      const { host, network } = scene;
      const route = forwardingRoute(scene);
      if (!host || !route || route.found || isBridged(scene) || !/cross-device|Invalid argument/i.test(route.why)) return undefined;
      return {
        summary: `the host takes packets of ${scene.sourceContainer?.name ?? 'the client'} for forged: its way back is another one (rp_filter)`,
        remedy: `sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.${network?.bridge ?? 'default'}.rp_filter=0`,
        seen: [
          { of: host, section: 'route' },
          { of: host, section: 'sysctl', lines: /rp_filter/ },
        ],
      };
    },
  },
  {
    code: 'host.conntrack-full',
    asks: 'Is there room for one more connection in the table of connections?',
    explains: ['timed-out'],
    look: ({ host }) => {
      const [count, maximum] = [Number(host?.sysctls['netfilter/nf_conntrack_count']), Number(host?.sysctls['netfilter/nf_conntrack_max'])];
      return maximum > 0 && count >= maximum
        ? {
            summary: `the host's table of connections is full (${count} of ${maximum}): it drops the first packet of each new one`,
            remedy: `sysctl -w net.netfilter.nf_conntrack_max=${maximum * 2}`,
            seen: [{ of: host, section: 'sysctl', lines: /conntrack/ }],
          }
        : undefined;
    },
  },
  filter('source.firewall', 'Does a packet filter inside the client take the packets?', ({ source }) => source),
  filter('host.firewall', "Does the host's packet filter take the packets?", ({ host }) => host),
  filter('target.firewall', 'Does a packet filter inside the server take the packets?', ({ target }) => target),
  {
    code: 'host.firewall-uncounted',
    asks: 'Did the packets reach the host and not leave it, and can just one rule that counts nothing be why?',
    explains: silence,
    look: (scene) => {
      const { host, source, target, traffic } = scene;
      const [entry, exit] = [hostEnd(host, source), hostEnd(host, target)];
      const moved = (link: LinkState | undefined) => traffic.get(`host ${link?.name ?? ''}`);
      // where packets were followed, what took them was seen
      if (scene.traces.get('host')?.length || !host?.rules || !entry || !exit || !moved(entry)?.received || moved(exit)?.sent !== 0)
        return undefined;
      const onTheWay = ({ hook }: Rule) => hook !== 'input' && hook !== 'output';
      const suspects = host.rules.filter(
        (rule) =>
          rule.backend === 'nft' &&
          rule.packets === undefined &&
          onTheWay(rule) &&
          ['drops', 'rejects'].includes(rule.effect) &&
          couldMatch(rule, flowOf(scene)),
      );
      const [suspect] = suspects;
      if (!suspect || suspects.length > 1) return undefined;
      return {
        summary: `the host receives the packets on ${entry.name} and does not send them on ${exit.name}; one rule could be why, in ${suspect.table}/${suspect.chain}: ${suspect.text}`,
        remedy: removal(scene, { place: 'host', rule: suspect, packets: 0 }),
        seen: [
          {
            where: 'host',
            what: 'packets during one more probe',
            answer: `${entry.name} received ${moved(entry)?.received ?? 0}, ${exit.name} sent 0`,
          },
          { where: 'host', what: 'the only such rule that drops', answer: `${suspect.table}/${suspect.chain}: ${suspect.text}` },
        ],
      };
    },
  },
  {
    code: 'host.nat-diverts',
    asks: 'Does a rule of the host lead the packets to somebody else?',
    explains: [...anyFailure, 'reached'],
    look: (scene) => {
      // the engine's own rule leads to any of the addresses that the container has
      const own = [scene.targetAddress, ...Object.values(scene.targetContainer?.addresses ?? {})].filter(Boolean);
      const hit = [
        ...takenAway(scene, 'host', ['diverts']),
        ...(scene.source && !isHost(scene, scene.source) ? takenAway(scene, scene.source.place, ['diverts']) : []),
      ].find(({ rule }) => !own.some((address) => rule.text.includes(`${address}:${scene.targetPort}`)));
      return (
        hit && {
          summary: `a rule in ${hit.rule.table}/${hit.rule.chain} of ${hit.place} leads the packets elsewhere: ${hit.rule.text}`,
          remedy: `${removal(scene, hit)}${isStale(scene, hit) ? ` && docker restart ${scene.targetContainer?.containerName ?? 'CONTAINER'}` : ''}`,
          seen: [hitSeen(hit)],
        }
      );
    },
  },
  {
    code: 'target.nat-diverts',
    asks: 'Does a rule inside the server lead the packets to another port?',
    explains: [...anyFailure, 'reached'],
    look: (scene) => {
      const { target } = scene;
      const [hit] = target && !isHost(scene, target) && target !== scene.source ? takenAway(scene, target.place, ['diverts']) : [];
      return (
        hit && {
          summary: `a rule in ${hit.rule.table}/${hit.rule.chain} of ${hit.place} leads the packets elsewhere: ${hit.rule.text}`,
          remedy: removal(scene, hit),
          seen: [hitSeen(hit)],
        }
      );
    },
  },
  ipsecPolicy('source', /^XfrmOut/),
  ipsecPolicy('host', /^Xfrm/),
  ipsecPolicy('target', /^XfrmIn/),
];

/** Whether a rule of the engine's own leads a published port elsewhere, and it has none that leads to the container. */
function isStale({ host, targetContainer, targetPort, viaHostPort }: Scene, { rule }: Hit): boolean {
  const own = Object.values(targetContainer?.addresses ?? {}).filter(Boolean);
  return (
    viaHostPort &&
    rule.chain === 'DOCKER' &&
    !host?.rules?.some(({ effect, text }) => effect === 'diverts' && own.some((address) => text.includes(`${address}:${targetPort}`)))
  );
}

/** What a rule does with packets of a probe that ends so: who drops says nothing, and nobody is refused by that. */
function effectsThatEndSo(scene: Scene): Rule['effect'][] {
  if (endedIn(scene, 'timed-out', 'name-unknown')) return ['drops', 'rejects'];
  if (endedIn(scene, 'unreachable')) return ['rejects', 'drops'];
  return scene.viaHostPort && endedIn(scene, 'reset') ? ['rejects', 'drops'] : ['rejects'];
}

/** A rule that was seen to take the packets; the first one that a packet meets, where several did. */
function filter(code: string, asks: string, stateOf: (scene: Scene) => NamespaceState | undefined): Rung {
  return {
    code,
    asks,
    explains: [...anyFailure, 'name-unknown'],
    look: (scene) => {
      const state = stateOf(scene);
      if (!state || (code !== 'host.firewall' && isHost(scene, state))) return undefined;
      const [hit] = takenAway(scene, state.place, effectsThatEndSo(scene)).filter(
        // who rejects an answer leaves its client in silence; that it was an answer is known of packets that were followed
        ({ rule, followed }) =>
          followed || (!endedIn(scene, 'name-unknown') && (rule.effect !== 'rejects' || !endedIn(scene, 'timed-out'))),
      );
      if (!hit) return undefined;
      const apart = keptApart(scene, hit.rule);
      if (apart) return { ...apart, seen: [hitSeen(hit)] };
      const what = hit.rule.text.startsWith('policy')
        ? `the policy of ${hit.rule.table}/${hit.rule.chain} of ${hit.place} drops the packets: no rule accepts them`
        : `a rule in ${hit.rule.table}/${hit.rule.chain} of ${hit.place} ${hit.rule.effect} the packets: ${hit.rule.text}`;
      const known = tablesOfEngines.test(hit.rule.table)
        ? (byComment[hit.rule.comment ?? ''] ?? ofEngine)
        : rulesOfEngines.find(({ rule }) => rule.test(`${hit.rule.chain} ${hit.rule.text}`));
      return { summary: known ? `${known.means}: ${what}` : what, remedy: known?.remedy ?? removal(scene, hit), seen: [hitSeen(hit)] };
    },
  };
}

/** The engine's own rule, where the client is not in the network in which it asks for the server. */
function keptApart(
  { sourceContainer, targetContainer, network, viaHostPort }: Scene,
  { chain, text, table }: Rule,
): Pick<Finding, 'summary' | 'remedy'> | undefined {
  const own = Object.keys(sourceContainer?.addresses ?? {}).filter((it) => it !== 'host');
  const ofTheEngine = tablesOfEngines.test(table) || rulesOfEngines.some(({ rule, apart }) => apart && rule.test(`${chain} ${text}`));
  if (!sourceContainer || !targetContainer || !network || viaHostPort || !ofTheEngine || own.length === 0 || own.includes(network.name))
    return undefined;
  return {
    summary: `${sourceContainer.name} is not in the network ${network.name}, in which it asks for ${targetContainer.name}, only in ${own.join(', ')}, and the engine keeps networks apart: ${table}/${chain}: ${text}`,
    remedy: `docker network connect ${network.name} ${sourceContainer.containerName}`,
  };
}

/** Tables of nftables that engines keep for themselves: Docker's nftables backend, and netavark. */
const tablesOfEngines = /^\S+ (docker-bridges|netavark)$/;

const ofEngine = {
  means: 'the engine itself keeps them apart',
  remedy:
    'Change what asks the engine for this rule, not the rule, which comes back: whether containers of the network may talk to each other (icc), whether it is internal, and its gateway mode; or connect both to one network.',
};

/** What an engine makes a rule for. */
interface OnPurpose {
  means: string;
  remedy: string;
  /** whether it keeps networks apart */
  apart?: true;
}

const peersApart: OnPurpose = {
  means: 'containers of this network must not talk to each other (inter-container communication is off)',
  remedy: "remove --icc=false from the daemon's options, or com.docker.network.bridge.enable_icc=false from the network",
};

const networksApart: OnPurpose = {
  means: 'the engine keeps networks apart',
  remedy: 'docker network connect NETWORK CONTAINER  # a network that both are in',
  apart: true,
};

const noDirectAccess: OnPurpose = {
  means: 'the engine lets nobody route to a container directly',
  remedy: 'publish the port, or com.docker.network.bridge.gateway_mode_ipv4=nat-unprotected',
  apart: true,
};

/** What Docker writes beside rules of nftables that drop (moby, daemon/libnetwork/drivers/bridge/internal/nftabler). */
const byComment: Readonly<Record<string, OnPurpose>> = {
  ICC: peersApart,
  'INTERNAL NETWORK INGRESS': networksApart,
  'INTERNAL NETWORK EGRESS': networksApart,
  'UNPUBLISHED PORT DROP': {
    means: 'the engine lets nobody from beyond the network to a port that is not published',
    remedy: 'docker network connect NETWORK CONTAINER  # a network that both are in; or publish the port',
  },
  'DROP DIRECT ACCESS': noDirectAccess,
};

/** Rules that engines make on purpose: what has to be changed is what asked for them. Docker's documentation, packet filtering and firewalls. */
const rulesOfEngines: readonly (OnPurpose & { rule: RegExp })[] = [
  { rule: / -i (\S+) -o \1 -j DROP/, ...peersApart },
  { rule: /^DOCKER-ISOLATION-STAGE-\d|^DOCKER-INTERNAL/, ...networksApart },
  { rule: /^PREROUTING .*-d \S+ ! -i \S+ -j DROP/, ...noDirectAccess },
];
