import type { OutcomeKind } from '../claim/outcome';
import { couldMatch, type Hit, type Rule } from './firewall';
import type { LinkState, NamespaceState, Section } from './namespace-state';
import { containerLink, endedIn, flowOf, forwardingRoute, hostEnd, isBridged, isHost, lastSource, linkNamed, linkWith, routeToTarget, takenAway, type Scene } from './scene';

/*
 * What can break between a client and a server, in the order in which a packet meets it. The first rung that finds
 * something is the cause. A rung says only what the state proves: where it could as well be otherwise, it is silent, and
 * the next one is asked. To correct the knowledge, correct it here.
 */

/** What a rung found. */
export interface Finding {
  /** one sentence, with names and addresses */
  summary: string;
  /** a command that mends it */
  remedy: string;
  /** what it was seen by: a section of a namespace's state, or words */
  seen: ({ of: NamespaceState | undefined; section: Section; lines?: RegExp } | { where: string; what: string; answer: string })[];
}

/** One thing that can break. */
export interface Rung {
  /** stable words joined by dots and dashes */
  code: string;
  /** the question that it answers, for readers */
  asks: string;
  /** the ways in which a probe can end because of it */
  explains: readonly OutcomeKind[];
  look(scene: Scene): Finding | undefined;
}

const silence: OutcomeKind[] = ['timed-out', 'unreachable'];
const anyFailure: OutcomeKind[] = ['timed-out', 'unreachable', 'refused', 'reset'];

/** The client's and the server's containers. */
const containers: Rung[] = [
  {
    code: 'target.not-running',
    asks: 'Does the container that must answer run?',
    explains: anyFailure,
    look: ({ targetContainer: target }) => {
      if (!target || target.status === 'running' || target.status === 'paused') return undefined;
      const status = target.status === 'exited' && target.exitCode !== undefined ? `exited with status ${target.exitCode}` : target.status;
      return { summary: `${target.name} does not run: it is ${status}`, remedy: `docker start ${target.containerName}`, seen: [{ where: 'engine', what: `state of ${target.name}`, answer: status }] };
    },
  },
  {
    code: 'target.paused',
    asks: 'Is the container that must answer paused?',
    explains: ['timed-out'],
    look: ({ targetContainer: target }) =>
      target?.status === 'paused' ? { summary: `${target.name} is paused: its kernel accepts connections and nobody answers`, remedy: `docker unpause ${target.containerName}`, seen: [{ where: 'engine', what: `state of ${target.name}`, answer: 'paused' }] } : undefined,
  },
];

/** The engine's own configuration. */
const configuration: Rung[] = [
  {
    code: 'target.not-in-a-network',
    asks: 'Is the container that must answer in any network?',
    explains: anyFailure,
    look: ({ targetContainer: target }) =>
      target && target.status === 'running' && !['host', 'none'].includes(target.networkMode) && !target.networkMode.startsWith('container:') && Object.keys(target.addresses).length === 0
        ? { summary: `${target.name} is attached to no network: somebody disconnected it`, remedy: `docker network connect ${target.networkMode === 'default' ? 'bridge' : target.networkMode} ${target.containerName}`, seen: [{ where: 'engine', what: `networks of ${target.name}`, answer: 'none' }] }
        : undefined,
  },
  {
    code: 'engine.no-default-bridge',
    asks: 'Has the engine a default bridge at all?',
    explains: anyFailure,
    look: ({ network, targetContainer }) =>
      network?.driver === 'absent' && network.name === 'bridge'
        ? { summary: `the engine was started without a default bridge, so ${targetContainer?.name ?? 'the container'} has no link to others`, remedy: "remove --bridge=none from the daemon's options, or docker network create NAME", seen: [{ where: 'engine', what: 'GET /networks/bridge', answer: 'there is no such network' }] }
        : undefined,
  },
];

/** Names. */
const names: Rung[] = [
  {
    code: 'name.default-bridge-resolves-none',
    asks: 'Are containers of the default bridge asked for by name, which have none there?',
    explains: ['name-unknown'],
    look: ({ hostname, source, sourceContainer }) =>
      sourceContainer && Object.keys(sourceContainer.addresses).every((network) => network === 'bridge') && source?.nameServers?.includes('127.0.0.11') === false
        ? { summary: `${hostname} is asked for by name on the default bridge, which has no name server of its own`, remedy: `docker network create NAME && docker network connect NAME ${sourceContainer.containerName}`, seen: [{ of: source, section: 'resolv' }] }
        : undefined,
  },
  {
    code: 'name.no-name-server',
    asks: 'Does the client know a name server at all?',
    explains: ['name-unknown'],
    look: ({ source, hostname }) => (source?.nameServers?.length === 0 ? { summary: `${source.place} has no name server to ask for ${hostname}`, remedy: 'docker run --dns ADDRESS …', seen: [{ of: source, section: 'resolv' }] } : undefined),
  },
];

