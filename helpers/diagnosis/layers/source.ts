import { commandAt, containerLink, hostEnd, isBridged, isHost, linkNamed, linkWith, sourceAddressOf, type Scene } from '../scene';
import { fieldOf } from '../trace';
import { addressGone, anyFailure, isLoopback, linkDown, silence, type Rung } from './layer';
import { policyRouting } from './policy-routing';
import { firstPackets, hitSeen, removal } from './rules';

/** The client's own network namespace: link, address, route. */
export const atTheSource: readonly Rung[] = [
  {
    code: 'source.loopback-down',
    asks: 'Can the client reach itself, where it asks its own loopback?',
    explains: [...silence, 'name-unknown'],
    look: (scene) => {
      const { source, hostname } = scene;
      const loopback = linkNamed(source, 'lo');
      if (!source || !loopback || !isLoopback(hostname)) return undefined;
      const why = !loopback.up ? 'is down' : source.addresses.some(({ link }) => link === 'lo') ? undefined : 'has no address';
      return why === undefined
        ? undefined
        : {
            summary: `the loopback of ${source.place} ${why}`,
            remedy: commandAt(scene, source, loopback.up ? 'ip address add 127.0.0.1/8 dev lo' : 'ip link set lo up'),
            seen: [{ of: source, section: 'address', lines: /"lo"/ }],
          };
    },
  },
  {
    code: 'source.no-link',
    asks: 'Has the client a link besides its loopback?',
    explains: silence,
    look: (scene) => {
      const { source, sourceContainer } = scene;
      if (!source || !sourceContainer || isHost(scene, source) || containerLink(source)) return undefined;
      return {
        summary: `${source.place} has no link but its loopback, although the engine attached it to ${Object.keys(sourceContainer.addresses).join(', ')}`,
        remedy: `docker restart ${sourceContainer.containerName}`,
        seen: [{ of: source, section: 'link' }],
      };
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
      const owner = [source, host].find(
        (state) => state !== undefined && state !== target && state.addresses.some(({ address }) => address === targetAddress),
      );
      if (!owner || !targetContainer) return undefined;
      // a neighbour that is asked directly is found in spite of it, unless the other one answered first
      const taken = source?.neighbours.find(({ address }) => address === targetAddress)?.macAddress;
      if (isHost(scene, owner) && isBridged(scene) && !owner.links.some(({ macAddress }) => macAddress === taken)) return undefined;
      const link = linkWith(owner, targetAddress)?.name ?? 'lo';
      const length = owner.addresses.find(({ address }) => address === targetAddress)?.prefixLength ?? 32;
      return {
        summary: `${owner.place} has ${targetAddress}, the address of ${targetContainer.name}, as well, on ${link}: what is sent to it ends there`,
        remedy: commandAt(scene, owner, `ip address del ${targetAddress}/${length} dev ${link}`),
        seen: [
          { of: owner, section: 'address', lines: new RegExp(escaped(targetAddress)) },
          { of: owner, section: 'route' },
          { of: source, section: 'neighbour' },
        ],
      };
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
      const words =
        /unreachable/i.test(route.why) && !/No route to host/.test(route.why)
          ? 'has no route to it'
          : `has a route that refuses it (${route.why})`;
      return {
        summary: `${source.place} cannot send to ${hostname}: it ${words}`,
        remedy: `docker restart ${scene.sourceContainer?.containerName ?? source.place}`,
        seen: [
          { of: source, section: 'route' },
          { of: source, section: 'routes' },
        ],
      };
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
      return {
        summary: `${source.place} sends to its neighbour ${hostname} ${way}, not directly on ${link?.name ?? 'its link'}`,
        remedy: `docker restart ${scene.sourceContainer?.containerName ?? source.place}`,
        seen: [
          { of: source, section: 'route' },
          { of: source, section: 'routes' },
        ],
      };
    },
  },
  {
    code: 'source.wrong-gateway',
    asks: 'Is the gateway that the client uses an address of the host?',
    explains: silence,
    look: (scene) => {
      const { source, host, hostname, sourceContainer } = scene;
      const route = isHost(scene, source) ? undefined : source?.routes[hostname];
      if (
        !source ||
        !host ||
        !route?.found ||
        route.gateway === undefined ||
        host.addresses.some(({ address }) => address === route.gateway)
      )
        return undefined;
      return {
        summary: `${source.place} sends to ${hostname} via ${route.gateway}, which is no address of the host`,
        remedy: `docker restart ${sourceContainer?.containerName ?? source.place}`,
        seen: [
          { of: source, section: 'route' },
          { of: host, section: 'address', lines: /"local"/ },
        ],
      };
    },
  },
  policyRouting('source.policy-routing', 'Does the client lead what it marks another way?', (scene) =>
    isHost(scene, scene.source) ? undefined : scene.source,
  ),
  {
    code: 'source.local-ports-exhausted',
    asks: 'Has the client a local port left for one more connection?',
    explains: ['unreachable'],
    look: (scene) => {
      const { source, outcome, hostname, port } = scene;
      const [first, last] = (source?.sysctls['ipv4/ip_local_port_range'] ?? '').split(/\s+/).map(Number);
      if (!source || !last || first === undefined || outcome.kind === 'reached' || !/Cannot assign requested address/.test(outcome.detail))
        return undefined;
      return {
        summary: `${source.place} has no local port left for one more connection to ${hostname}:${port}: it may use ${first} to ${last}, which is ${last - first + 1}`,
        remedy: commandAt(scene, source, `sysctl -w 'net.ipv4.ip_local_port_range=32768 60999'`),
        seen: [
          { where: source.place, what: 'one more probe', answer: outcome.detail },
          { of: source, section: 'sysctl', lines: /ip_local_port_range/ },
        ],
      };
    },
  },
  {
    code: 'source.nat',
    asks: 'Does a rule inside the client give its packets another source address?',
    explains: ['timed-out'],
    look: (scene) => {
      const { source } = scene;
      const [foreign] = foreignSources(scene);
      const hit = scene.hits.find(
        ({ place, rule }) => place === source?.place && /-j (SNAT|MASQUERADE)|\bsnat\b|\bmasquerade\b/.test(rule.text),
      );
      if (!source || !hit || foreign === undefined) return undefined;
      return {
        summary: `a rule in ${hit.rule.table}/${hit.rule.chain} of ${source.place} gives its packets the source address ${foreign}, to which no answer comes back: ${hit.rule.text}`,
        remedy: removal(scene, hit),
        seen: [hitSeen(hit)],
      };
    },
  },
  {
    code: 'source.foreign-address',
    asks: 'Does the client send from the address that it has in the network?',
    explains: ['timed-out'],
    look: (scene) => {
      const { source, hostname } = scene;
      const route = source?.routes[hostname];
      const own = sourceAddressOf(scene);
      const told = route?.found === true && route.source !== undefined && own !== undefined && route.source !== own ? [route.source] : [];
      const [foreign] = [...foreignSources(scene), ...(isBridged(scene) ? told : [])];
      if (!source || foreign === undefined || isHost(scene, source)) return undefined;
      return {
        summary: `${source.place} sends to ${hostname} from ${foreign}, not from ${own ?? 'an address of its own'}: no answer comes back to that`,
        remedy: `docker restart ${scene.sourceContainer?.containerName ?? source.place}`,
        seen: [{ of: source, section: 'route' }, { of: source, section: 'routes' }, ...firstPackets(scene, 'host')],
      };
    },
  },
];

/** Source addresses that the client's packets had where the host saw them, and that neither it nor the host has in the network. */
function foreignSources(scene: Scene): string[] {
  const { source, host, outcome } = scene;
  const own = sourceAddressOf(scene);
  const entry = hostEnd(host, source)?.name;
  // a connection that was made has had its answer
  if (
    own === undefined ||
    entry === undefined ||
    isHost(scene, source) ||
    (outcome.kind !== 'reached' && /Operation timed out/.test(outcome.detail))
  )
    return [];
  const seen = (scene.traces.get('host') ?? []).flatMap(({ packet }) =>
    fieldOf(packet, 'iif') === `"${entry}"` && packet.includes('tcp dport') ? (fieldOf(packet, 'ip saddr') ?? []) : [],
  );
  return [...new Set(seen)].filter((address) => address !== own && !host?.addresses.some((it) => it.address === address));
}

function escaped(text: string | undefined): string {
  return (text ?? '').replaceAll('.', '\\.');
}
