import { Deviation } from '../claim/verdict';
import { bracketed } from '../engine/endpoint';
import { parseTarget, targetInWords, type Target } from '../trace/asked';
import type { Followed } from '../trace/follow';
import { ownerOfNamespace, ownersOf, sharedNetworks, type Inventory, type Member } from '../trace/inventory';
import type { TraceCause } from '../trace/results';
import { nameOfSource, type Asker, type Source } from './asker';
import type { At, ContainerPlace, ExternalPlace, Place, Seen, To } from './types';
import { MistakeInSpec, nameFor, PlaceMissing } from './wanted';

/** Thrown where something is not as a claim says, by what was asked. */
export class NotAsClaimed extends Deviation {
  constructor(
    message: string,
    readonly traced: TraceCause | undefined,
  ) {
    super(message);
  }
}

/** Something that is to be asked. */
interface Question {
  target: Target;
  /** who must answer; undefined where that is nobody's of this engine */
  expected: readonly Member[] | undefined;
  project: string | undefined;
}

/** What a probe came to. */
interface Asked {
  source: Source;
  question: Question;
  followed: Followed;
  /** somebody answered who is not meant */
  another: string | undefined;
}

/** Asks from all that a place is, as `reach` and `probe` do. */
export async function askAll(asker: Asker, from: Place, to: To, at: At | undefined): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const source of await asker.sourcesOf(from))
    for (const question of await questionsOf(asker, source, to, at)) {
      const followed = await asker.follow(source, question.target, question.project);
      asked.push({ source, question, followed, another: anotherIn(followed, question, await asker.inventory()) });
    }
  return asked;
}

/** That all who ask are answered by who is meant. @throws NotAsClaimed */
export async function mustReach(asker: Asker, from: Place, to: To, at: At | undefined): Promise<Seen> {
  const asked = await askAll(asker, from, to, at).catch((error: unknown) => {
    if (error instanceof PlaceMissing) throw new NotAsClaimed(error.message, missingCause(error));
    throw error;
  });
  for (const { source, question, followed, another } of asked) {
    const way = `${nameOfSource(source)} does not reach ${targetInWords(question.target)}`;
    if (!followed.reached) throw new NotAsClaimed(`${way}: ${followed.summary}`, followed.cause);
    if (another !== undefined) throw new NotAsClaimed(`${way}: ${another}`, anotherCause(another));
  }
  return seenIn(asked);
}

/** What was seen, as specs get it. */
export function seenIn(asked: readonly Asked[]): Seen {
  const failed = asked.find(({ followed, another }) => !followed.reached || another !== undefined);
  const told = failed ?? asked[0];
  const answers = asked.flatMap(({ followed }) =>
    followed.attempts.map(({ address, says, status }) => ({ address, says, ...(status !== undefined && { status }) })),
  );
  const status = answers.find((it) => it.status !== undefined)?.status;
  const { code, summary, remedy } = told?.followed.cause ?? {};
  return {
    reached: told !== undefined && failed === undefined,
    summary: failed?.another ?? told?.followed.summary ?? '',
    answers,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { cause: { code, summary: summary ?? '', remedy: remedy ?? '' } }),
  };
}

/** What is to be asked, as a program at the source would ask it. */
async function questionsOf(asker: Asker, source: Source, to: To, at: At | undefined): Promise<Question[]> {
  const { url, port, udp = false } = atOf(at);
  if (typeof to === 'string') {
    if (url !== undefined || port !== undefined) throw new MistakeInSpec(`the port stands in "${to}" already`);
    return [{ target: parseTarget(to, udp), expected: undefined, project: source?.project }];
  }
  const inventory = await asker.inventory();
  const expected = to.kind === 'container' ? await asker.membersOf(to as ContainerPlace) : undefined;
  const project = to.kind === 'container' ? (to as ContainerPlace).found.project : undefined;
  if (url !== undefined) return [{ target: parseTarget(url), expected, project }];
  const hosts = expected ? hostsOf(source, expected, inventory) : [await elsewhere(asker, source, to)];
  return [...new Set(hosts)].map((host) => ({ target: targetAt(host, needed(port, to), udp), expected, project }));
}