/** The client's own network namespace: link, address, route. */
const atTheSource: Rung[] = [
  {
    code: 'source.loopback-down',
    asks: 'Can the client reach itself, where it asks its own loopback?',
    explains: [...silence, 'name-unknown'],
    look: ({ source, hostname }) => {
      const loopback = linkNamed(source, 'lo');
      if (!source || !loopback || !isLoopback(hostname)) return undefined;
      const why = !loopback.up ? 'is down' : source.addresses.some(({ link }) => link === 'lo') ? undefined : 'has no address';
      return why === undefined ? undefined : { summary: `the loopback of ${source.place} ${why}`, remedy: loopback.up ? 'ip address add 127.0.0.1/8 dev lo' : 'ip link set lo up', seen: [{ of: source, section: 'address', lines: /"lo"/ }] };
    },
  },
  {
    code: 'source.no-link',
    asks: 'Has the client a link besides its loopback?',
    explains: silence,
    look: (scene) => {
      const { source, sourceContainer } = scene;
      if (!source || !sourceContainer || isHost(scene, source) || containerLink(source)) return undefined;
      return { summary: `${source.place} has no link but its loopback, although the engine attached it to ${Object.keys(sourceContainer.addresses).join(', ')}`, remedy: `docker restart ${sourceContainer.containerName}`, seen: [{ of: source, section: 'link' }] };
    },
  },
  linkDown('source', ({ source }) => source),
  addressGone('source', ({ source, sourceContainer }) => ({ state: source, container: sourceContainer })),
  {
    code: 'address.taken-twice',
    asks: 'Has somebody on the way the address of the server as well?',
    explains: [...anyFailure, 'reached'],
    look: (scene) => {
      const { source, host, target, targetAddress, targetContainer } = scene;
      const owner = [source, host].find((state) => state !== undefined && state !== target && state.addresses.some(({ address }) => address === targetAddress));
      if (!owner || !targetContainer) return undefined;
      // a neighbour that is asked directly is found in spite of it, unless the other one answered first
      const taken = source?.neighbours.find(({ address }) => address === targetAddress)?.macAddress;
      if (isHost(scene, owner) && isBridged(scene) && !owner.links.some(({ macAddress }) => macAddress === taken)) return undefined;
      const link = linkWith(owner, targetAddress)?.name ?? 'lo';
      return { summary: `${owner.place} has ${targetAddress}, the address of ${targetContainer.name}, as well, on ${link}: what is sent to it ends there`, remedy: `ip address del ${targetAddress} dev ${link}`, seen: [{ of: owner, section: 'address', lines: new RegExp(escaped(targetAddress)) }, { of: owner, section: 'route' }, { of: source, section: 'neighbour' }] };
    },
  },
  {
    code: 'source.no-route',
    asks: 'Has the client a route to the address?',
    explains: silence,
    look: (scene) => {
      const { source, hostname } = scene;
      const route = isHost(scene, source) ? undefined : source?.routes[hostname];
      if (!source || !route || route.found) return undefined;
      const words = /unreachable/i.test(route.why) && !/No route to host/.test(route.why) ? 'has no route to it' : `has a route that refuses it (${route.why})`;
      return { summary: `${source.place} cannot send to ${hostname}: it ${words}`, remedy: `docker restart ${scene.sourceContainer?.containerName ?? source.place}`, seen: [{ of: source, section: 'route' }, { of: source, section: 'routes' }] };
    },
  },
  {
    code: 'source.wrong-route',
    asks: 'Does the client send to a neighbour of its own network directly?',
    explains: silence,
    look: (scene) => {
      const { source, hostname } = scene;
      const route = source?.routes[hostname];
      if (!source || !route?.found || !isBridged(scene)) return undefined;
      const link = containerLink(source);
      if (route.gateway === undefined && route.link === link?.name) return undefined;
      const way = `${route.gateway === undefined ? '' : `via ${route.gateway} `}on ${route.link}`;
      return { summary: `${source.place} sends to its neighbour ${hostname} ${way}, not directly on ${link?.name ?? 'its link'}`, remedy: `docker restart ${scene.sourceContainer?.containerName ?? source.place}`, seen: [{ of: source, section: 'route' }, { of: source, section: 'routes' }] };
    },
  },
  {
    code: 'source.wrong-gateway',
    asks: 'Is the gateway that the client uses an address of the host?',
    explains: silence,
    look: (scene) => {
      const { source, host, hostname, sourceContainer } = scene;
      const route = isHost(scene, source) ? undefined : source?.routes[hostname];
      if (!source || !host || !route?.found || route.gateway === undefined || host.addresses.some(({ address }) => address === route.gateway)) return undefined;
      return { summary: `${source.place} sends to ${hostname} via ${route.gateway}, which is no address of the host`, remedy: `docker restart ${sourceContainer?.containerName ?? source.place}`, seen: [{ of: source, section: 'route' }, { of: host, section: 'address', lines: /"local"/ }] };
    },
  },
];

