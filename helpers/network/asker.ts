import { Mutex } from 'async-mutex';
import { Blocked } from '../claim/verdict';
import { record, withoutEvidence } from '../world/evidence';
import type { VantagePoint } from '../world/vantage-point';
import { runLabel } from '../run/objects';
import { targetInWords, type Target } from '../trace/asked';
import { follow, type Followed } from '../trace/follow';
import { takeInventory, type Inventory, type Member } from '../trace/inventory';
import { noneEntered, Places } from '../trace/places';
import { isReached, talkTo, type Attempt } from '../trace/talk';
import { viewOf, type PlaceView } from '../trace/view';
import { machineBeside, type MachineBeside } from './machine-beside';
import type { OpenedEngine } from './opened-engine';
import type { ContainerPlace, Place } from './types';
import { membersOf } from './wanted';

/** Who asks: a container, a machine beside the host, or the engine's host, which is undefined. */
export type Source = Member | undefined;

/** How reports call who asks. */
export const nameOfSource = (source: Source): string => source?.name ?? 'host';

/** Milliseconds for which it is taken that the engine's containers are as they were. */
const fresh = 1000;

/** Asks from one place to another on a user's engine, for all claims of a run. */
export class Asker {
  private readonly entered = noneEntered();
  /** counters are read before and after a probe, so that one that is followed is the only one */
  private readonly following = new Mutex();
  private looked: { at: number; inventory: Promise<Inventory> } | undefined;
  private machine: Promise<MachineBeside> | undefined;

  private readonly image = () => Promise.resolve(this.engine.image);

  constructor(readonly engine: OpenedEngine) {}

  /** The engine's containers and networks. */
  inventory(): Promise<Inventory> {
    const now = performance.now();
    if (!this.looked || now - this.looked.at > fresh) this.looked = { at: now, inventory: takeInventory(this.engine.docker, runLabel) };
    return this.looked.inventory;
  }

  /** The containers of a place. @throws PlaceMissing where there is none */
  async membersOf(place: ContainerPlace): Promise<Member[]> {
    return membersOf(place, await this.inventory());
  }

  /** Those who ask, where a place does. @throws PlaceMissing where there is none, Blocked where nobody can ask from there */
  async sourcesOf(place: Place): Promise<Source[]> {
    if (place.kind === 'container') return this.membersOf(place as ContainerPlace);
    if (place.kind === 'host') return [undefined];
    if ('address' in place)
      throw new Blocked(
        `nothing can be asked from ${place.name}, which the engine does not run; external() without an address is a machine that asks`,
      );
    return [(await this.beside()).member];
  }

  /** The machine beside the engine's host, made when it is first wanted. @throws Blocked where it cannot be made */
  beside(): Promise<MachineBeside> {
    return (this.machine ??= withoutEvidence(() => machineBeside(this.engine)));
  }

  /** Follows a packet, as `trace` does, and tells of it in the evidence. */
  async follow(source: Source, target: Target, project?: string): Promise<Followed> {
    const inventory = await this.inventory();
    const { docker, labels, facts, access } = this.engine;
    const places = { docker, image: this.image, labels, entrance: undefined, inventory };
    const tracing = { ...places, kind: facts.kind, access: Promise.resolve(access), source, target, project };
    const startedAt = performance.now();
    const followed = await this.following.runExclusive(() => withoutEvidence(() => follow(tracing, this.entered)));
    const from = nameOfSource(source);
    for (const attempt of followed.attempts) this.tell(from, target, attempt, startedAt);
    if (followed.attempts.length === 0)
      record({ kind: 'exec', where: from, what: questionOf(target), answer: 'no address to ask' }, startedAt);
    for (const { layer, where, seen, state } of followed.hops)
      if (layer !== 'answer') record({ kind: 'note', where, what: `${layer}: ${state}`, answer: seen.join('\n') }, startedAt);
    return followed;
  }

  /** Asks one address, and tells of it in the evidence. */
  async talk(source: Source, target: Target, address: string): Promise<Attempt> {
    const point = await this.pointOf(source);
    const startedAt = performance.now();
    const attempt = await withoutEvidence(() => talkTo(point, target, address));
    this.tell(nameOfSource(source), target, attempt, startedAt);
    return attempt;
  }

  /** The inside of who asks. */
  async pointOf(source: Source): Promise<VantagePoint> {
    const inventory = await this.inventory();
    const places = new Places({ ...this.engine, image: this.image, entrance: undefined, inventory }, this.entered);
    return withoutEvidence(() => (source && source.networkMode !== 'host' ? places.inside(source) : places.onHost()));
  }

  /** What a place looks like from inside. */
  async viewOf(source: Source): Promise<PlaceView> {
    const point = await this.pointOf(source);
    return withoutEvidence(() => viewOf(point));
  }

  private tell(where: string, target: Target, { address, says }: Pick<Attempt, 'address' | 'says'>, startedAt: number): void {
    const at = target.host === address ? '' : ` at ${address}`;
    record({ kind: 'exec', where, what: `${questionOf(target)}${at}`, answer: says }, startedAt);
  }
}

function questionOf(target: Target): string {
  return `ask ${targetInWords(target)} over ${target.transport.toUpperCase()}`;
}

/** Whether something took a connection, or answered a datagram, whatever it said. */
export function gotThrough({ transport }: Pick<Target, 'transport'>, attempt: Attempt): boolean {
  if (isReached(attempt) || attempt.ending === 'misunderstood') return true;
  // of a datagram that nobody answers nobody knows what became of it
  return transport === 'tcp' && (attempt.ending === 'silent' || attempt.ending === 'closed');
}
