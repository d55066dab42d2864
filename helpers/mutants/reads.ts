import { keyOf, type Answer, type Place } from './place';

/** Something that a judgement took from an answer. */
export type Read =
  /** the value at a place */
  | { of: 'value'; place: Place; value: unknown }
  /** which members a list or map has */
  | { of: 'members'; place: Place; value: object }
  /** that there is such a member, or that there is none */
  | { of: 'presence' | 'nothing'; place: Place };

const idOf = ({ of, place }: Read) => `${of} ${keyOf(place)}`;

/** What one judgement took from the engine's answers, in the order in which it did so first. */
export class Reads {
  private readonly noted = new Map<string, Read>();
  /** the answers that it was given, in their order */
  readonly answers: { answer: Answer; whole: object }[] = [];

  note(read: Read): void {
    const id = idOf(read);
    if (!this.noted.has(id)) this.noted.set(id, read);
  }

  /** Takes over what another judgement, or a shared action, has read. */
  adopt(other: Reads): void {
    for (const read of other.noted.values()) this.note(read);
    this.answers.push(...other.answers.filter((it) => !this.answers.includes(it)));
  }

  has(read: Read): boolean {
    return this.noted.has(idOf(read));
  }

  get all(): Read[] {
    return [...this.noted.values()];
  }
}
