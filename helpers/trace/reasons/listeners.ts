import { holderOf, viewOfMember, type Facts } from '../facts';
import type { Member } from '../inventory';
import { listed, type Proof, type Reason } from '../reason';
import { isReached, type Attempt } from '../talk';
import { isLoopback, listenersOn, type PlaceView, type Socket } from '../view';

/** A container that has the address and that nobody answered in, at the port where it must listen. */
interface Unanswered {
  attempt: Attempt;
  member: Member;
  port: number;
  view: PlaceView;
  sockets: Socket[];
}

/** Where somebody said that nobody listens, or what docker-proxy took came to nothing. */
function unanswered(facts: Facts): Unanswered | undefined {
  const udp = facts.target.transport === 'udp';
  for (const attempt of facts.attempts) {
    const holder = holderOf(attempt.address, facts);
    const view = holder.kind === 'container' ? viewOfMember(facts, holder.member) : undefined;
    if (isReached(attempt) || holder.kind !== 'container' || !view) continue;
    if (!['refused', 'closed'].includes(attempt.ending) && !(udp && attempt.ending === 'silent')) continue;
    return { attempt, member: holder.member, port: holder.port, view, sockets: listenersOn(view, holder.port, facts.target.transport) };
  }
  return undefined;
}

const socketInWords = ({ transport, address, port, process }: Socket): string =>
  `${transport} ${address.includes(':') ? `[${address}]` : address}:${port}${process === undefined ? '' : `, ${process}`}`;

const listeningSeen = ({ member, view }: Unanswered): Proof => ({
  where: member.name,
  what: 'who listens there',
  answer:
    view.sockets
      .filter(({ state, address }) => state === 'listening' && address !== '127.0.0.11')
      .map(socketInWords)
      .join('\n') || 'nobody',
});

const attemptSeen = ({ from }: Facts, { address, says }: Attempt): Proof => ({ where: from, what: `talking to ${address}`, answer: says });

/** A health check that asks the loopback passes where nobody else is answered. */
function healthNote({ health }: Member): { note: string; seen: Proof[] } {
  if (!health || health.status !== 'healthy' || !/localhost|127\.0\.0\.1|::1/.test(health.test)) return { note: '', seen: [] };
  return {
    note: '; its health check passes, because it asks the loopback',
    seen: [{ where: 'engine', what: 'health check', answer: `${health.test}: ${health.status}` }],
  };
}

