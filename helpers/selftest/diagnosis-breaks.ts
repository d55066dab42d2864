import type { Hit, Rule } from '../diagnosis/firewall';
import type { LinkState, NamespaceState } from '../diagnosis/namespace-state';
import type { Scene } from '../diagnosis/scene';
import { ids } from './diagnosis-recordings';
import {
  answeredBy,
  betweenPeers,
  betweenNetworks,
  bridgeOfOther,
  failed,
  fromHost,
  hostPort,
  macOfOther,
  route,
  throughHostPort,
  throughHostPortFromContainer,
  wire,
} from './diagnosis-scenes';

/** A scene of which all parts are there. */
type Whole = { [Part in keyof Scene]-?: NonNullable<Scene[Part]> };

/** A healthy scene in which one thing was changed. */
export function broken(scene: Scene, change: (scene: Whole) => void): Scene {
  change(scene as Whole);
  return scene;
}

export function link(state: NamespaceState, name: string): LinkState {
  const found = state.links.find((it) => it.name === name);
  if (!found) throw new Error(`${state.place} has no link ${name}`);
  return found;
}

const withoutLink = (state: NamespaceState, name: string) => void (state.links = state.links.filter((it) => it.name !== name));
const withoutAddresses = (state: NamespaceState, name: string) => void (state.addresses = state.addresses.filter((it) => it.link !== name));

/** What a rule met during one more probe. */
export function hit(place: string, text: string, features: Partial<Hit['rule']> = {}): Hit {
  return {
    place,
    packets: 2,
    rule: { backend: 'iptables', table: 'filter', chain: 'DOCKER-USER', text, effect: 'drops', packets: 2, ...features },
  };
}

export const uncounted: Rule = {
  backend: 'nft',
  table: 'inet t',
  chain: 'f',
  text: 'handle 2 [{"drop":null}]',
  effect: 'drops',
  packets: undefined,
  hook: 'forward',
};

/** A packet of the probe that was seen in a namespace. */
const seenIn = (place: string, packet: string) => new Map([[place, [{ place, packet, steps: [] }]]]);

/** A scene with one thing broken, and what the rung that is made for it says. */
export interface Break {
  /** code of the rung that must find it */
  code: string;
  when: string;
  scene: () => Scene;
  summary: string;
  remedy: string;
  /** place and section of the evidence, with how much of it is quoted; what is worded is quoted in full */
  seen: string[];
}

