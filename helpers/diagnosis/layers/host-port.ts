import type { NamespaceState } from '../namespace-state';
import { packetsAt } from '../scene';
import { fieldOf } from '../trace';
import { anyFailure, type Finding, type Rung } from './layer';
import { firstPackets, hitSeen, removal } from './rules';

const isIpv4Loopback = (hostname: string): boolean => hostname === 'localhost' || hostname.startsWith('127.');

/** The rules that lead ports of the host to containers, where the engine makes them: with nftables in a table of its own. */
function whatLeadsOn(host: NamespaceState): Finding['seen'][number] {
  return host.printed.nftables.includes('"docker-bridges"')
    ? { of: host, section: 'nftables', lines: /"dnat"|"name":"nat-prerouting-and-output"/ }
    : { of: host, section: 'iptables', lines: /DNAT|^\*nat/ };
}

/** A port of the host that leads to a container. */
export const atTheHostPort: readonly Rung[] = [
  {
    code: 'port.taken',
    asks: "Does somebody else listen on the host's port?",
    explains: [...anyFailure, 'reached'],
    look: ({ host, port, viaHostPort, proxies, targetContainer }) => {
      const listeners = host?.listening.filter((socket) => socket.port === port) ?? [];
      const strangers = listeners.filter(({ process }) => process !== undefined && !(proxies ?? []).includes(process));
      if (!viaHostPort || !host || proxies === undefined || strangers.length === 0) return undefined;
      const names_ = [...new Set(strangers.map(({ process }) => process))].join(', ');
      return {
        summary: `port ${port} of the host, which ${targetContainer?.name ?? 'a container'} publishes, is held by ${names_}`,
        remedy: `Somebody has to end what holds it: ss -ltnp 'sport = :${port}' shows it; then docker restart ${targetContainer?.containerName ?? 'the container'}`,
        seen: [{ of: host, section: 'listening', lines: new RegExp(`:${port}\\b`) }],
      };
    },
  },
  {
    code: 'host.nat-skipped',
    asks: "Does a rule keep the kernel from translating connections to the host's port?",
    explains: anyFailure,
    look: (scene) => {
      const { viaHostPort, port, hits } = scene;
      const hit = hits.find(({ place, rule }) => place === 'host' && /-j CT --notrack|-j NOTRACK|\bnotrack\b/.test(rule.text));
      if (!viaHostPort || !hit || hits.some(({ rule }) => rule.effect === 'diverts')) return undefined;
      return {
        summary: `a rule in ${hit.rule.table}/${hit.rule.chain} of the host keeps the kernel from following connections to port ${port}, so that no NAT rule leads them on: ${hit.rule.text}`,
        remedy: removal(scene, hit),
        seen: [hitSeen(hit)],
      };
    },
  },
  {
    code: 'port.proxy-leads-elsewhere',
    asks: "Does the docker-proxy that listens on the host's port lead to the container?",
    explains: [...anyFailure, 'reached'],
    look: ({ host, port, viaHostPort, leadingProxies, targetContainer, targetPort, hits }) => {
      const listening = host?.listening.filter((socket) => socket.port === port).map(({ process }) => process) ?? [];
      const proxy = leadingProxies.find(({ process }) => listening.includes(process));
      const own = Object.values(targetContainer?.addresses ?? {});
      if (!viaHostPort || !host || !proxy || !targetContainer || hits.some(({ rule }) => rule.effect === 'diverts')) return undefined;
      if (proxy.port === targetPort && (own.includes(proxy.address) || proxy.address.includes(':'))) return undefined;
      return {
        summary: `${proxy.process}, which listens on port ${port} of the host, leads to ${proxy.address}:${proxy.port}, not to port ${targetPort} of ${targetContainer.name}`,
        remedy: `kill ${/(\d+)\)$/.exec(proxy.process)?.[1] ?? 'PROCESS'} && docker restart ${targetContainer.containerName}`,
        seen: [
          { of: host, section: 'listening', lines: new RegExp(`:${port}\\b`) },
          { where: 'host', what: `where ${proxy.process} leads`, answer: `${proxy.address}:${proxy.port}` },
        ],
      };
    },
  },
  {
    code: 'port.proxy-stopped',
    asks: "Does the program that listens on the host's port run?",
    explains: ['timed-out'],
    look: ({ host, port, viaHostPort, stoppedProxies }) => {
      const stopped = host?.listening.find(
        (socket) => socket.port === port && socket.process !== undefined && stoppedProxies.includes(socket.process),
      );
      if (!viaHostPort || !host || !stopped?.process) return undefined;
      return {
        summary: `${stopped.process}, which listens on port ${port} of the host, is stopped by a signal: the kernel accepts connections and nobody passes them on`,
        remedy: `kill -CONT ${/(\d+)\)$/.exec(stopped.process)?.[1] ?? 'PROCESS'}`,
        seen: [{ of: host, section: 'listening', lines: new RegExp(`:${port}\\b`) }],
      };
    },
  },
  {
    code: 'host.route-localnet-off',
    asks: "May the network's bridge take packets of the host's loopback, where a rule leads them to it?",
    explains: ['timed-out', 'unreachable'],
    look: (scene) => {
      const { host, hostname, network, viaHostPort } = scene;
      const name = (of: string) => host?.sysctls[`ipv4/conf/${of}/route_localnet`];
      const led = scene.hits.some(({ place, rule }) => place === 'host' && rule.effect === 'diverts');
      if (!host || !viaHostPort || network?.bridge === undefined || !isIpv4Loopback(hostname) || !led) return undefined;
      if (name(network.bridge) !== '0' || name('all') !== '0') return undefined;
      return {
        summary: `a rule leads connections to the host's loopback to the container, and the kernel routes no packets of the loopback to ${network.bridge} (route_localnet is 0)`,
        remedy: `sysctl -w net.ipv4.conf.${network.bridge}.route_localnet=1`,
        seen: [
          { of: host, section: 'sysctl', lines: new RegExp(`(${network.bridge}|all)/route_localnet`) },
          ...scene.hits.filter(({ rule }) => rule.effect === 'diverts').map(hitSeen),
        ],
      };
    },
  },
  {
    code: 'host.masquerade-gone',
    asks: "Do packets of the host's loopback come to the container with an address to which it can answer?",
    explains: ['timed-out', 'unreachable'],
    look: (scene) => {
      const { target, network, viaHostPort, hostname } = scene;
      const seen = target
        ? packetsAt(scene, target.place, 'in').filter(({ packet }) => fieldOf(packet, 'ip saddr')?.startsWith('127.'))
        : [];
      if (!target || !viaHostPort || network?.bridge === undefined || !isIpv4Loopback(hostname) || seen.length === 0) return undefined;
      return {
        summary: `packets come to ${target.place} from ${fieldOf(seen[0]?.packet ?? '', 'ip saddr') ?? ''}, to which no container can answer: the rule is gone that gives what comes from the host's loopback an address of ${network.bridge}`,
        remedy: `iptables -t nat -A POSTROUTING -o ${network.bridge} -m addrtype --src-type LOCAL -j MASQUERADE`,
        seen: [...firstPackets(scene, target.place), { of: scene.host, section: 'iptables', lines: /MASQUERADE|^\*nat/ }],
      };
    },
  },
  {
    code: 'port.held-by-engine',
    asks: "Does anybody pass on what comes to the host's port, where the engine holds it itself?",
    explains: ['timed-out'],
    look: ({ host, port, viaHostPort, targetContainer, hits }) => {
      // without docker-proxy the engine only keeps others from the port: it listens, and never accepts
      const holders = (host?.listening ?? []).filter((socket) => socket.port === port);
      if (
        !viaHostPort ||
        !host ||
        holders.length === 0 ||
        !holders.every(({ process }) => process?.startsWith('dockerd ')) ||
        hits.some(({ rule }) => rule.effect === 'diverts')
      )
        return undefined;
      return {
        summary: `dockerd holds port ${port} of the host and passes nothing on: there is no docker-proxy, and no rule of the firewall leads this connection to ${targetContainer?.name ?? 'the container'}`,
        remedy: `docker restart ${targetContainer?.containerName ?? 'CONTAINER'}`,
        seen: [{ of: host, section: 'listening', lines: new RegExp(`:${port}\\b`) }, whatLeadsOn(host)],
      };
    },
  },
  {
    code: 'port.nobody-listens',
    asks: "Does anybody listen on the host's port: docker-proxy, or the engine?",
    explains: ['refused'],
    look: (scene) => {
      const { host, port, viaHostPort, targetContainer, hits } = scene;
      if (
        !viaHostPort ||
        !host ||
        host.listening.some((socket) => socket.port === port) ||
        hits.some(({ rule }) => rule.effect === 'diverts')
      )
        return undefined;
      return {
        summary: `nobody listens on port ${port} of the host, which ${targetContainer?.name ?? 'a container'} publishes: its docker-proxy is gone, and no rule of the firewall leads this connection to it`,
        remedy: `docker restart ${targetContainer?.containerName ?? 'CONTAINER'}`,
        seen: [{ of: host, section: 'listening' }, whatLeadsOn(host)],
      };
    },
  },
];
