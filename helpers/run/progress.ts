import { createColors } from 'picocolors';
import { formatDuration, oneLine, truncate, wrap } from '../base/text';

/** Where progress is shown, and how. */
export interface ProgressOptions {
  write: (text: string) => void;
  /** one line that is kept up to date, for people at a terminal; otherwise lines for a log */
  live: boolean;
  color: boolean;
  /** columns of the terminal, asked each time, for a window changes its size */
  width: () => number;
}

/** A claim that has its verdict. */
export interface Judged {
  id: string;
  area: string;
  title: string;
  /** why it is red; undefined where it is not */
  failure?: string;
}

/** Milliseconds between two pictures of the live line. */
const interval = 200;
/** Milliseconds after which a log is told that the run goes on. */
const silence = 30_000;
/** Lines of a reason that are shown while the run goes on; the report has all of them. */
const shownLines = 6;

/**
 * Shows how far a run is: each red claim at once with its reason, and on a terminal one line with what is done, what
 * runs, what is red so far and the time left. A log gets a line for each area that is done, and one at least every 30 s.
 */
export class Progress {
  private readonly startedAt = Date.now();
  private readonly remaining = new Map<string, number>();
  private readonly inArea = new Map<string, number>();
  private readonly redInArea = new Map<string, number>();
  private readonly running = new Set<string>();
  private total: number;
  private readonly timer: NodeJS.Timeout;
  private done = 0;
  private red = 0;
  private spokeAt = Date.now();
  private shown = false;

  /** @param areas the area of each claim that will be judged */
  constructor(
    areas: readonly string[],
    private readonly options: ProgressOptions,
  ) {
    for (const area of areas) this.inArea.set(area, (this.inArea.get(area) ?? 0) + 1);
    for (const [area, count] of this.inArea) this.remaining.set(area, count);
    this.total = areas.length;
    this.timer = setInterval(() => this.tick(), options.live ? interval : 1000).unref();
  }

  /** A claim is being judged from now on. */
  begun(id: string): void {
    this.running.add(id);
  }

  /** A claim has its verdict. */
  judged({ id, area, title, failure }: Judged): void {
    this.running.delete(id);
    this.done += 1;
    if (failure !== undefined) {
      this.red += 1;
      this.redInArea.set(area, (this.redInArea.get(area) ?? 0) + 1);
      this.say(this.failureLines(id, title, failure));
    }
    this.finish(area, 1);
  }

  /** So many claims of an area will not be judged, because Jest was told to leave them out. */
  leftOut(area: string, count: number): void {
    this.total -= count;
    this.inArea.set(area, (this.inArea.get(area) ?? count) - count);
    this.finish(area, count);
  }

  /** Nothing is shown any more; the report says the rest. */
  end(): void {
    clearInterval(this.timer);
    this.erase();
  }

  private finish(area: string, count: number): void {
    const left = (this.remaining.get(area) ?? count) - count;
    this.remaining.set(area, left);
    if (left === 0 && this.inArea.get(area) !== 0 && !this.options.live) this.say([this.areaLine(area)]);
  }

  private tick(): void {
    if (this.options.live) this.draw();
    else if (Date.now() - this.spokeAt >= silence) this.say([this.summary()]);
  }

  private say(lines: readonly string[]): void {
    this.erase();
    this.options.write(lines.map((line) => `${line}\n`).join(''));
    this.spokeAt = Date.now();
    if (this.options.live) this.draw();
  }

  private draw(): void {
    this.erase();
    // the last column stays free: a terminal may begin a new line behind it
    this.options.write(truncate(` ${this.summary()}`, this.width - 1));
    this.shown = true;
  }

  private erase(): void {
    if (this.shown) this.options.write('\r\u001b[2K');
    this.shown = false;
  }

  private get width(): number {
    return Math.max(this.options.width(), 40);
  }

  private summary(): string {
    const elapsed = Date.now() - this.startedAt;
    const red = this.red > 0 ? `${this.red} red` : '';
    // a guess from what is done says little before there is some of it
    const left =
      this.done >= 10 && this.done < this.total ? `about ${formatDuration((elapsed / this.done) * (this.total - this.done))} left` : '';
    const [running] = this.running;
    return [`${this.done} / ${this.total}`, red, formatDuration(elapsed), left, running ?? ''].filter(Boolean).join(' · ');
  }

  private areaLine(area: string): string {
    const count = this.inArea.get(area) ?? 0;
    const red = this.redInArea.get(area) ?? 0;
    return ` ${area}: ${count} ${count === 1 ? 'claim' : 'claims'} done${red > 0 ? `, ${red} red` : ''} · ${this.summary()}`;
  }

  private failureLines(id: string, title: string, failure: string): string[] {
    const { red, bold, dim } = createColors(this.options.color);
    const [first = '', ...more] = wrap(oneLine(title), this.width - 4);
    const reason = wrap(failure.trim(), this.width - 6, shownLines);
    return [
      ` ${red('✗')} ${bold(first)}`,
      ...more.map((line) => `   ${bold(line)}`),
      `   ${dim(id)}`,
      ...reason.map((line) => `   ${dim('│')} ${line}`),
    ];
  }
}

/** How this process's standard error shows progress: live where a person looks at it. */
export function progressOptions(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): ProgressOptions {
  const terminal = stream.isTTY && env['TERM'] !== 'dumb' && !env['CI'];
  return {
    write: (text) => void stream.write(text),
    live: terminal,
    color: terminal && !env['NO_COLOR'],
    // a terminal that does not know its size says 0
    width: () => stream.columns || 80,
  };
}