/** A port of the host that leads to a container. */
const atTheHostPort: Rung[] = [
  {
    code: 'port.taken',
    asks: "Does somebody else listen on the host's port?",
    explains: [...anyFailure, 'reached'],
    look: ({ host, port, viaHostPort, proxies, targetContainer }) => {
      const listeners = host?.listening.filter((socket) => socket.port === port) ?? [];
      const strangers = listeners.filter(({ process }) => process !== undefined && !(proxies ?? []).includes(process));
      if (!viaHostPort || !host || proxies === undefined || strangers.length === 0) return undefined;
      const names_ = [...new Set(strangers.map(({ process }) => process))].join(', ');
      return { summary: `port ${port} of the host, which ${targetContainer?.name ?? 'a container'} publishes, is held by ${names_}`, remedy: `ss -ltnp 'sport = :${port}'  # end what holds it, then docker restart ${targetContainer?.containerName ?? 'the container'}`, seen: [{ of: host, section: 'listening', lines: new RegExp(`:${port}\\b`) }] };
    },
  },
  {
    code: 'port.proxy-stopped',
    asks: "Does the program that listens on the host's port run?",
    explains: ['timed-out'],
    look: ({ host, port, viaHostPort, stoppedProxies }) => {
      const stopped = host?.listening.find((socket) => socket.port === port && socket.process !== undefined && stoppedProxies.includes(socket.process));
      if (!viaHostPort || !host || !stopped?.process) return undefined;
      return { summary: `${stopped.process}, which listens on port ${port} of the host, is stopped by a signal: the kernel accepts connections and nobody passes them on`, remedy: `kill -CONT ${/(\d+)\)$/.exec(stopped.process)?.[1] ?? 'PROCESS'}`, seen: [{ of: host, section: 'listening', lines: new RegExp(`:${port}\\b`) }] };
    },
  },
  {
    code: 'port.held-by-engine',
    asks: 'Does anybody pass on what comes to the host\'s port, where the engine holds it itself?',
    explains: ['timed-out'],
    look: ({ host, port, viaHostPort, targetContainer, hits }) => {
      // without docker-proxy the engine only keeps others from the port: it listens, and never accepts
      const holders = (host?.listening ?? []).filter((socket) => socket.port === port);
      if (!viaHostPort || !host || holders.length === 0 || !holders.every(({ process }) => process?.startsWith('dockerd ')) || hits.some(({ rule }) => rule.effect === 'diverts')) return undefined;
      return {
        summary: `dockerd holds port ${port} of the host and passes nothing on: there is no docker-proxy, and no rule of the firewall leads this connection to ${targetContainer?.name ?? 'the container'}`,
        remedy: `docker restart ${targetContainer?.containerName ?? 'CONTAINER'}`,
        seen: [{ of: host, section: 'listening', lines: new RegExp(`:${port}\\b`) }, { of: host, section: 'iptables', lines: /DNAT|^\*nat/ }],
      };
    },
  },
  {
    code: 'port.nobody-listens',
    asks: "Does anybody listen on the host's port: docker-proxy, or the engine?",
    explains: ['refused'],
    look: (scene) => {
      const { host, port, viaHostPort, targetContainer, hits } = scene;
      if (!viaHostPort || !host || host.listening.some((socket) => socket.port === port) || hits.some(({ rule }) => rule.effect === 'diverts')) return undefined;
      return {
        summary: `nobody listens on port ${port} of the host, which ${targetContainer?.name ?? 'a container'} publishes: its docker-proxy is gone, and no rule of the firewall leads this connection to it`,
        remedy: `docker restart ${targetContainer?.containerName ?? 'CONTAINER'}`,
        seen: [{ of: host, section: 'listening' }, { of: host, section: 'iptables', lines: /DNAT|^\*nat/ }],
      };
    },
  },
];