/** Per rung the smallest changes of a healthy scene that make it speak. */
export const breaks: readonly Break[] = [
  {
    code: 'target.not-running',
    when: 'it exited',
    scene: () =>
      broken(betweenPeers(failed('unreachable')), ({ targetContainer }) =>
        Object.assign(targetContainer, { status: 'exited', exitCode: 137 }),
      ),
    summary: 'nginx02 does not run: it is exited with status 137',
    remedy: 'docker start nginx02-1',
    seen: ['engine state of nginx02: exited with status 137'],
  },
  {
    code: 'target.not-running',
    when: 'it was only created',
    scene: () =>
      broken(betweenPeers(failed('refused')), ({ targetContainer }) => Object.assign(targetContainer, { status: 'created', exitCode: 0 })),
    summary: 'nginx02 does not run: it is created',
    remedy: 'docker start nginx02-1',
    seen: ['engine state of nginx02: created'],
  },
  {
    code: 'target.not-in-a-network',
    when: 'somebody disconnected it',
    scene: () =>
      broken(betweenPeers(failed('unreachable')), ({ targetContainer, target }) => {
        targetContainer.addresses = {};
        withoutLink(target, 'eth0');
      }),
    summary: 'nginx02 is attached to no network: somebody disconnected it',
    remedy: 'docker network connect bridge nginx02-1',
    seen: ['engine networks of nginx02: none'],
  },
  {
    code: 'target.not-in-a-network',
    when: 'its network is the default one',
    scene: () =>
      broken(betweenPeers(failed('unreachable')), ({ targetContainer }) =>
        Object.assign(targetContainer, { addresses: {}, networkMode: 'default' }),
      ),
    summary: 'nginx02 is attached to no network: somebody disconnected it',
    remedy: 'docker network connect bridge nginx02-1',
    seen: ['engine networks of nginx02: none'],
  },
  {
    code: 'target.not-in-a-network',
    when: 'its network is one of the user',
    scene: () =>
      broken(betweenPeers(failed('unreachable')), ({ targetContainer }) =>
        Object.assign(targetContainer, { addresses: {}, networkMode: 'backend' }),
      ),
    summary: 'nginx02 is attached to no network: somebody disconnected it',
    remedy: 'docker network connect backend nginx02-1',
    seen: ['engine networks of nginx02: none'],
  },
  {
    code: 'target.paused',
    when: 'it is paused',
    scene: () => broken(betweenPeers(), ({ targetContainer }) => void (targetContainer.status = 'paused')),
    summary: 'nginx02 is paused: its kernel accepts connections and nobody answers',
    remedy: 'docker unpause nginx02-1',
    seen: ['engine state of nginx02: paused'],
  },
  {
    code: 'engine.no-default-bridge',
    when: 'the engine has none',
    scene: () =>
      broken(
        betweenPeers(failed('unreachable')),
        (scene) => void (scene.network = { name: 'bridge', driver: 'absent', bridge: undefined } as never),
      ),
    summary: 'the engine was started without a default bridge, so nginx02 has no link to others',
    remedy: "remove --bridge=none from the daemon's options, or docker network create NAME",
    seen: ['engine GET /networks/bridge: there is no such network'],
  },
  {
    code: 'name.default-bridge-resolves-none',
    when: 'a neighbour there is asked by name',
    scene: () => broken(betweenPeers(failed('name-unknown')), (scene) => void (scene.hostname = 'nginx02')),
    summary: 'nginx02 is asked for by name on the default bridge, which has no name server of its own',
    remedy: 'docker network create NAME && docker network connect NAME nginx01-1',
    seen: ['nginx01 resolv, 8 lines'],
  },
  {
    code: 'name.no-name-server',
    when: 'resolv.conf names none',
    scene: () =>
      broken(betweenNetworks(failed('name-unknown')), (scene) => {
        scene.hostname = 'nginx02';
        scene.source.nameServers = [];
      }),
    summary: 'other has no name server to ask for nginx02',
    remedy: 'docker run --dns ADDRESS …',
    seen: ['other resolv, 11 lines'],
  },
  {
    code: 'source.loopback-down',
    when: 'it is down',
    scene: () => broken(throughHostPort(failed('unreachable')), ({ host }) => void (link(host, 'lo').up = false)),
    summary: 'the loopback of host is down',
    remedy: 'ip link set lo up',
    seen: ['host address, 1 line'],
  },
  {
    code: 'source.loopback-down',
    when: 'it has no address',
    scene: () => broken(throughHostPort(failed('unreachable')), ({ host }) => withoutAddresses(host, 'lo')),
    summary: 'the loopback of host has no address',
    remedy: 'ip address add 127.0.0.1/8 dev lo',
    seen: ['host address, 1 line'],
  },
  {
    code: 'source.no-link',
    when: 'the veth pair is gone',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ source }) => withoutLink(source, 'eth0')),
    summary: 'nginx01 has no link but its loopback, although the engine attached it to bridge',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 link, 2 lines'],
  },
  {
    code: 'source.link-down',
    when: 'eth0 is down',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ source }) => void (link(source, 'eth0').up = false)),
    summary: 'eth0 of nginx01 is down',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 link, 1 line'],
  },
  {
    code: 'source.address-gone',
    when: 'its address was flushed',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ source }) => withoutAddresses(source, 'eth0')),
    summary: 'the engine says that nginx01 has 172.17.0.2; its links have no IPv4 address',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 address, 2 lines', 'engine address of nginx01: 172.17.0.2'],
  },
  {
    code: 'source.address-gone',
    when: 'it has another one',
    scene: () =>
      broken(
        betweenPeers(),
        ({ source }) =>
          void (source.addresses = source.addresses.map((it) => (it.link === 'eth0' ? { ...it, address: '172.17.0.99' } : it))),
      ),
    summary: 'the engine says that nginx01 has 172.17.0.2; its links have 172.17.0.99',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 address, 2 lines', 'engine address of nginx01: 172.17.0.2'],
  },
  {
    code: 'address.taken-twice',
    when: 'the client has it on its loopback',
    scene: () =>
      broken(
        betweenPeers(failed('refused')),
        ({ source }) => void source.addresses.push({ address: '172.17.0.3', prefixLength: 32, link: 'lo' }),
      ),
    summary: 'nginx01 has 172.17.0.3, the address of nginx02, as well, on lo: what is sent to it ends there',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx01-1)" -n ip address del 172.17.0.3/32 dev lo`,
    seen: ['nginx01 address: nothing', 'nginx01 route, 2 lines', 'nginx01 neighbour, 1 line'],
  },
  {
    code: 'address.taken-twice',
    when: 'the host has it',
    scene: () =>
      broken(
        fromHost(failed('refused')),
        ({ host }) => void host.addresses.push({ address: '172.17.0.3', prefixLength: 32, link: 'docker0' }),
      ),
    summary: 'host has 172.17.0.3, the address of nginx02, as well, on docker0: what is sent to it ends there',
    remedy: 'ip address del 172.17.0.3/32 dev docker0',
    seen: ['host address: nothing', 'host route, 4 lines', 'host neighbour, 1 line'],
  },
  {
    code: 'address.taken-twice',
    when: 'the host has it, and answered its neighbour first',
    scene: () =>
      broken(betweenPeers(failed('refused')), ({ source, host }) => {
        host.addresses.push({ address: '172.17.0.3', prefixLength: 32, link: 'lo' });
        source.neighbours.unshift({ address: '172.17.0.1', link: 'eth0', macAddress: undefined, state: 'FAILED' });
        for (const it of source.neighbours) if (it.address === '172.17.0.3') it.macAddress = link(host, 'docker0').macAddress;
      }),
    summary: 'host has 172.17.0.3, the address of nginx02, as well, on lo: what is sent to it ends there',
    remedy: 'ip address del 172.17.0.3/32 dev lo',
    seen: ['host address: nothing', 'host route, 4 lines', 'nginx01 neighbour, 1 line'],
  },
  {
    code: 'source.no-route',
    when: 'its table was flushed',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ source }) => void (source.routes['172.17.0.3'] = route('none'))),
    summary: 'nginx01 cannot send to 172.17.0.3: it has no route to it',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 route, 2 lines', 'nginx01 routes, 2 lines'],
  },
  {
    code: 'source.no-route',
    when: 'a route refuses it',
    scene: () =>
      broken(betweenPeers(failed('unreachable')), ({ source }) => void (source.routes['172.17.0.3'] = route('an unreachable one'))),
    summary: 'nginx01 cannot send to 172.17.0.3: it has a route that refuses it (RTNETLINK answers: No route to host)',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 route, 2 lines', 'nginx01 routes, 2 lines'],
  },
  {
    code: 'source.no-route',
    when: 'a route discards it',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ source }) => void (source.routes['172.17.0.3'] = route('a blackhole'))),
    summary: 'nginx01 cannot send to 172.17.0.3: it has a route that refuses it (RTNETLINK answers: Invalid argument)',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 route, 2 lines', 'nginx01 routes, 2 lines'],
  },
  {
    code: 'source.wrong-route',
    when: 'a neighbour is sent to by way of the bridge',
    scene: () =>
      broken(
        betweenPeers(),
        ({ source }) => void (source.routes['172.17.0.3'] = { found: true, link: 'eth0', gateway: '172.17.0.1', type: 'unicast' }),
      ),
    summary: 'nginx01 sends to its neighbour 172.17.0.3 via 172.17.0.1 on eth0, not directly on eth0',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 route, 2 lines', 'nginx01 routes, 2 lines'],
  },
  {
    code: 'source.wrong-route',
    when: 'on another link',
    scene: () =>
      broken(
        betweenPeers(),
        ({ source }) => void (source.routes['172.17.0.3'] = { found: true, link: 'dummy0', gateway: undefined, type: 'unicast' }),
      ),
    summary: 'nginx01 sends to its neighbour 172.17.0.3 on dummy0, not directly on eth0',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 route, 2 lines', 'nginx01 routes, 2 lines'],
  },
  {
    code: 'source.wrong-gateway',
    when: 'nobody has the address of the gateway',
    scene: () =>
      broken(
        betweenNetworks(),
        ({ source }) => void (source.routes['172.17.0.3'] = { found: true, link: 'eth0', gateway: '172.18.0.77', type: 'unicast' }),
      ),
    summary: 'other sends to 172.17.0.3 via 172.18.0.77, which is no address of the host',
    remedy: 'docker restart other-1',
    seen: ['other route, 2 lines', 'host address, 3 lines'],
  },
  {
    code: 'port.taken',
    when: 'a server of the host has it',
    scene: () =>
      broken(throughHostPort(answeredBy(undefined)), ({ host }) =>
        host.listening.forEach((socket) => {
          if (socket.port === hostPort) socket.process = 'python3 (process 4711)';
        }),
      ),
    summary: 'port 32768 of the host, which nginx02 publishes, is held by python3 (process 4711)',
    remedy: "Somebody has to end what holds it: ss -ltnp 'sport = :32768' shows it; then docker restart nginx02-1",
    seen: ['host listening, 2 lines'],
  },
  {
    code: 'port.proxy-stopped',
    when: 'a signal stopped docker-proxy',
    scene: () => broken(throughHostPort(), (scene) => void (scene.stoppedProxies = ['docker-proxy (process 334)'])),
    summary:
      'docker-proxy (process 334), which listens on port 32768 of the host, is stopped by a signal: the kernel accepts connections and nobody passes them on',
    remedy: 'kill -CONT 334',
    seen: ['host listening, 2 lines'],
  },
  {
    code: 'port.held-by-engine',
    when: 'no docker-proxy is used, and the rules are gone',
    scene: () =>
      broken(throughHostPort(), ({ host }) =>
        host.listening.forEach((socket) => {
          if (socket.port === hostPort) socket.process = 'dockerd (process 24)';
        }),
      ),
    summary:
      'dockerd holds port 32768 of the host and passes nothing on: there is no docker-proxy, and no rule of the firewall leads this connection to nginx02',
    remedy: 'docker restart nginx02-1',
    seen: ['host listening, 2 lines', 'host iptables, 2 lines'],
  },
  {
    code: 'port.nobody-listens',
    when: 'docker-proxy is gone',
    scene: () =>
      broken(
        throughHostPort(failed('refused')),
        ({ host }) => void (host.listening = host.listening.filter(({ port }) => port !== hostPort)),
      ),
    summary:
      'nobody listens on port 32768 of the host, which nginx02 publishes: its docker-proxy is gone, and no rule of the firewall leads this connection to it',
    remedy: 'docker restart nginx02-1',
    seen: ['host listening, 5 lines', 'host iptables, 2 lines'],
  },
  {
    code: 'port.nobody-listens',
    when: 'docker-proxy is gone, and rules only count',
    scene: () =>
      broken(throughHostPort(failed('refused')), (scene) => {
        scene.host.listening = [];
        scene.hits = [hit('host', '-A OUTPUT -j LOG', { effect: 'other' })];
      }),
    summary:
      'nobody listens on port 32768 of the host, which nginx02 publishes: its docker-proxy is gone, and no rule of the firewall leads this connection to it',
    remedy: 'docker restart nginx02-1',
    seen: ['host listening, 5 lines', 'host iptables, 2 lines'],
  },
  {
    code: 'bridge.gone',
    when: 'it was deleted',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ host }) => withoutLink(host, 'docker0')),
    summary: 'docker0, the bridge of the network bridge, is not there',
    remedy: 'systemctl restart docker',
    seen: ['host link, 6 lines'],
  },
  {
    code: 'source.veth-down',
    when: "the host's end is down",
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx01).up = false)),
    summary: "vethf96bbc5, the host's end of the veth pair of nginx01, is down",
    remedy: 'ip link set vethf96bbc5 up',
    seen: ['host link, 1 line'],
  },
  {
    code: 'source.veth-off-the-bridge',
    when: 'it was taken from the bridge',
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx01).bridge = undefined)),
    summary: "vethf96bbc5, the host's end of the veth pair of nginx01, is no port of any bridge, not of docker0",
    remedy: 'ip link set vethf96bbc5 master docker0',
    seen: ['host link, 1 line'],
  },
  {
    code: 'source.bridge-port-blocked',
    when: 'the port is disabled',
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx01).portState = 'disabled')),
    summary: 'the bridge docker0 keeps its port vethf96bbc5, that of nginx01, in the state disabled',
    remedy: 'bridge link set dev vethf96bbc5 state 3',
    seen: ['host link, 1 line'],
  },
  {
    code: 'target.veth-down',
    when: "the host's end is down",
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx02).up = false)),
    summary: "veth974f3bd, the host's end of the veth pair of nginx02, is down",
    remedy: 'ip link set veth974f3bd up',
    seen: ['host link, 1 line'],
  },
  {
    code: 'target.veth-off-the-bridge',
    when: 'it is a port of another bridge',
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx02).bridge = bridgeOfOther)),
    summary: "veth974f3bd, the host's end of the veth pair of nginx02, is a port of br-1bead70cd95b, not of docker0",
    remedy: 'ip link set veth974f3bd master docker0',
    seen: ['host link, 1 line'],
  },
  {
    code: 'target.bridge-port-blocked',
    when: 'the port is blocked',
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx02).portState = 'blocking')),
    summary: 'the bridge docker0 keeps its port veth974f3bd, that of nginx02, in the state blocking',
    remedy: 'bridge link set dev veth974f3bd state 3',
    seen: ['host link, 1 line'],
  },
  {
    code: 'bridge.down',
    when: 'it is down',
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, 'docker0').up = false)),
    summary: 'docker0, the bridge of the network bridge, is down',
    remedy: 'ip link set docker0 up',
    seen: ['host link, 3 lines'],
  },
  {
    code: 'bridge.port-locked',
    when: 'the port is locked',
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx02).locked = true)),
    summary: 'the bridge port veth974f3bd, that of nginx02, is locked: it takes frames only from senders that the bridge was told of',
    remedy: 'bridge link set dev veth974f3bd locked off',
    seen: ['host link, 1 line'],
  },
  {
    code: 'bridge.port-locked',
    when: "the client's is",
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx01).locked = true)),
    summary: 'the bridge port vethf96bbc5, that of nginx01, is locked: it takes frames only from senders that the bridge was told of',
    remedy: 'bridge link set dev vethf96bbc5 locked off',
    seen: ['host link, 1 line'],
  },
  {
    code: 'bridge.forwarding-entry',
    when: "a fixed entry names the client's port",
    scene: () =>
      broken(
        betweenPeers(),
        ({ host, target }) =>
          void host.forwarding.push({ macAddress: link(target, 'eth0').macAddress, link: wire.nginx01, state: 'static' }),
      ),
    summary:
      'the bridge sends frames for 56:f5:8d:72:e2:9d, the MAC address of nginx02, to vethf96bbc5, not to veth974f3bd: a fixed entry of its table says so',
    remedy: 'bridge fdb replace 56:f5:8d:72:e2:9d dev veth974f3bd master dynamic',
    seen: ['host forwarding, 1 line'],
  },
  {
    code: 'bridge.ports-isolated',
    when: 'both are',
    scene: () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx01).isolated = link(host, wire.nginx02).isolated = true)),
    summary: 'vethf96bbc5 and veth974f3bd are isolated ports of docker0, which do not talk to each other',
    remedy: 'bridge link set dev vethf96bbc5 isolated off',
    seen: ['host link, 3 lines'],
  },
  {
    code: 'bridge.no-address',
    when: 'its address was flushed',
    scene: () =>
      broken(
        fromHost(failed('unreachable')),
        ({ host }) => void (host.addresses = host.addresses.filter(({ address }) => address !== '172.17.0.1')),
      ),
    summary: 'docker0, the bridge of the network bridge, has no IPv4 address: the host has no way into the network',
    remedy: 'systemctl restart docker',
    seen: ['host address, 1 line', 'host route, 4 lines'],
  },
  {
    code: 'host.route-shadowed',
    when: 'a narrower route of the host leads elsewhere',
    scene: () =>
      broken(
        fromHost(),
        ({ host }) => void (host.routes['172.17.0.3'] = { found: true, link: 'vpn0', gateway: '10.8.0.1', type: 'unicast' }),
      ),
    summary: 'the host sends to 172.17.0.3 on vpn0 via 10.8.0.1, not on docker0: another route stands before that of the network bridge',
    remedy: 'ip route del 172.17.0.3 dev vpn0  # or the wider route that covers it',
    seen: ['host route, 4 lines', 'host routes, 2 lines'],
  },
  {
    code: 'host.route-shadowed',
    when: 'packets that are forwarded go elsewhere',
    scene: () =>
      broken(
        betweenNetworks(),
        ({ host }) => void (host.routes['172.17.0.3 from 172.18.0.2'] = { found: true, link: 'vpn0', gateway: undefined, type: 'unicast' }),
      ),
    summary: 'the host sends to 172.17.0.3 on vpn0, not on docker0: another route stands before that of the network bridge',
    remedy: 'ip route del 172.17.0.3 dev vpn0  # or the wider route that covers it',
    seen: ['host route, 4 lines', 'host routes, 2 lines'],
  },
  {
    code: 'host.route-shadowed',
    when: 'one route of the host discards them',
    scene: () =>
      broken(fromHost(failed('unreachable')), ({ host }) => {
        host.routes['172.17.0.3'] = route('a blackhole');
        host.printed.routes = 'blackhole 172.17.0.3 \nblackhole 10.0.0.0/8 \n172.17.0.0/16 dev docker0';
      }),
    summary: 'the host cannot send to 172.17.0.3: RTNETLINK answers: Invalid argument',
    remedy: 'ip route del blackhole 172.17.0.3',
    seen: ['host route, 4 lines', 'host routes, 3 lines'],
  },
  {
    code: 'host.route-shadowed',
    when: 'the host discards them',
    scene: () => broken(fromHost(failed('unreachable')), ({ host }) => void (host.routes['172.17.0.3'] = route('a blackhole'))),
    summary: 'the host cannot send to 172.17.0.3: RTNETLINK answers: Invalid argument',
    remedy: 'Remove the route that stands before that of docker0: ip route show table all shows it, and ip rule the order of the tables.',
    seen: ['host route, 4 lines', 'host routes, 2 lines'],
  },
  {
    code: 'target.no-link',
    when: 'the veth pair is gone',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ target }) => withoutLink(target, 'eth0')),
    summary: 'nginx02 has no link but its loopback, although the engine attached it to bridge',
    remedy: 'docker restart nginx02-1',
    seen: ['nginx02 link, 2 lines'],
  },
  {
    code: 'target.link-down',
    when: 'eth0 is down',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ target }) => void (link(target, 'eth0').up = false)),
    summary: 'eth0 of nginx02 is down',
    remedy: 'docker restart nginx02-1',
    seen: ['nginx02 link, 1 line'],
  },
  {
    code: 'target.address-gone',
    when: 'its address was flushed',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ target }) => withoutAddresses(target, 'eth0')),
    summary: 'the engine says that nginx02 has 172.17.0.3; its links have no IPv4 address',
    remedy: 'docker restart nginx02-1',
    seen: ['nginx02 address, 2 lines', 'engine address of nginx02: 172.17.0.3'],
  },
  {
    code: 'source.arp-off',
    when: "the client's link asks nobody",
    scene: () => broken(betweenPeers(), ({ source }) => void (link(source, 'eth0').noArp = true)),
    summary: 'eth0 of nginx01 has ARP switched off: it asks nobody for an address',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx01-1)" -n ip link set eth0 arp on`,
    seen: ['nginx01 link: nothing'],
  },
  {
    code: 'source.arp-off',
    when: "the host's bridge asks nobody",
    scene: () => broken(throughHostPortFromContainer(), ({ host }) => void (link(host, 'docker0').noArp = true)),
    summary: 'docker0 of host has ARP switched off: it asks nobody for an address',
    remedy: 'ip link set docker0 arp on',
    seen: ['host link: nothing'],
  },
  {
    code: 'target.arp-off',
    when: "the server's link answers nobody",
    scene: () => broken(betweenPeers(failed('unreachable')), ({ target }) => void (link(target, 'eth0').noArp = true)),
    summary: 'eth0 of nginx02 has ARP switched off: it answers nobody who asks for its address',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx02-1)" -n ip link set eth0 arp on`,
    seen: ['nginx02 link: nothing'],
  },
  {
    code: 'target.arp-off',
    when: 'it ignores questions',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ target }) => void (target.sysctls['ipv4/conf/eth0/arp_ignore'] = '8')),
    summary: 'nginx02 ignores questions for its address (arp_ignore is 8)',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx02-1)" -n sysctl -w net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.eth0.arp_ignore=0`,
    seen: ['nginx02 sysctl, 2 lines'],
  },
  {
    code: 'target.arp-off',
    when: 'all its links ignore questions',
    scene: () => broken(betweenPeers(failed('unreachable')), ({ target }) => void (target.sysctls['ipv4/conf/all/arp_ignore'] = '8')),
    summary: 'nginx02 ignores questions for its address (arp_ignore is 8)',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx02-1)" -n sysctl -w net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.eth0.arp_ignore=0`,
    seen: ['nginx02 sysctl, 2 lines'],
  },
  {
    code: 'neighbour.wrong-mac-address',
    when: 'an entry of the table is fixed',
    scene: () =>
      broken(
        betweenPeers(),
        ({ source }) =>
          void (source.neighbours = [{ address: '172.17.0.3', link: 'eth0', macAddress: '02:00:00:00:00:01', state: 'PERMANENT' }]),
      ),
    summary:
      'nginx01 takes 02:00:00:00:00:01 for the MAC address of 172.17.0.3, which is 56:f5:8d:72:e2:9d: a fixed entry of its table says so',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx01-1)" -n ip neighbour del 172.17.0.3 dev eth0`,
    seen: ['nginx01 neighbour, 1 line', 'nginx02 link, 2 lines'],
  },
  {
    code: 'neighbour.wrong-mac-address',
    when: 'somebody else answers',
    scene: () =>
      broken(
        betweenPeers(answeredBy(ids.other)),
        ({ source }) => void (source.neighbours = [{ address: '172.17.0.3', link: 'eth0', macAddress: macOfOther, state: 'REACHABLE' }]),
      ),
    summary:
      'nginx01 takes 22:c5:fb:3d:aa:f6 for the MAC address of 172.17.0.3, which is 56:f5:8d:72:e2:9d: somebody else answers for it, or did',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx01-1)" -n ip neighbour del 172.17.0.3 dev eth0`,
    seen: ['nginx01 neighbour, 1 line', 'nginx02 link, 2 lines'],
  },
  {
    code: 'neighbour.wrong-mac-address',
    when: 'the server takes a wrong one for its client',
    scene: () =>
      broken(
        betweenPeers(),
        ({ target }) => void (target.neighbours = [{ address: '172.17.0.2', link: 'eth0', macAddress: macOfOther, state: 'STALE' }]),
      ),
    summary:
      'nginx02 takes 22:c5:fb:3d:aa:f6 for the MAC address of 172.17.0.2, which is ee:85:0b:ba:1c:31: somebody else answers for it, or did',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx02-1)" -n ip neighbour del 172.17.0.2 dev eth0`,
    seen: ['nginx02 neighbour, 1 line', 'nginx01 link, 2 lines'],
  },
  {
    code: 'neighbour.wrong-mac-address',
    when: 'the server takes a wrong one for the host',
    scene: () =>
      broken(
        fromHost(),
        ({ target }) => void (target.neighbours = [{ address: '172.17.0.1', link: 'eth0', macAddress: macOfOther, state: 'NOARP' }]),
      ),
    summary:
      'nginx02 takes 22:c5:fb:3d:aa:f6 for the MAC address of 172.17.0.1, which is 16:6f:ef:9e:19:a9: a fixed entry of its table says so',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx02-1)" -n ip neighbour del 172.17.0.1 dev eth0`,
    seen: ['nginx02 neighbour, 1 line', 'host link, 6 lines'],
  },
  {
    code: 'host.ip-forward-off',
    when: 'the switch is off',
    scene: () => broken(betweenNetworks(), ({ host }) => void (host.sysctls['ipv4/ip_forward'] = '0')),
    summary: 'the host does not forward packets between networks (net.ipv4.ip_forward is 0)',
    remedy: 'sysctl -w net.ipv4.ip_forward=1',
    seen: ['host sysctl, 1 line'],
  },
  {
    code: 'host.reverse-path-filter',
    when: 'the way back is another one',
    scene: () =>
      broken(
        betweenNetworks(),
        ({ host }) => void (host.routes['172.17.0.3 from 172.18.0.2'] = route('on the host, for a packet that it takes for forged')),
      ),
    summary: 'the host takes packets of other for forged: its way back is another one (rp_filter)',
    remedy: 'sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.docker0.rp_filter=0',
    seen: ['host route, 4 lines', 'host sysctl, 2 lines'],
  },
  {
    code: 'host.conntrack-full',
    when: 'it is full',
    scene: () => broken(betweenPeers(), ({ host }) => void (host.sysctls['netfilter/nf_conntrack_count'] = '262144')),
    summary: "the host's table of connections is full (262144 of 262144): it drops the first packet of each new one",
    remedy: 'sysctl -w net.netfilter.nf_conntrack_max=524288',
    seen: ['host sysctl, 2 lines'],
  },
  {
    code: 'source.firewall',
    when: 'a rule in the client drops them',
    scene: () => broken(betweenPeers(), (scene) => void (scene.hits = [hit('nginx01', '-A OUTPUT -p tcp -j DROP', { chain: 'OUTPUT' })])),
    summary: 'a rule in filter/OUTPUT of nginx01 drops the packets: -A OUTPUT -p tcp -j DROP',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx01-1)" -n iptables -t filter -D OUTPUT -p tcp -j DROP`,
    seen: ['nginx01 counters of iptables before and after one more probe: filter/OUTPUT: -A OUTPUT -p tcp -j DROP: 2 packets more'],
  },
  {
    code: 'host.firewall',
    when: 'a rule drops them',
    scene: () => broken(betweenPeers(), (scene) => void (scene.hits = [hit('host', '-A DOCKER-USER -p tcp -m tcp --dport 80 -j DROP')])),
    summary: 'a rule in filter/DOCKER-USER of host drops the packets: -A DOCKER-USER -p tcp -m tcp --dport 80 -j DROP',
    remedy: 'iptables -t filter -D DOCKER-USER -p tcp -m tcp --dport 80 -j DROP',
    seen: [
      'host counters of iptables before and after one more probe: filter/DOCKER-USER: -A DOCKER-USER -p tcp -m tcp --dport 80 -j DROP: 2 packets more',
    ],
  },
  {
    code: 'host.firewall',
    when: 'a rule rejects them',
    scene: () =>
      broken(
        betweenPeers(failed('refused')),
        (scene) =>
          void (scene.hits = [
            hit('host', '-A DOCKER-USER -j REJECT --reject-with icmp-port-unreachable', { effect: 'rejects', backend: 'iptables-legacy' }),
          ]),
      ),
    summary: 'a rule in filter/DOCKER-USER of host rejects the packets: -A DOCKER-USER -j REJECT --reject-with icmp-port-unreachable',
    remedy: 'iptables-legacy -t filter -D DOCKER-USER -j REJECT --reject-with icmp-port-unreachable',
    seen: [
      'host counters of iptables-legacy before and after one more probe: filter/DOCKER-USER: -A DOCKER-USER -j REJECT --reject-with icmp-port-unreachable: 2 packets more',
    ],
  },
  {
    code: 'host.firewall',
    when: 'the policy of a chain drops them',
    scene: () => broken(betweenPeers(), (scene) => void (scene.hits = [hit('host', 'policy DROP', { chain: 'FORWARD' })])),
    summary: 'the policy of filter/FORWARD of host drops the packets: no rule accepts them',
    remedy: 'iptables -t filter -P FORWARD ACCEPT  # or add a rule that accepts them',
    seen: ['host counters of iptables before and after one more probe: filter/FORWARD: policy DROP: 2 packets more'],
  },
  {
    code: 'host.firewall',
    when: 'a rule of nftables drops them',
    scene: () =>
      broken(
        betweenPeers(),
        (scene) => void (scene.hits = [hit('host', 'handle 2 [{"drop":null}]', { backend: 'nft', table: 'inet t', chain: 'f' })]),
      ),
    summary: 'a rule in inet t/f of host drops the packets: handle 2 [{"drop":null}]',
    remedy: 'nft delete rule inet t f handle 2',
    seen: ['host counters of nft before and after one more probe: inet t/f: handle 2 [{"drop":null}]: 2 packets more'],
  },
  {
    code: 'host.firewall',
    when: 'a rule of ip6tables drops them',
    scene: () => broken(betweenPeers(), (scene) => void (scene.hits = [hit('host', '-A DOCKER-USER -j DROP', { backend: 'ip6tables' })])),
    summary: 'a rule in filter/DOCKER-USER of host drops the packets: -A DOCKER-USER -j DROP',
    remedy: 'ip6tables -t filter -D DOCKER-USER -j DROP',
    seen: ['host counters of ip6tables before and after one more probe: filter/DOCKER-USER: -A DOCKER-USER -j DROP: 2 packets more'],
  },
  {
    code: 'host.firewall',
    when: 'the engine keeps neighbours apart',
    scene: () =>
      broken(
        betweenPeers(),
        (scene) => void (scene.hits = [hit('host', '-A DOCKER-FORWARD -i docker0 -o docker0 -j DROP', { chain: 'DOCKER-FORWARD' })]),
      ),
    summary:
      'containers of this network must not talk to each other (inter-container communication is off): a rule in filter/DOCKER-FORWARD of host drops the packets: -A DOCKER-FORWARD -i docker0 -o docker0 -j DROP',
    remedy: "remove --icc=false from the daemon's options, or com.docker.network.bridge.enable_icc=false from the network",
    seen: [
      'host counters of iptables before and after one more probe: filter/DOCKER-FORWARD: -A DOCKER-FORWARD -i docker0 -o docker0 -j DROP: 2 packets more',
    ],
  },
  {
    code: 'host.firewall',
    when: 'the engine keeps networks apart',
    scene: () =>
      broken(
        betweenNetworks(),
        (scene) =>
          void (scene.hits = [hit('host', '-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP', { chain: 'DOCKER-ISOLATION-STAGE-2' })]),
      ),
    summary:
      'other is not in the network bridge, in which it asks for nginx02, only in backend, and the engine keeps networks apart: filter/DOCKER-ISOLATION-STAGE-2: -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP',
    remedy: 'docker network connect bridge other-1',
    seen: [
      'host counters of iptables before and after one more probe: filter/DOCKER-ISOLATION-STAGE-2: -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP: 2 packets more',
    ],
  },
  {
    code: 'host.firewall',
    when: 'the engine keeps an internal network apart',
    scene: () =>
      broken(
        betweenNetworks(),
        (scene) => void (scene.hits = [hit('host', '-A DOCKER-INTERNAL -o docker0 -j DROP', { chain: 'DOCKER-INTERNAL' })]),
      ),
    summary:
      'other is not in the network bridge, in which it asks for nginx02, only in backend, and the engine keeps networks apart: filter/DOCKER-INTERNAL: -A DOCKER-INTERNAL -o docker0 -j DROP',
    remedy: 'docker network connect bridge other-1',
    seen: [
      'host counters of iptables before and after one more probe: filter/DOCKER-INTERNAL: -A DOCKER-INTERNAL -o docker0 -j DROP: 2 packets more',
    ],
  },
  {
    code: 'host.firewall',
    when: 'the engine lets nobody route to a container',
    scene: () =>
      broken(
        betweenNetworks(),
        (scene) =>
          void (scene.hits = [hit('host', '-A PREROUTING -d 172.17.0.3/32 ! -i docker0 -j DROP', { table: 'raw', chain: 'PREROUTING' })]),
      ),
    summary:
      'other is not in the network bridge, in which it asks for nginx02, only in backend, and the engine keeps networks apart: raw/PREROUTING: -A PREROUTING -d 172.17.0.3/32 ! -i docker0 -j DROP',
    remedy: 'docker network connect bridge other-1',
    seen: [
      'host counters of iptables before and after one more probe: raw/PREROUTING: -A PREROUTING -d 172.17.0.3/32 ! -i docker0 -j DROP: 2 packets more',
    ],
  },
  {
    code: 'target.firewall',
    when: 'a rule in the server drops them',
    scene: () => broken(betweenPeers(), (scene) => void (scene.hits = [hit('nginx02', '-A INPUT -p tcp -j DROP', { chain: 'INPUT' })])),
    summary: 'a rule in filter/INPUT of nginx02 drops the packets: -A INPUT -p tcp -j DROP',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx02-1)" -n iptables -t filter -D INPUT -p tcp -j DROP`,
    seen: ['nginx02 counters of iptables before and after one more probe: filter/INPUT: -A INPUT -p tcp -j DROP: 2 packets more'],
  },
  {
    code: 'host.firewall-uncounted',
    when: 'just one rule counts nothing',
    scene: () =>
      broken(betweenPeers(), (scene) => {
        scene.host.rules = [uncounted];
        scene.traffic.set(`host ${wire.nginx02}`, { received: 0, sent: 0 });
      }),
    summary:
      'the host receives the packets on vethf96bbc5 and does not send them on veth974f3bd; one rule could be why, in inet t/f: handle 2 [{"drop":null}]',
    remedy: 'nft delete rule inet t f handle 2',
    seen: [
      'host packets during one more probe: vethf96bbc5 received 2, veth974f3bd sent 0',
      'host the only such rule that drops: inet t/f: handle 2 [{"drop":null}]',
    ],
  },
  {
    code: 'host.firewall-uncounted',
    when: 'just one chain drops by its policy',
    scene: () =>
      broken(betweenPeers(), (scene) => {
        scene.host.rules = [{ ...uncounted, text: 'policy drop' }];
        scene.traffic.set(`host ${wire.nginx02}`, { received: 0, sent: 0 });
      }),
    summary:
      'the host receives the packets on vethf96bbc5 and does not send them on veth974f3bd; one rule could be why, in inet t/f: policy drop',
    remedy: "nft add chain inet t f '{ policy accept; }'  # or add a rule that accepts them",
    seen: [
      'host packets during one more probe: vethf96bbc5 received 2, veth974f3bd sent 0',
      'host the only such rule that drops: inet t/f: policy drop',
    ],
  },
  {
    code: 'host.firewall-uncounted',
    when: 'just one rule rejects',
    scene: () =>
      broken(betweenPeers(failed('unreachable')), (scene) => {
        scene.host.rules = [{ ...uncounted, text: 'handle 12 [{"reject":null}]', effect: 'rejects' }];
        scene.traffic.set(`host ${wire.nginx02}`, { received: 0, sent: 0 });
      }),
    summary:
      'the host receives the packets on vethf96bbc5 and does not send them on veth974f3bd; one rule could be why, in inet t/f: handle 12 [{"reject":null}]',
    remedy: 'nft delete rule inet t f handle 12',
    seen: [
      'host packets during one more probe: vethf96bbc5 received 2, veth974f3bd sent 0',
      'host the only such rule that drops: inet t/f: handle 12 [{"reject":null}]',
    ],
  },
  {
    code: 'host.nat-diverts',
    when: 'a rule leads them to another port',
    scene: () =>
      broken(
        throughHostPort(failed('refused')),
        (scene) =>
          void (scene.hits = [
            hit('host', '-A OUTPUT -p tcp -m tcp --dport 32768 -j REDIRECT --to-ports 9', {
              table: 'nat',
              chain: 'OUTPUT',
              effect: 'diverts',
            }),
          ]),
      ),
    summary: 'a rule in nat/OUTPUT of host leads the packets elsewhere: -A OUTPUT -p tcp -m tcp --dport 32768 -j REDIRECT --to-ports 9',
    remedy: 'iptables -t nat -D OUTPUT -p tcp -m tcp --dport 32768 -j REDIRECT --to-ports 9',
    seen: [
      'host counters of iptables before and after one more probe: nat/OUTPUT: -A OUTPUT -p tcp -m tcp --dport 32768 -j REDIRECT --to-ports 9: 2 packets more',
    ],
  },
  {
    code: 'host.nat-diverts',
    when: 'a rule in the client does',
    scene: () =>
      broken(
        betweenPeers(failed('refused')),
        (scene) =>
          void (scene.hits = [
            hit('nginx01', '-A OUTPUT -p tcp -j DNAT --to-destination 172.17.0.9:80', { table: 'nat', chain: 'OUTPUT', effect: 'diverts' }),
          ]),
      ),
    summary: 'a rule in nat/OUTPUT of nginx01 leads the packets elsewhere: -A OUTPUT -p tcp -j DNAT --to-destination 172.17.0.9:80',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx01-1)" -n iptables -t nat -D OUTPUT -p tcp -j DNAT --to-destination 172.17.0.9:80`,
    seen: [
      'nginx01 counters of iptables before and after one more probe: nat/OUTPUT: -A OUTPUT -p tcp -j DNAT --to-destination 172.17.0.9:80: 2 packets more',
    ],
  },
  {
    code: 'path.mtu',
    when: "the host's end of the wire is narrower",
    scene: () =>
      broken(betweenPeers(failed('timed-out', 'Operation timed out after 1200 milliseconds with 0 bytes received')), (scene) => {
        link(scene.host, wire.nginx02).mtu = 300;
        scene.traces = seenIn('nginx02', 'oif "eth0" ip length 948 tcp sport 80');
      }),
    summary:
      'nginx01 sends packets of up to 1500 bytes, and veth974f3bd on their way carries 300: connections are made, and large answers vanish',
    remedy: 'ip link set veth974f3bd mtu 1500',
    seen: ['nginx01 link, 2 lines', 'host link, 6 lines'],
  },
  {
    code: 'path.mtu',
    when: 'the bridge is narrower',
    scene: () =>
      broken(fromHost(failed('timed-out', 'Operation timed out after 1200 milliseconds with 0 bytes received')), (scene) => {
        link(scene.host, 'docker0').mtu = 576;
        scene.traces = seenIn('nginx02', 'oif "eth0" ip length 948 tcp sport 80');
      }),
    summary:
      'nginx02 sends packets of up to 1500 bytes, and docker0 on their way carries 576: connections are made, and large answers vanish',
    remedy: 'ip link set docker0 mtu 1500',
    seen: ['nginx02 link, 2 lines', 'host link, 6 lines'],
  },
  {
    code: 'target.loopback-only',
    when: 'it listens there',
    scene: () =>
      broken(
        betweenPeers(failed('refused')),
        ({ target }) =>
          void (target.listening = [
            { address: '127.0.0.1', port: 80, process: undefined },
            { address: '::1', port: 80, process: undefined },
          ]),
      ),
    summary: 'the server in nginx02 listens on port 80 of its loopback only (127.0.0.1, ::1)',
    remedy: 'Let the server in nginx02-1 listen on 0.0.0.0:80: its own configuration says where it listens.',
    seen: ['nginx02 listening, 2 lines'],
  },
  {
    code: 'target.other-address-only',
    when: 'it listens on a second address',
    scene: () =>
      broken(
        betweenPeers(failed('refused')),
        ({ target }) => void (target.listening = [{ address: '172.17.0.99', port: 80, process: undefined }]),
      ),
    summary: 'the server in nginx02 listens on 172.17.0.99:80, not on 172.17.0.3',
    remedy: 'Let the server in nginx02-1 listen on 0.0.0.0:80: its own configuration says where it listens.',
    seen: ['nginx02 listening, 2 lines'],
  },
  {
    code: 'target.not-listening',
    when: 'it listens on another port',
    scene: () => broken(throughHostPort(failed('reset')), ({ target }) => target.listening.forEach((socket) => void (socket.port = 81))),
    summary: 'nobody listens on TCP port 80 in nginx02',
    remedy: 'Let the server listen there, or ask at the port where it listens; docker logs nginx02-1 shows why it does not.',
    seen: ['nginx02 listening, 2 lines'],
  },
  {
    code: 'target.no-way-back',
    when: 'a route discards its answers',
    scene: () => broken(betweenPeers(), ({ target }) => void (target.routes['172.17.0.2'] = route('a blackhole'))),
    summary:
      'packets reach nginx02, and its answer to 172.17.0.2 does not come back: it has no route to it (RTNETLINK answers: Invalid argument)',
    remedy: 'docker restart nginx02-1',
    seen: ['nginx02 route, 4 lines', 'nginx02 routes, 2 lines'],
  },
  {
    code: 'target.no-way-back',
    when: 'they go to a gateway that nobody is',
    scene: () =>
      broken(
        betweenNetworks(),
        ({ target }) => void (target.routes['172.18.0.2'] = { found: true, link: 'eth0', gateway: '172.17.0.200', type: 'unicast' }),
      ),
    summary: 'packets reach nginx02, and its answer to 172.18.0.2 does not come back: it sends it on eth0 via 172.17.0.200',
    remedy: 'docker restart nginx02-1',
    seen: ['nginx02 route, 4 lines', 'nginx02 routes, 2 lines'],
  },
  {
    code: 'target.no-way-back',
    when: 'it takes the client for itself',
    scene: () =>
      broken(
        betweenPeers(),
        ({ target }) => void (target.routes['172.17.0.2'] = { found: true, link: 'lo', gateway: undefined, type: 'local' }),
      ),
    summary: 'packets reach nginx02, and its answer to 172.17.0.2 does not come back: it sends it on lo',
    remedy: 'docker restart nginx02-1',
    seen: ['nginx02 route, 4 lines', 'nginx02 routes, 2 lines'],
  },
  {
    code: 'target.stopped',
    when: 'its workers are',
    scene: () =>
      broken(
        betweenPeers(),
        (scene) =>
          void (scene.targetProcesses = ['T (stopped), process 320', 'S (sleeping), process 333', 't (tracing stop), process 334']),
      ),
    summary: 'the server in nginx02 is stopped by a signal: the kernel accepts connections and nobody answers',
    remedy: 'kill -CONT 320 334',
    seen: ['host processes of nginx02: T (stopped), process 320\nt (tracing stop), process 334'],
  },
];
