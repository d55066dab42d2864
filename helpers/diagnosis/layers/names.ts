import { commandAt, isHost, type Scene } from '../scene';
import { anyFailure, type Finding, type Rung } from './layer';

/** Where the engine's own name server listens in each container. Docker's documentation, Networking overview, DNS services. */
const embedded = '127.0.0.11';

/** What is asked for by name, and who is asked. */
export const names: readonly Rung[] = [
  {
    code: 'name.hosts-entry',
    asks: "Does the client's own hosts file lead the name to somebody else?",
    explains: [...anyFailure, 'reached'],
    look: (scene) => {
      const { source, hostname, sourceContainer, targetContainer } = scene;
      const listed = source?.hosts[hostname] ?? [];
      const own = [...Object.values(targetContainer?.addresses ?? {}), ...Object.values(targetContainer?.addresses6 ?? {})];
      const wrong = listed.filter((address) => !own.includes(address));
      // a name of its own, and what the engine writes for those of the loopback
      if (
        !source ||
        !targetContainer ||
        !isName(hostname) ||
        hostname === 'localhost' ||
        wrong.length === 0 ||
        wrong.length < listed.length
      )
        return undefined;
      return {
        summary: `the hosts file of ${source.place} says that ${hostname} is ${wrong.join(', ')}; ${targetContainer.name} has ${own.filter(Boolean).join(', ')}`,
        remedy: `docker restart ${sourceContainer?.containerName ?? source.place}  # which writes the file anew; one that is mounted, or --add-host, has to be changed where it comes from`,
        seen: [{ of: source, section: 'hosts', lines: new RegExp(`\\s${escaped(hostname)}\\b`) }],
      };
    },
  },
  {
    code: 'name.default-bridge-resolves-none',
    asks: 'Are containers of the default bridge asked for by name, which have none there?',
    explains: ['name-unknown'],
    look: ({ hostname, source, sourceContainer }) =>
      sourceContainer &&
      Object.keys(sourceContainer.addresses).every((network) => network === 'bridge') &&
      source?.nameServers?.includes(embedded) === false
        ? {
            summary: `${hostname} is asked for by name on the default bridge, which has no name server of its own`,
            remedy: `docker network create NAME && docker network connect NAME ${sourceContainer.containerName}`,
            seen: [{ of: source, section: 'resolv' }],
          }
        : undefined,
  },
  {
    code: 'name.no-name-server',
    asks: 'Does the client know a name server at all?',
    explains: ['name-unknown'],
    look: ({ source, hostname }) =>
      source?.nameServers?.length === 0
        ? {
            summary: `${source.place} has no name server to ask for ${hostname}`,
            remedy: 'docker run --dns ADDRESS …',
            seen: [{ of: source, section: 'resolv' }],
          }
        : undefined,
  },
  {
    code: 'name.other-name-server',
    asks: "Does the client ask the engine's name server, which knows the containers?",
    explains: ['name-unknown'],
    look: (scene) => {
      const { source, hostname } = scene;
      const servers = source?.nameServers ?? [];
      if (!source || isHost(scene, source) || namesAround(scene).length === 0 || servers.length === 0 || servers.includes(embedded))
        return undefined;
      return {
        summary: `${source.place} asks ${servers.join(', ')} for ${hostname}, not the engine's own name server at ${embedded}: somebody wrote another one into its resolv.conf`,
        remedy: `docker exec ${scene.sourceContainer?.containerName ?? source.place} sh -c 'echo nameserver ${embedded} >/etc/resolv.conf'`,
        seen: [{ of: source, section: 'resolv' }],
      };
    },
  },
  {
    code: 'name.rules-gone',
    asks: "Are the rules there that lead to the engine's name server?",
    explains: ['name-unknown'],
    look: (scene) => {
      const { source, sourceContainer } = scene;
      if (!source?.rules || isHost(scene, source) || namesAround(scene).length === 0 || source.nameServers?.includes(embedded) !== true)
        return undefined;
      if (source.rules.some(({ text, effect }) => effect === 'diverts' || text.includes(embedded))) return undefined;
      return {
        summary: `the NAT rules inside ${source.place} are gone that lead its questions for names from ${embedded} to the engine's name server: somebody flushed them`,
        remedy: `docker restart ${sourceContainer?.containerName ?? source.place}`,
        seen: [
          { of: source, section: 'iptables' },
          { of: source, section: 'resolv' },
        ],
      };
    },
  },
  {
    code: 'name.not-in-the-network',
    asks: 'Has any container of the networks of the client that name?',
    explains: ['name-unknown'],
    look: (scene) => {
      const { source, sourceContainer, targetContainer, hostname } = scene;
      const known = namesAround(scene);
      if (!source || !sourceContainer || known.length === 0 || known.includes(hostname) || hostname.includes('.')) return undefined;
      const networks = Object.keys(sourceContainer.addresses).join(', ');
      const shared = Object.keys(targetContainer?.addresses ?? {}).some((it) => it in sourceContainer.addresses);
      return {
        summary: `no container of the networks of ${source.place} (${networks}) has the name ${hostname}; names there are ${known.join(', ')}`,
        remedy:
          targetContainer && !shared
            ? `docker network connect ${Object.keys(sourceContainer.addresses)[0] ?? 'NETWORK'} ${targetContainer.containerName}`
            : `Ask for a name that it has, or give it this one: docker rename ${targetContainer?.containerName ?? 'CONTAINER'} ${hostname}, or an alias when it is connected.`,
        seen: [{ where: 'engine', what: `names of containers in ${networks}`, answer: known.join(', ') }],
      };
    },
  },
];

/** The engine's name server, where what it should say is known and nothing else explains that it does not. */
export const nameServers: readonly Rung[] = [
  {
    code: 'name.server-silent',
    asks: "Does the engine's name server give a name that a container has?",
    explains: ['name-unknown'],
    look: (scene) => {
      const { source, hostname } = scene;
      if (!source || !namesAround(scene).includes(hostname) || source.nameServers?.includes(embedded) !== true) return undefined;
      return {
        summary: `the engine's name server at ${embedded} does not give ${source.place} the name ${hostname}, which a container of its network has: it is not reached, or does not know it`,
        remedy: `Ask it there: ${commandAt(scene, source, `busybox nslookup ${hostname} ${embedded}`)}; then docker restart ${scene.sourceContainer?.containerName ?? source.place}`,
        seen: [
          { of: source, section: 'resolv' },
          { of: source, section: 'iptables' },
        ],
      } satisfies Finding;
    },
  },
];

/** Names of running containers in the networks that the client is in; none where the engine does not tell them, or gives none there. */
function namesAround({ containers = [], sourceContainer }: Scene): string[] {
  const own = sourceContainer?.addresses ?? {};
  return [
    ...new Set(
      containers.flatMap(({ status, names: all = {} }) =>
        status === 'running' ? Object.entries(all).flatMap(([network, known]) => (network in own ? known : [])) : [],
      ),
    ),
  ];
}

/** Whether a probe was sent to a name, and not to an address. */
export const isName = (hostname: string): boolean => !/^[\d.]+$|:/.test(hostname);

const escaped = (text: string): string => text.replaceAll('.', '\\.');