/** The wire between a container and its bridge, for the client first and then for the server. */
const onTheBridge: Rung[] = [
  {
    code: 'bridge.gone',
    asks: 'Does the bridge of the network exist?',
    explains: silence,
    look: ({ host, network }) => (host && network?.bridge !== undefined && host.links.length > 0 && !linkNamed(host, network.bridge) ? { summary: `${network.bridge}, the bridge of the network ${network.name}, is not there`, remedy: 'systemctl restart docker', seen: [{ of: host, section: 'link' }] } : undefined),
  },
  ...(['source', 'target'] as const).flatMap((end): Rung[] => {
    const inside = (scene: Scene) => scene[end];
    const wire = (scene: Scene) => (isHost(scene, inside(scene)) ? undefined : hostEnd(scene.host, inside(scene)));
    const container = (scene: Scene) => scene[`${end}Container`]?.name ?? end;
    return [
      {
        code: `${end}.veth-down`,
        asks: `Is the host's end of the ${end === 'source' ? "client's" : "server's"} veth pair up?`,
        explains: silence,
        look: (scene) => {
          const link = wire(scene);
          return link && !link.up ? { summary: `${link.name}, the host's end of the veth pair of ${container(scene)}, is down`, remedy: `ip link set ${link.name} up`, seen: [{ of: scene.host, section: 'link', lines: new RegExp(`"${link.name}"`) }] } : undefined;
        },
      },
      {
        code: `${end}.veth-off-the-bridge`,
        asks: 'Is it a port of the bridge of its network?',
        explains: silence,
        look: (scene) => {
          const link = wire(scene);
          const bridge = (end === 'source' ? scene.sourceNetwork : scene.network)?.bridge;
          if (!link || bridge === undefined || link.bridge === bridge) return undefined;
          return { summary: `${link.name}, the host's end of the veth pair of ${container(scene)}, is ${link.bridge === undefined ? 'no port of any bridge' : `a port of ${link.bridge}`}, not of ${bridge}`, remedy: `ip link set ${link.name} master ${bridge}`, seen: [{ of: scene.host, section: 'link', lines: new RegExp(`"${link.name}"`) }] };
        },
      },
      {
        code: `${end}.bridge-port-blocked`,
        asks: 'Does the bridge forward what comes in at that port?',
        explains: silence,
        look: (scene) => {
          const link = wire(scene);
          if (!link?.bridge || link.portState === undefined || link.portState === 'forwarding' || !link.up || !linkNamed(scene.host, link.bridge)?.up || !link.carrier) return undefined;
          return { summary: `the bridge ${link.bridge} keeps its port ${link.name}, that of ${container(scene)}, in the state ${link.portState}`, remedy: `bridge link set dev ${link.name} state 3`, seen: [{ of: scene.host, section: 'link', lines: new RegExp(`"${link.name}"`) }] };
        },
      },
    ];
  }),
  {
    code: 'bridge.down',
    asks: 'Is the bridge up?',
    explains: silence,
    look: ({ host, network }) => {
      const bridge = linkNamed(host, network?.bridge);
      return bridge && !bridge.up ? { summary: `${bridge.name}, the bridge of the network ${network?.name ?? ''}, is down`, remedy: `ip link set ${bridge.name} up`, seen: [{ of: host, section: 'link', lines: new RegExp(`"${bridge.name}"`) }] } : undefined;
    },
  },
  {
    code: 'bridge.port-locked',
    asks: 'Does the bridge take frames from both ends at all?',
    explains: silence,
    look: (scene) => {
      const ends = [
        { link: hostEnd(scene.host, scene.source), name: scene.sourceContainer?.name },
        { link: hostEnd(scene.host, scene.target), name: scene.targetContainer?.name },
      ];
      const { link, name = 'a container' } = ends.find((end) => end.link?.locked) ?? {};
      return link && { summary: `the bridge port ${link.name}, that of ${name}, is locked: it takes frames only from senders that the bridge was told of`, remedy: `bridge link set dev ${link.name} locked off`, seen: [{ of: scene.host, section: 'link', lines: new RegExp(`"${link.name}"`) }] };
    },
  },
  {
    code: 'bridge.forwarding-entry',
    asks: "Does the bridge send frames for the server's MAC address to the server's port?",
    explains: silence,
    look: (scene) => {
      const { host, target } = scene;
      const exit = hostEnd(host, target)?.name;
      const real = containerLink(target)?.macAddress;
      const wrong = host?.forwarding.find(({ macAddress, link, state }) => macAddress === real && link !== exit && /static|permanent/.test(state));
      if (!host || !wrong || exit === undefined) return undefined;
      return { summary: `the bridge sends frames for ${wrong.macAddress}, the MAC address of ${target?.place ?? 'the server'}, to ${wrong.link}, not to ${exit}: a fixed entry of its table says so`, remedy: `bridge fdb del ${wrong.macAddress} dev ${wrong.link} master`, seen: [{ of: host, section: 'forwarding', lines: new RegExp(wrong.macAddress) }] };
    },
  },
  {
    code: 'bridge.ports-isolated',
    asks: 'Are both containers on isolated ports?',
    explains: silence,
    look: (scene) => {
      const [one, other] = [hostEnd(scene.host, scene.source), hostEnd(scene.host, scene.target)];
      if (!isBridged(scene) || !one?.isolated || !other?.isolated) return undefined;
      return { summary: `${one.name} and ${other.name} are isolated ports of ${one.bridge ?? 'the bridge'}, which do not talk to each other`, remedy: `bridge link set dev ${one.name} isolated off`, seen: [{ of: scene.host, section: 'link', lines: /isolated/ }] };
    },
  },
  {
    code: 'bridge.no-address',
    asks: 'Has the bridge an address, so that the host can send to its containers?',
    explains: silence,
    look: (scene) => {
      const { host, network } = scene;
      const from = lastSource(scene);
      if (!host || network?.bridge === undefined || !isHost(scene, from) || !linkNamed(host, network.bridge)) return undefined;
      const has = host.addresses.some(({ link, address }) => link === network.bridge && !address.includes(':'));
      return has ? undefined : { summary: `${network.bridge}, the bridge of the network ${network.name}, has no IPv4 address: the host has no way into the network`, remedy: 'systemctl restart docker', seen: [{ of: host, section: 'address', lines: new RegExp(`"${network.bridge}"`) }, { of: host, section: 'route' }] };
    },
  },
  {
    code: 'host.route-shadowed',
    asks: "Does the host send to the container through its network's bridge?",
    explains: anyFailure,
    look: (scene) => {
      const { host, network, targetAddress } = scene;
      const route = isHost(scene, lastSource(scene)) ? routeToTarget(host, scene) : forwardingRoute(scene);
      if (!host || network?.bridge === undefined || isHost(scene, scene.target) || isBridged(scene) || !route) return undefined;
      if (!route.found && isHost(scene, lastSource(scene))) return { summary: `the host cannot send to ${targetAddress}: ${route.why}`, remedy: `ip route show table all | grep -E '${subnetHint(targetAddress)}'  # remove what stands before ${network.bridge}`, seen: [{ of: host, section: 'route' }, { of: host, section: 'routes' }] };
      if (!route.found || route.link === network.bridge || route.type === 'local') return undefined;
      return { summary: `the host sends to ${targetAddress} on ${route.link}${route.gateway === undefined ? '' : ` via ${route.gateway}`}, not on ${network.bridge}: another route stands before that of the network ${network.name}`, remedy: `ip route del ${targetAddress} dev ${route.link}  # or the wider route that covers it`, seen: [{ of: host, section: 'route' }, { of: host, section: 'routes' }] };
    },
  },
];

