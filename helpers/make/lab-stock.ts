import { setTimeout as pause } from 'node:timers/promises';
import { withoutEvidence } from '../world/evidence';

/** What a stock needs to know of a lab. */
interface Lab {
  state: () => Promise<string>;
  found: string | undefined;
  machines?: { end: () => Promise<void> } | undefined;
  end: () => Promise<void>;
}

/**
 * Labs that the claims of one file have finished with, for those of a later one. One is handed on only if it is what it
 * was when it had just started: otherwise it is ended, and whoever asks gets a new one.
 */
export class LabStock<L extends Lab> {
  private readonly idle = new Map<string, L[]>();
  private readonly returning = new Map<string, Set<Promise<void>>>();

  /** @param pauses milliseconds before each look whether a lab is what it was: kernel and engine are done with what was removed a moment after they said so */
  constructor(private readonly pauses: readonly number[] = [0, 300, 1000]) {}

  /** One of a kind, which is then the caller's; undefined where there is none. One that is on its way back is waited for. */
  async take(kind: string): Promise<L | undefined> {
    for (;;) {
      const lab = this.idle.get(kind)?.pop();
      const [next] = this.returning.get(kind) ?? [];
      if (lab || !next) return lab;
      await next;
    }
  }

  /**
   * Takes one back.
   * @param lab what its start comes to
   * @param cleared settles when nothing of the claims that used it is left
   */
  handBack(kind: string, lab: Promise<L>, cleared: Promise<unknown>): Promise<void> {
    const all = this.returning.get(kind) ?? new Set();
    this.returning.set(kind, all);
    const arrival = this.arrive(kind, lab, cleared).finally(() => all.delete(arrival));
    all.add(arrival);
    return arrival;
  }

  /** Ends all that nobody wanted any more. */
  async end(): Promise<void> {
    await Promise.all([...this.returning.values()].flatMap((it) => [...it]));
    await Promise.all([...this.idle.values()].flat().map((lab) => lab.end()));
    this.idle.clear();
  }

  private async arrive(kind: string, starting: Promise<L>, cleared: Promise<unknown>): Promise<void> {
    const lab = await starting.catch(() => undefined);
    await cleared;
    if (!lab) return;
    await lab.machines?.end();
    if (!(await this.isAsFound(lab))) return lab.end();
    this.idle.set(kind, [...(this.idle.get(kind) ?? []), lab]);
  }

  private async isAsFound(lab: L): Promise<boolean> {
    for (const milliseconds of this.pauses) {
      await pause(milliseconds);
      const state = await withoutEvidence(() => lab.state()).catch(() => undefined);
      if (state !== undefined && state === lab.found) return true;
    }
    return false;
  }
}
