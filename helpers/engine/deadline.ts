/** Limits in milliseconds; a limit that is absent does not count. */
export interface DeadlineLimits {
  /** without a sign of life */
  idle?: number;
  /** in all */
  total?: number;
}

/** Longest time that one tick may stand for. */
const longestTick = 1000;

/**
 * Tells when something takes too long, in time that this process could use: it counts ticks of its own, and a tick that
 * comes late counts as one. A process that stood still for ten seconds has not read what an engine said meanwhile.
 */
export class Deadline {
  private readonly tick: number;
  private idleFor = 0;
  private lasted = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param due called once, with the limit that was exceeded
   * @param alive asked at each tick whether there was a sign of life that nobody told by {@link touch}
   */
  constructor(
    private readonly limits: DeadlineLimits,
    private readonly due: (what: 'idle' | 'total', milliseconds: number) => void,
    private readonly alive: () => boolean = () => false,
  ) {
    const shortest = Math.min(limits.idle ?? Infinity, limits.total ?? Infinity);
    this.tick = Math.max(1, Math.min(longestTick, shortest / 10));
    this.wait();
  }

  /** There was a sign of life. */
  touch(): void {
    this.idleFor = 0;
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private wait(): void {
    // what came in meanwhile is read before the time is looked at
    this.timer = setTimeout(() => setImmediate(() => this.timer && this.look()), this.tick);
  }

  private look(): void {
    this.lasted += this.tick;
    this.idleFor = this.alive() ? 0 : this.idleFor + this.tick;
    const { idle, total } = this.limits;
    const exceeded =
      total !== undefined && this.lasted >= total ? 'total' : idle !== undefined && this.idleFor >= idle ? 'idle' : undefined;
    if (exceeded === undefined) {
      this.wait();
      return;
    }
    this.end();
    this.due(exceeded, this.limits[exceeded] ?? 0);
  }
}