/** The server's own link and address, and whether neighbours find each other. */
const atTheTarget: Rung[] = [
  {
    code: 'target.no-link',
    asks: 'Has the server a link besides its loopback?',
    explains: [...silence, 'refused'],
    look: (scene) => {
      const { target, targetContainer } = scene;
      if (!target || !targetContainer || isHost(scene, target) || containerLink(target) || Object.values(targetContainer.addresses).every((address) => address === '')) return undefined;
      return { summary: `${target.place} has no link but its loopback, although the engine attached it to ${Object.keys(targetContainer.addresses).join(', ')}`, remedy: `docker restart ${targetContainer.containerName}`, seen: [{ of: target, section: 'link' }] };
    },
  },
  linkDown('target', ({ target }) => target),
  addressGone('target', ({ target, targetContainer }) => ({ state: target, container: targetContainer })),
  ...(['source', 'target'] as const).map((end): Rung => ({
    code: `${end}.arp-off`,
    asks: `Does the ${end === 'source' ? 'client' : 'server'} take part in ARP?`,
    explains: silence,
    look: (scene) => {
      // a container that asks for a port of the host has a link of its own; behind the port it is the host that asks
      const clients = [scene.source, lastSource(scene)].filter((it) => it !== undefined);
      const askers = end === 'source' ? clients : scene.target ? [scene.target] : [];
      const linkOf = (it: NamespaceState) => (isHost(scene, it) ? linkNamed(it, scene.network?.bridge) : containerLink(it));
      const state = askers.find((it) => linkOf(it)?.noArp) ?? askers[0];
      const link = state && linkOf(state);
      if (!state || !link) return undefined;
      if (link.noArp) return { summary: `${link.name} of ${state.place} has ARP switched off: ${end === 'source' ? 'it asks nobody for an address' : 'it answers nobody who asks for its address'}`, remedy: `ip link set ${link.name} arp on`, seen: [{ of: state, section: 'link', lines: /NOARP/ }] };
      const ignore = Math.max(...['all', link.name].map((name) => Number(state.sysctls[`ipv4/conf/${name}/arp_ignore`] ?? 0)));
      if (end === 'target' && ignore === 8) return { summary: `${state.place} ignores questions for its address (arp_ignore is ${ignore})`, remedy: `sysctl -w net.ipv4.conf.${link.name}.arp_ignore=0`, seen: [{ of: state, section: 'sysctl', lines: /arp_ignore/ }] };
      return undefined;
    },
  })),
  {
    code: 'neighbour.wrong-mac-address',
    asks: "Is the neighbour's MAC address the one that it has?",
    explains: [...silence, 'reached', 'refused'],
    look: (scene) => {
      const client = lastSource(scene);
      const clientAddress = isHost(scene, client) ? client?.addresses.find(({ link, address }) => link === scene.network?.bridge && !address.includes(':'))?.address : Object.values(scene.sourceContainer?.addresses ?? {}).find(Boolean);
      const ways: [NamespaceState | undefined, NamespaceState | undefined, string | undefined][] = [
        [client, scene.target, scene.targetAddress],
        [scene.target, client, clientAddress],
      ];
      for (const [asking, asked, address] of ways) {
        const neighbour = asking?.neighbours.find((it) => it.address === address && !isHost(scene, scene.target));
        const real = linkWith(asked, address)?.macAddress;
        if (!asking || !neighbour?.macAddress || real === undefined || neighbour.macAddress === real) continue;
        const how = /PERMANENT|NOARP/.test(neighbour.state) ? 'a fixed entry of its table says so' : 'somebody else answers for it, or did';
        return { summary: `${asking.place} takes ${neighbour.macAddress} for the MAC address of ${neighbour.address}, which is ${real}: ${how}`, remedy: `ip neighbour del ${neighbour.address} dev ${neighbour.link}`, seen: [{ of: asking, section: 'neighbour' }, { of: asked, section: 'link', lines: /"address"/ }] };
      }
      return undefined;
    },
  },
];