/** Who listens in the container, and where. */
export const listenerReasons: readonly Reason[] = [
  {
    code: 'target.paused',
    layer: 'listener',
    asks: 'Is the container that must answer paused?',
    look: (facts) => {
      const paused = facts.attempts.flatMap((attempt) => {
        const holder = holderOf(attempt.address, facts);
        return holder.kind === 'container' && holder.member.status === 'paused' && attempt.ending !== 'answered'
          ? [{ attempt, member: holder.member }]
          : [];
      })[0];
      return (
        paused && {
          summary: `${paused.member.name} is paused: its kernel accepts connections and nobody answers`,
          remedy: `docker unpause ${paused.member.name}`,
          seen: [{ where: 'engine', what: `state of ${paused.member.name}`, answer: 'paused' }, attemptSeen(facts, paused.attempt)],
        }
      );
    },
  },
  {
    code: 'target.loopback-only',
    layer: 'listener',
    asks: 'Does the server listen on its loopback only?',
    look: (facts) => {
      const it = unanswered(facts);
      if (!it || it.sockets.length === 0 || !it.sockets.every(({ address }) => isLoopback(address))) return undefined;
      const health = healthNote(it.member);
      return {
        summary: `the server in ${it.member.name} listens on port ${it.port} of its own loopback only (${listed(it.sockets.map(({ address }) => address))}), where nobody else reaches it${health.note}`,
        remedy: `Let the server in ${it.member.service ?? it.member.name} listen on 0.0.0.0:${it.port}: its own configuration says where it listens.`,
        seen: [listeningSeen(it), attemptSeen(facts, it.attempt), ...health.seen],
      };
    },
  },
  {
    code: 'target.ipv6-not-listening',
    layer: 'listener',
    asks: 'Does the server listen on the family of addresses that is asked?',
    look: (facts) => {
      const it = unanswered(facts);
      if (!it?.attempt.address.includes(':') || it.sockets.length === 0 || it.sockets.some(({ address }) => address.includes(':')))
        return undefined;
      return {
        summary: `the server in ${it.member.name} listens on ${listed(it.sockets.map(socketInWords))}, not on IPv6, and was asked at ${it.attempt.address}`,
        remedy: `Let the server in ${it.member.service ?? it.member.name} listen on [::]:${it.port} as well`,
        seen: [listeningSeen(it), attemptSeen(facts, it.attempt)],
      };
    },
  },
  {
    code: 'target.other-address-only',
    layer: 'listener',
    asks: 'Does the server listen on the address that is asked for?',
    look: (facts) => {
      const it = unanswered(facts);
      if (!it || it.sockets.length === 0 || it.sockets.some(({ address }) => ['0.0.0.0', '::', it.attempt.address].includes(address)))
        return undefined;
      if (it.attempt.ending !== 'refused') return undefined;
      return {
        summary: `the server in ${it.member.name} listens on ${listed(it.sockets.map(socketInWords))}, not on ${it.attempt.address}`,
        remedy: `Let the server in ${it.member.service ?? it.member.name} listen on 0.0.0.0:${it.port}: its own configuration says where it listens.`,
        seen: [listeningSeen(it), attemptSeen(facts, it.attempt)],
      };
    },
  },
  {
    code: 'target.other-transport',
    layer: 'listener',
    asks: 'Does the server listen on that port of TCP where UDP is asked, or the other way round?',
    look: (facts) => {
      const it = unanswered(facts);
      const other = facts.target.transport === 'udp' ? 'tcp' : 'udp';
      const sockets = it ? listenersOn(it.view, it.port, other) : [];
      if (!it || it.sockets.length > 0 || sockets.length === 0) return undefined;
      return {
        summary: `${it.member.name} listens on ${other.toUpperCase()} port ${it.port}, and was asked over ${facts.target.transport.toUpperCase()}`,
        remedy: `Ask over ${other.toUpperCase()}${other === 'udp' ? ' (trace --udp)' : ''}, or let the server listen on both`,
        seen: [listeningSeen(it), attemptSeen(facts, it.attempt)],
      };
    },
  },
  {
    code: 'port.host-port-inside',
    layer: 'port',
    asks: 'Is a port of the host asked for at the address of the container?',
    look: (facts) => {
      const it = unanswered(facts);
      const binding = it?.member.published.find(({ hostPort, containerPort }) => hostPort === it.port && containerPort !== it.port);
      if (!it || !binding || it.sockets.length > 0 || listenersOn(it.view, binding.containerPort, facts.target.transport).length === 0)
        return undefined;
      return {
        summary: `${it.port} is the port of the host that leads to ${it.member.name}; among containers its server is at port ${binding.containerPort}`,
        remedy: `Ask for ${facts.target.host}:${binding.containerPort}`,
        seen: [
          {
            where: 'engine',
            what: `published ports of ${it.member.name}`,
            answer: `${binding.hostPort} -> ${binding.containerPort}/${binding.transport}`,
          },
          listeningSeen(it),
          attemptSeen(facts, it.attempt),
        ],
      };
    },
  },
  {
    code: 'target.not-listening',
    layer: 'listener',
    asks: 'Does the server listen on another port?',
    look: (facts) => {
      const it = unanswered(facts);
      if (!it || it.sockets.length > 0) return undefined;
      const others = it.view.sockets.filter(
        ({ state, transport, address }) => state === 'listening' && transport === facts.target.transport && address !== '127.0.0.11',
      );
      if (others.length === 0) return undefined;
      const ports = [...new Set(others.map(({ port }) => port))];
      const where = others.every(({ address }) => isLoopback(address)) ? ', and that on its loopback only' : '';
      return {
        summary: `nobody listens on port ${it.port} in ${it.member.name}; its server listens on port ${listed(ports.map(String))}${where}`,
        remedy:
          it.attempt.address === facts.target.host || it.port === facts.target.port
            ? `Ask for ${facts.target.host}:${ports[0] ?? ''}, or let the server listen on ${it.port}`
            : `Publish port ${ports[0] ?? ''} of ${it.member.name}, or let the server listen on ${it.port}`,
        seen: [listeningSeen(it), attemptSeen(facts, it.attempt)],
      };
    },
  },
  {
    code: 'target.not-listening',
    layer: 'listener',
    asks: 'Does anybody listen on the port?',
    look: (facts) => {
      const it = unanswered(facts);
      if (!it || it.sockets.length > 0) return undefined;
      return {
        summary: `nobody listens on ${facts.target.transport.toUpperCase()} port ${it.port} in ${it.member.name}, nor on any other`,
        remedy: `docker logs ${it.member.name}  # why its server does not listen, or not yet`,
        seen: [listeningSeen(it), attemptSeen(facts, it.attempt)],
      };
    },
  },
];
