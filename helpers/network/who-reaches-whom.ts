import { isLoopback } from '../trace/view';
import type { Inventory, Member } from '../trace/inventory';
import { greetingFor } from '../trace/greetings';
import { isReached } from '../trace/talk';
import { gotThrough, type Asker } from './asker';
import { waysTo } from './ways';

/** A port of a container, as others could ask it. */
export interface OpenPort {
  port: number;
  transport: 'tcp' | 'udp';
}

/** Containers that are one for whoever reads about them: the replicas of a service, or one container. */
export interface Party {
  name: string;
  project: string | undefined;
  service: string | undefined;
  members: readonly Member[];
  ports: readonly OpenPort[];
}

/** A port that somebody gets through to. */
export interface ReachedPort extends OpenPort {
  /** no network that both are in leads there, but a published port, or the host's forwarding; in words */
  around: string | undefined;
  /** it answered as its port lets expect */
  answers: boolean;
}

/** Who reaches which ports of whom. */
export interface Reachability {
  parties: readonly Party[];
  /** what one of them reaches of another one */
  reached: (from: Party, to: Party) => readonly ReachedPort[];
}

/** How many places are asked at a time. */
const atATime = 6;

/**
 * Asks from each container each open port of every other one, by all ways that lead there. A port of UDP is asked only where a
 * greeting is known for it: of the others nobody knows what silence means.
 * @param project only containers of this compose project
 */
export async function whoReachesWhom(asker: Asker, project: string | undefined, progress: (line: string) => void): Promise<Reachability> {
  const inventory = await asker.inventory();
  const parties = await partiesIn(asker, inventory, project);
  const found = new Map<string, ReachedPort[]>();
  const pairs = parties.flatMap((from) => parties.flatMap((to) => (from === to ? [] : [{ from, to }])));
  progress(`Asking between ${parties.length} places …`);
  const next = pairs.values();
  const work = async () => {
    for (const { from, to } of next) {
      const ports = await Promise.all(to.ports.map((it) => reachedPort(asker, from, to, it)));
      found.set(
        keyOf(from, to),
        ports.filter((it) => it !== undefined),
      );
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return { parties, reached: (from, to) => found.get(keyOf(from, to)) ?? [] };
}

const keyOf = (from: Party, to: Party): string => `${from.name} ${to.name}`;

async function partiesIn(asker: Asker, { members }: Inventory, project: string | undefined): Promise<Party[]> {
  const running = members.filter((it) => it.status === 'running' && (project === undefined || it.project === project));
  const groups = new Map<string, Member[]>();
  for (const member of running) {
    const key = member.service === undefined ? member.name : `${member.project ?? ''}/${member.service}`;
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  const parties = await Promise.all(
    [...groups.values()].map(async (group): Promise<Party[]> => {
      const [first] = group;
      if (!first) return [];
      const { service } = first;
      return [{ name: service ?? first.name, project: first.project, service, members: group, ports: await portsOf(asker, first) }];
    }),
  );
  return parties.flat().sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Those that others could reach. Of a container in host mode they are those of the whole host, which nobody means. */
async function portsOf(asker: Asker, member: Member): Promise<OpenPort[]> {
  if (member.networkMode === 'host') return [];
  const { sockets } = await asker.viewOf(member);
  const open = sockets.filter(
    ({ state, address, transport, port }) =>
      state === 'listening' && !isLoopback(address) && (transport === 'tcp' || greetingFor(port, 'udp') !== undefined),
  );
  const ports = new Map(open.map(({ port, transport }) => [`${port}/${transport}`, { port, transport }]));
  return [...ports.values()].sort((one, other) => one.port - other.port);
}

/** How one of them gets through to one of the others; undefined where none does. */
async function reachedPort(asker: Asker, from: Party, to: Party, { port, transport }: OpenPort): Promise<ReachedPort | undefined> {
  const [source] = from.members;
  const ways = (await Promise.all(to.members.map((it) => waysTo(asker, source, it, port, transport === 'udp')))).flat();
  const attempts = await Promise.all(ways.map(async (way) => ({ way, attempt: await asker.talk(source, way.target, way.address) })));
  const through = attempts.filter(({ way, attempt }) => gotThrough(way.target, attempt));
  const direct = through.find(({ way }) => ['way.shared-network', 'way.same-namespace'].includes(way.cause.code));
  const first = direct ?? through[0];
  if (!first) return undefined;
  return { port, transport, around: direct ? undefined : first.way.cause.summary, answers: isReached(first.attempt) };
}