/** Filters and switches on the way, in the client, on the host, in the server. */
const filters: Rung[] = [
  {
    code: 'host.ip-forward-off',
    asks: 'May the host forward between networks?',
    explains: silence,
    look: (scene) => {
      const { host, source, network } = scene;
      if (!host || isHost(scene, source) || isBridged(scene) || scene.sourceContainer === undefined || scene.targetContainer === undefined || network?.bridge === undefined) return undefined;
      return host.sysctls['ipv4/ip_forward'] === '0' ? { summary: 'the host does not forward packets between networks (net.ipv4.ip_forward is 0)', remedy: 'sysctl -w net.ipv4.ip_forward=1', seen: [{ of: host, section: 'sysctl', lines: /ip_forward/ }] } : undefined;
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
      return { summary: `the host takes packets of ${scene.sourceContainer?.name ?? 'the client'} for forged: its way back is another one (rp_filter)`, remedy: `sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.${network?.bridge ?? 'default'}.rp_filter=0`, seen: [{ of: host, section: 'route' }, { of: host, section: 'sysctl', lines: /rp_filter/ }] };
    },
  },
  {
    code: 'host.conntrack-full',
    asks: 'Is there room for one more connection in the table of connections?',
    explains: ['timed-out'],
    look: ({ host }) => {
      const [count, maximum] = [Number(host?.sysctls['netfilter/nf_conntrack_count']), Number(host?.sysctls['netfilter/nf_conntrack_max'])];
      return maximum > 0 && count >= maximum ? { summary: `the host's table of connections is full (${count} of ${maximum}): it drops the first packet of each new one`, remedy: `sysctl -w net.netfilter.nf_conntrack_max=${maximum * 2}`, seen: [{ of: host, section: 'sysctl', lines: /conntrack/ }] } : undefined;
    },
  },
  filter('source.firewall', 'Does a packet filter inside the client take the packets?', ({ source }) => source),
  filter('host.firewall', "Does the host's packet filter take the packets?", ({ host }) => host),
  filter('target.firewall', 'Does a packet filter inside the server take the packets?', ({ target }) => target),
  {
    code: 'host.firewall-uncounted',
    asks: "Did the packets reach the host and not leave it, and can just one rule that counts nothing be why?",
    explains: silence,
    look: (scene) => {
      const { host, source, target, traffic } = scene;
      const [entry, exit] = [hostEnd(host, source), hostEnd(host, target)];
      const moved = (link: LinkState | undefined) => traffic.get(`host ${link?.name ?? ''}`);
      if (!host?.rules || !entry || !exit || !moved(entry)?.received || moved(exit)?.sent !== 0) return undefined;
      const onTheWay = ({ hook }: Rule) => hook !== 'input' && hook !== 'output';
      const suspects = host.rules.filter((rule) => rule.backend === 'nft' && rule.packets === undefined && onTheWay(rule) && ['drops', 'rejects'].includes(rule.effect) && couldMatch(rule, flowOf(scene)));
      const [suspect] = suspects;
      if (!suspect || suspects.length > 1) return undefined;
      return {
        summary: `the host receives the packets on ${entry.name} and does not send them on ${exit.name}; one rule could be why, in ${suspect.table}/${suspect.chain}: ${suspect.text}`,
        remedy: removal({ place: 'host', rule: suspect, packets: 0 }),
        seen: [{ where: 'host', what: 'packets during one more probe', answer: `${entry.name} received ${moved(entry)?.received ?? 0}, ${exit.name} sent 0` }, { where: 'host', what: 'the only such rule that drops', answer: `${suspect.table}/${suspect.chain}: ${suspect.text}` }],
      };
    },
  },
  {
    code: 'host.nat-diverts',
    asks: "Does a rule of the host lead the packets to somebody else?",
    explains: [...anyFailure, 'reached'],
    look: (scene) => {
      const hit = [...takenAway(scene, 'host', ['diverts']), ...(scene.source && !isHost(scene, scene.source) ? takenAway(scene, scene.source.place, ['diverts']) : [])].find(({ rule }) => !(scene.targetAddress !== undefined && rule.text.includes(`${scene.targetAddress}:${scene.targetPort}`)));
      return hit && { summary: `a rule in ${hit.rule.table}/${hit.rule.chain} of ${hit.place} leads the packets elsewhere: ${hit.rule.text}`, remedy: removal(hit), seen: [hitSeen(hit)] };
    },
  },
];

