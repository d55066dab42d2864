import { inSubnet } from '../../vantage/veth';
import {
  containerLink,
  forwardingRoute,
  hostEnd,
  isBridged,
  isHost,
  lastSource,
  linkNamed,
  ofFamily,
  routeToTarget,
  sourceAddressOf,
  type Scene,
} from '../scene';
import { anyFailure, silence, type Rung } from './layer';
import { policyRouting, routedByTheHost } from './policy-routing';

/** The wire between a container and its bridge, for the client first and then for the server. */
export const onTheBridge: readonly Rung[] = [
  {
    code: 'bridge.gone',
    asks: 'Does the bridge of the network exist?',
    explains: silence,
    look: ({ host, network }) =>
      host && network?.bridge !== undefined && host.links.length > 0 && !linkNamed(host, network.bridge)
        ? {
            summary: `${network.bridge}, the bridge of the network ${network.name}, is not there`,
            remedy: 'systemctl restart docker',
            seen: [{ of: host, section: 'link' }],
          }
        : undefined,
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
          return link && !link.up
            ? {
                summary: `${link.name}, the host's end of the veth pair of ${container(scene)}, is down`,
                remedy: `ip link set ${link.name} up`,
                seen: [{ of: scene.host, section: 'link', lines: new RegExp(`"${link.name}"`) }],
              }
            : undefined;
        },
      },
      {
        code: `${end}.veth-gone`,
        asks: 'Is it there at all?',
        explains: silence,
        look: (scene) => {
          const eth = isHost(scene, inside(scene)) ? undefined : containerLink(inside(scene));
          const view = end === 'source' ? scene.sourceNetwork : scene.network;
          if (!scene.host || view?.bridge === undefined || eth?.kind !== 'veth' || wire(scene) || !linkNamed(scene.host, view.bridge))
            return undefined;
          return {
            summary: `the host's end of the veth pair of ${container(scene)} is not there: somebody moved it to another namespace`,
            remedy: `docker restart ${scene[`${end}Container`]?.containerName ?? end}`,
            seen: [
              { of: inside(scene), section: 'link' },
              { of: scene.host, section: 'link' },
            ],
          };
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
          return {
            summary: `${link.name}, the host's end of the veth pair of ${container(scene)}, is ${link.bridge === undefined ? 'no port of any bridge' : `a port of ${link.bridge}`}, not of ${bridge}`,
            remedy: `ip link set ${link.name} master ${bridge}`,
            seen: [{ of: scene.host, section: 'link', lines: new RegExp(`"${link.name}"`) }],
          };
        },
      },
      {
        code: `${end}.bridge-port-blocked`,
        asks: 'Does the bridge forward what comes in at that port?',
        explains: silence,
        look: (scene) => {
          const link = wire(scene);
          if (
            !link?.bridge ||
            link.portState === undefined ||
            link.portState === 'forwarding' ||
            !link.up ||
            !linkNamed(scene.host, link.bridge)?.up ||
            !link.carrier
          )
            return undefined;
          return {
            summary: `the bridge ${link.bridge} keeps its port ${link.name}, that of ${container(scene)}, in the state ${link.portState}`,
            remedy: `bridge link set dev ${link.name} state 3`,
            seen: [{ of: scene.host, section: 'link', lines: new RegExp(`"${link.name}"`) }],
          };
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
      return bridge && !bridge.up
        ? {
            summary: `${bridge.name}, the bridge of the network ${network?.name ?? ''}, is down`,
            remedy: `ip link set ${bridge.name} up`,
            seen: [{ of: host, section: 'link', lines: new RegExp(`"${bridge.name}"`) }],
          }
        : undefined;
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
      return (
        link && {
          summary: `the bridge port ${link.name}, that of ${name}, is locked: it takes frames only from senders that the bridge was told of`,
          remedy: `bridge link set dev ${link.name} locked off`,
          seen: [{ of: scene.host, section: 'link', lines: new RegExp(`"${link.name}"`) }],
        }
      );
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
      const wrong = host?.forwarding.find(
        ({ macAddress, link, state }) => macAddress === real && link !== exit && /static|permanent/.test(state),
      );
      if (!host || !wrong || exit === undefined) return undefined;
      return {
        summary: `the bridge sends frames for ${wrong.macAddress}, the MAC address of ${target?.place ?? 'the server'}, to ${wrong.link}, not to ${exit}: a fixed entry of its table says so`,
        remedy: `bridge fdb replace ${wrong.macAddress} dev ${exit} master dynamic`,
        seen: [{ of: host, section: 'forwarding', lines: new RegExp(wrong.macAddress) }],
      };
    },
  },
  {
    code: 'bridge.port-flags',
    asks: 'Does the bridge send to both ports what it must: frames for addresses that it does not know, and broadcasts?',
    explains: silence,
    look: (scene) => {
      const { host, source, target } = scene;
      const client = lastSource(scene);
      const six = scene.targetAddress?.includes(':') === true;
      const ways = [
        { asking: client, asked: target, address: scene.targetAddress, port: hostEnd(host, target) },
        { asking: target, asked: source, address: source?.ownAddress, port: hostEnd(host, source) },
      ];
      for (const { asking, asked, address, port } of ways) {
        const real = containerLink(asked)?.macAddress;
        if (!host || !port || !asked || isHost(scene, asked) || real === undefined) continue;
        const known = asking?.neighbours.find((it) => it.address === address)?.macAddress !== undefined;
        const learnt = host.forwarding.some(({ macAddress, link }) => macAddress === real && link === port.name);
        const why =
          !port.broadcastFlood && !known && !six
            ? 'gets no broadcasts, so that ARP does not find it'
            : !port.multicastFlood && !known && six
              ? 'gets no multicasts, so that IPv6 does not find it as a neighbour'
              : !port.flood && !learnt
                ? `gets no frames for addresses that the bridge does not know, and ${port.learning ? 'has not learnt' : 'does not learn'} ${real}`
                : undefined;
        if (why === undefined) continue;
        return {
          summary: `${port.name}, the bridge port of ${asked.place}, ${why}`,
          remedy: `for it in ${ways.flatMap((way) => way.port?.name ?? []).join(' ')}; do bridge link set dev $it bcast_flood on mcast_flood on flood on learning on; done`,
          seen: [
            { of: host, section: 'link', lines: new RegExp(`"${port.name}"`) },
            { of: asking, section: 'neighbour' },
          ],
        };
      }
      return undefined;
    },
  },
  {
    code: 'bridge.ports-isolated',
    asks: 'Are both containers on isolated ports?',
    explains: silence,
    look: (scene) => {
      const [one, other] = [hostEnd(scene.host, scene.source), hostEnd(scene.host, scene.target)];
      if (!isBridged(scene) || !one?.isolated || !other?.isolated) return undefined;
      return {
        summary: `${one.name} and ${other.name} are isolated ports of ${one.bridge ?? 'the bridge'}, which do not talk to each other`,
        remedy: `bridge link set dev ${one.name} isolated off`,
        seen: [{ of: scene.host, section: 'link', lines: /isolated/ }],
      };
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
      const has = host.addresses.some(({ link, address }) => link === network.bridge && ofFamily(scene, address));
      return has
        ? undefined
        : {
            summary: `${network.bridge}, the bridge of the network ${network.name}, has no IPv${scene.targetAddress?.includes(':') ? 6 : 4} address: the host has no way into the network`,
            remedy: 'systemctl restart docker',
            seen: [
              { of: host, section: 'address', lines: new RegExp(`"${network.bridge}"`) },
              { of: host, section: 'route' },
            ],
          };
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
      if (!route.found && isHost(scene, lastSource(scene)))
        return {
          summary: `the host cannot send to ${targetAddress}: ${route.why}`,
          remedy: removalOfRefusing(host.printed.routes, targetAddress, network.bridge),
          seen: [
            { of: host, section: 'route' },
            { of: host, section: 'routes' },
          ],
        };
      if (!route.found || route.link === network.bridge || route.type === 'local') return undefined;
      return {
        summary: `the host sends to ${targetAddress} on ${route.link}${route.gateway === undefined ? '' : ` via ${route.gateway}`}, not on ${network.bridge}: another route stands before that of the network ${network.name}`,
        remedy: `ip route del ${targetAddress} dev ${route.link}  # or the wider route that covers it`,
        seen: [
          { of: host, section: 'route' },
          { of: host, section: 'routes' },
        ],
      };
    },
  },
  {
    code: 'host.no-way-back',
    asks: 'Does the host send back to the client through the bridge of its network, where the server is on the host?',
    explains: silence,
    look: (scene) => {
      const { host, sourceNetwork } = scene;
      const client = sourceAddressOf(scene);
      const back = client === undefined ? undefined : host?.routes[client];
      if (!host || !back || !isHost(scene, scene.target) || isHost(scene, scene.source) || sourceNetwork?.bridge === undefined)
        return undefined;
      if (back.found && back.link === sourceNetwork.bridge) return undefined;
      return {
        summary: back.found
          ? `the host sends its answers to ${client} on ${back.link}, not on ${sourceNetwork.bridge}: another route stands before that of the network ${sourceNetwork.name}`
          : `the host cannot send its answers to ${client}: ${back.why}`,
        remedy: back.found
          ? `ip route del ${client} dev ${back.link}  # or the wider route that covers it`
          : removalOfRefusing(host.printed.routes, client, sourceNetwork.bridge),
        seen: [
          { of: host, section: 'route' },
          { of: host, section: 'routes' },
        ],
      };
    },
  },
  policyRouting('host.policy-routing', 'Does the host lead what it marks another way?', routedByTheHost),
];

/** What takes away the one route that refuses what is sent to an address; where it is not to be told which it is, that has to be decided. */
function removalOfRefusing(routes: string, address: string | undefined, bridge: string): string {
  const refusing = [...routes.matchAll(/^(?:blackhole|unreachable|prohibit) (\S+)( table \S+)?/gm)].filter(
    ([, to = '']) => to === address || inSubnet(address ?? '', to),
  );
  const [[route] = []] = refusing;
  return route !== undefined && refusing.length === 1
    ? `ip route del ${route}`
    : `Remove the route that stands before that of ${bridge}: ip route show table all shows it, and ip rule the order of the tables.`;
}