/** The port and the way that somebody wrote. */
export function atOf(at: At | undefined): { url?: string; port?: number; udp?: boolean } {
  if (typeof at === 'number') return { port: at };
  return typeof at === 'string' ? { url: at } : { ...at };
}

/** @throws MistakeInSpec where no port was written */
export function needed(port: number | undefined, to: Place): number {
  if (port !== undefined) return port;
  throw new MistakeInSpec(`it is not said at which port ${to.name} is asked`);
}

/** A port of a name or an address. */
export const targetAt = (host: string, port: number, udp: boolean): Target => parseTarget(`${bracketed(host)}:${port}`, udp);

/** What containers are called at the source; those that it knows by no name have addresses. */
function hostsOf(source: Source, targets: readonly Member[], inventory: Inventory): string[] {
  return targets.flatMap((target) => {
    if (source && ownerOfNamespace(target, inventory).id === ownerOfNamespace(source, inventory).id) return ['127.0.0.1'];
    const isBeside = source !== undefined && !inventory.members.some(({ id }) => id === source.id);
    if (source && !isBeside && source.networkMode !== 'host') return [nameFor(source, target)];
    if (target.networkMode === 'host') return ['127.0.0.1'];
    return Object.values(target.endpoints)
      .flatMap(({ address, address6 }) => [address, address6])
      .filter(Boolean)
      .slice(0, 1);
  });
}

/** What the engine's host, or a place that the engine does not run, is called at the source. */
export async function elsewhere(asker: Asker, source: Source, to: Place): Promise<string> {
  if (to.kind !== 'host') {
    const { address } = to as ExternalPlace;
    if (address !== undefined) return address;
    throw new MistakeInSpec('external() without an address is a machine that asks, and not one to be asked');
  }
  if (!source || source.networkMode === 'host') return '127.0.0.1';
  return (await hostAddresses(asker, source))[0] ?? 'host.docker.internal';
}

/** Addresses that the engine's host has in the networks of who asks; those of internal ones come last. */
export async function hostAddresses(asker: Asker, source: Source): Promise<string[]> {
  if (!source || source.networkMode === 'host') return ['127.0.0.1'];
  const { members, networks } = await asker.inventory();
  if (!members.some(({ id }) => id === source.id)) return [(await asker.beside()).hostAddress];
  const own = networks.filter(({ name, driver }) => name in source.endpoints && driver === 'bridge');
  return [...own.filter((it) => !it.internal), ...own.filter((it) => it.internal)].flatMap(({ gateways }) => gateways);
}

/** Who else has an address that answered, in words. */
function anotherIn({ attempts }: Followed, { expected }: Question, inventory: Inventory): string | undefined {
  if (!expected) return undefined;
  const meant = expected.map((it) => ownerOfNamespace(it, inventory).id);
  for (const { address } of attempts) {
    const [owner] = ownersOf(address, inventory);
    if (owner && !meant.includes(owner.id)) return `${owner.name} has ${address}, and is not who is meant`;
  }
  return undefined;
}

const anotherCause = (summary: string): TraceCause => ({
  code: 'target.another-answers',
  layer: 'address',
  summary,
  remedy: 'Give the two of them names of their own in the network that they share.',
  seen: [],
});

const missingCause = ({ message, remedy }: PlaceMissing): TraceCause => ({
  code: 'place.missing',
  layer: 'source',
  summary: message,
  remedy,
  seen: [{ where: 'engine', what: 'its containers', answer: message }],
});

/** Networks that who asks and who is asked share, by name. */
export function between(source: Source, target: Member): string[] {
  return source ? sharedNetworks(source, target) : [];
}