/** The server itself, and its way back. */
const atTheServer: Rung[] = [
  {
    code: 'target.loopback-only',
    asks: 'Does the server listen on its loopback only?',
    explains: ['refused', 'reset'],
    look: ({ target, targetContainer, targetPort }) => {
      const sockets = listeners(target, targetPort);
      if (!target || sockets.length === 0 || !sockets.every(({ address }) => isLoopback(address))) return undefined;
      return { summary: `the server in ${target.place} listens on port ${targetPort} of its loopback only (${sockets.map(({ address }) => address).join(', ')})`, remedy: `docker exec ${targetContainer?.containerName ?? target.place} …  # let it listen on 0.0.0.0:${targetPort}`, seen: [{ of: target, section: 'listening' }] };
    },
  },
  {
    code: 'target.other-address-only',
    asks: 'Does the server listen on the address that is asked for?',
    explains: ['refused', 'reset'],
    look: ({ target, targetContainer, targetPort, targetAddress }) => {
      const sockets = listeners(target, targetPort);
      if (!target || targetAddress === undefined || sockets.length === 0 || sockets.some(({ address }) => ['*', '0.0.0.0', '::', targetAddress].includes(address))) return undefined;
      return { summary: `the server in ${target.place} listens on ${sockets.map(({ address }) => `${address}:${targetPort}`).join(', ')}, not on ${targetAddress}`, remedy: `docker exec ${targetContainer?.containerName ?? target.place} …  # let it listen on 0.0.0.0:${targetPort}`, seen: [{ of: target, section: 'listening' }] };
    },
  },
  {
    code: 'target.not-listening',
    asks: 'Does anybody listen on the port?',
    explains: ['refused', 'reset'],
    look: ({ target, targetContainer, targetPort }) => {
      if (!target || target.printed.link === '' || listeners(target, targetPort).length > 0) return undefined;
      return { summary: `nobody listens on TCP port ${targetPort} in ${target.place}`, remedy: `docker logs ${targetContainer?.containerName ?? target.place}`, seen: [{ of: target, section: 'listening' }] };
    },
  },
  {
    code: 'target.no-way-back',
    asks: 'Has the server a route back to the client?',
    explains: silence,
    look: (scene) => {
      const { target, host } = scene;
      const from = lastSource(scene);
      if (!target || !from || isHost(scene, target)) return undefined;
      const answers = Object.entries(target.routes);
      const own = containerLink(target);
      const wrong = answers.find(([, route]) => !route.found || route.link !== own?.name || (route.gateway !== undefined && host !== undefined && !host.addresses.some(({ address }) => address === route.gateway)));
      if (!wrong) return undefined;
      const [address, route] = wrong;
      const what = route.found ? `sends it on ${route.link}${route.gateway === undefined ? '' : ` via ${route.gateway}`}` : `has no route to it (${route.why})`;
      return { summary: `packets reach ${target.place}, and its answer to ${address} does not come back: it ${what}`, remedy: `docker restart ${scene.targetContainer?.containerName ?? target.place}`, seen: [{ of: target, section: 'route' }, { of: target, section: 'routes' }] };
    },
  },
  {
    code: 'target.stopped',
    asks: 'Do the processes of the server run?',
    explains: ['timed-out'],
    look: ({ target, targetContainer, targetProcesses }) => {
      const stopped = targetProcesses.filter((state) => /\bT \(stopped\)|\bt \(tracing stop\)/.test(state));
      return target && stopped.length > 0 ? { summary: `the server in ${target.place} is stopped by a signal: the kernel accepts connections and nobody answers`, remedy: `docker kill --signal CONT ${targetContainer?.containerName ?? target.place}`, seen: [{ where: 'host', what: `processes of ${target.place}`, answer: stopped.join('\n') }] } : undefined;
    },
  },
];

/** What is too large for a link. */
const sizes: Rung[] = [
  {
    code: 'path.mtu',
    asks: 'Can every link on the way carry what the ends send?',
    explains: ['timed-out'],
    look: (scene) => {
      const { outcome, host, network } = scene;
      // small packets came through: the connection was made
      if (outcome.kind !== 'timed-out' || !/Operation timed out/.test(outcome.detail)) return undefined;
      const ends = [scene.source, scene.target].filter((inside) => inside !== undefined && !isHost(scene, inside));
      // a bridge lowers its own to the least of its ports
      const onTheWay = [...ends.map((inside) => hostEnd(host, inside)), ...ends.map(containerLink), linkNamed(host, network?.bridge)];
      for (const inside of ends) {
        const end = containerLink(inside);
        const narrow = onTheWay.find((link) => link && end && link.mtu < end.mtu);
        if (inside && end && narrow) return { summary: `${inside.place} sends packets of up to ${end.mtu} bytes, and ${narrow.name} on their way carries ${narrow.mtu}: connections are made, and large answers vanish`, remedy: `ip link set ${narrow.name} mtu ${end.mtu}`, seen: [{ of: inside, section: 'link', lines: /mtu/ }, { of: host, section: 'link', lines: /mtu/ }] };
      }
      return undefined;
    },
  },
];

/** What the engine itself knows, without any look at the network. */
export const engineRungs: readonly Rung[] = [...containers, ...configuration];

/** The whole ladder. */
export const ladder: readonly Rung[] = [...engineRungs, ...names, ...atTheSource, ...atTheHostPort, ...onTheBridge, ...atTheTarget, ...filters, ...sizes, ...atTheServer];

function linkDown(end: 'source' | 'target', stateOf: (scene: Scene) => NamespaceState | undefined): Rung {
  return {
    code: `${end}.link-down`,
    asks: `Is the ${end === 'source' ? "client's" : "server's"} link up?`,
    explains: silence,
    look: (scene) => {
      const state = stateOf(scene);
      const link = isHost(scene, state) ? undefined : containerLink(state);
      if (!state || !link || link.up) return undefined;
      return { summary: `${link.name} of ${state.place} is down`, remedy: `docker restart ${scene[`${end}Container`]?.containerName ?? state.place}`, seen: [{ of: state, section: 'link', lines: new RegExp(`"${link.name}"`) }] };
    },
  };
}

function addressGone(end: 'source' | 'target', of: (scene: Scene) => { state: NamespaceState | undefined; container: Scene['targetContainer'] }): Rung {
  return {
    code: `${end}.address-gone`,
    asks: `Has the ${end === 'source' ? 'client' : 'server'} the address that the engine tells?`,
    explains: [...anyFailure, 'reached'],
    look: (scene) => {
      const { state, container } = of(scene);
      const told = Object.values(container?.addresses ?? {}).filter(Boolean);
      if (!state || !container || isHost(scene, state) || state.printed.address === '') return undefined;
      const missing = told.find((address) => !state.addresses.some((it) => it.address === address));
      if (missing === undefined) return undefined;
      const own = state.addresses.filter(({ link, address }) => link !== 'lo' && !address.includes(':')).map(({ address }) => address);
      return { summary: `the engine says that ${state.place} has ${missing}; its links have ${own.length > 0 ? own.join(', ') : 'no IPv4 address'}`, remedy: `docker restart ${container.containerName}`, seen: [{ of: state, section: 'address' }, { where: 'engine', what: `address of ${state.place}`, answer: told.join(', ') }] };
    },
  };
}

/** A rule that was seen to take the packets; the first one that a packet meets, where several did. */
function filter(code: string, asks: string, stateOf: (scene: Scene) => NamespaceState | undefined): Rung {
  return {
    code,
    asks,
    explains: anyFailure,
    look: (scene) => {
      const state = stateOf(scene);
      if (!state || (code !== 'host.firewall' && isHost(scene, state))) return undefined;
      const [hit] = takenAway(scene, state.place, endedIn(scene, 'timed-out') ? ['drops'] : ['rejects', 'drops']);
      if (!hit) return undefined;
      const what = hit.rule.text.startsWith('policy') ? `the policy of ${hit.rule.table}/${hit.rule.chain} of ${hit.place} drops the packets: no rule accepts them` : `a rule in ${hit.rule.table}/${hit.rule.chain} of ${hit.place} ${hit.rule.effect} the packets: ${hit.rule.text}`;
      const known = rulesOfEngines.find(({ rule }) => rule.test(`${hit.rule.chain} ${hit.rule.text}`));
      return { summary: known ? `${known.means}: ${what}` : what, remedy: known?.remedy ?? removal(hit), seen: [hitSeen(hit)] };
    },
  };
}

/** Rules that engines make on purpose: what has to be changed is what asked for them. Docker's documentation, packet filtering and firewalls. */
const rulesOfEngines: readonly { rule: RegExp; means: string; remedy: string }[] = [
  { rule: / -i (\S+) -o \1 -j DROP/, means: 'containers of this network must not talk to each other (inter-container communication is off)', remedy: "remove --icc=false from the daemon's options, or com.docker.network.bridge.enable_icc=false from the network" },
  { rule: /^DOCKER-ISOLATION-STAGE-\d|^DOCKER-INTERNAL/, means: 'the engine keeps networks apart', remedy: 'docker network connect NETWORK CONTAINER  # a network that both are in' },
  { rule: /^PREROUTING .*-d \S+ ! -i \S+ -j DROP/, means: 'the engine lets nobody route to a container directly', remedy: 'publish the port, or com.docker.network.bridge.gateway_mode_ipv4=nat-unprotected' },
];

function hitSeen({ place, rule, packets }: Hit): Finding['seen'][number] {
  return { where: place, what: `counters of ${rule.backend} before and after one more probe`, answer: `${rule.table}/${rule.chain}: ${rule.text}: ${packets} packets more` };
}

function removal({ rule }: Hit): string {
  if (rule.backend === 'nft' && rule.text.startsWith('policy')) return `nft add chain ${rule.table} ${rule.chain} '{ policy accept; }'  # or add a rule that accepts them`;
  if (rule.backend === 'nft') return `nft -a list chain ${rule.table} ${rule.chain}  # then nft delete rule ${rule.table} ${rule.chain} ${/^handle \d+/.exec(rule.text)?.[0] ?? ''}`.trim();
  if (rule.text.startsWith('policy')) return `${rule.backend} -t ${rule.table} -P ${rule.chain} ACCEPT  # or add a rule that accepts them`;
  return `${rule.backend} -t ${rule.table} ${rule.text.replace('-A ', '-D ')}`;
}

function listeners(state: NamespaceState | undefined, port: number): NamespaceState['listening'] {
  return state?.listening.filter((socket) => socket.port === port) ?? [];
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

function escaped(text: string | undefined): string {
  return (text ?? '').replaceAll('.', '\\.');
}

function subnetHint(address: string | undefined): string {
  return (address ?? '').split('.').slice(0, 2).join('\\.');
}
