import { createColors } from 'picocolors';
import { countsLine } from '../report/text/summary';
import { formatDuration, oneLine, truncate } from '../base/text';
import type { Stage } from './engine-run';

/** One engine of a running matrix. */
export interface Progress {
  readonly id: string;
  readonly stage: Stage;
  /** milliseconds since its run was started; absent before that */
  readonly elapsed?: number;
}

/** Shows how far a matrix is. */
export interface Display {
  /** to be told of every change */
  show(engines: readonly Progress[]): void;
  /** leaves what is shown as it is, for good */
  stop(): void;
  /** shows nothing any more */
  close(): void;
}

/** Milliseconds between two pictures of a terminal. */
const interval = 100;

/** A line for each engine that is kept up to date; it is gone when all is done, for the summary says the same. */
export function liveDisplay(terminal: NodeJS.WriteStream, { color }: { color: boolean }): Display {
  let engines: readonly Progress[] = [];
  let shownAt = Date.now();
  let shown = 0;
  const draw = (): void => {
    const since = Date.now() - shownAt;
    // a terminal that does not know its size says 0
    const lines = progressLines(
      engines.map((it) => aged(it, since)),
      { color, width: terminal.columns || 80, height: terminal.rows || 24 },
    );
    terminal.write(`${erasing(shown)}${lines.map((line) => `${line}\n`).join('')}`);
    shown = lines.length;
  };
  const drawing = setInterval(draw, interval).unref();
  return {
    show: (current) => {
      engines = current;
      shownAt = Date.now();
    },
    stop: () => clearInterval(drawing),
    close: () => {
      clearInterval(drawing);
      terminal.write(erasing(shown));
      shown = 0;
    },
  };
}

/** A line whenever an engine comes to another stage, for logs. */
export function plainDisplay(print: (line: string) => void): Display {
  const last = new Map<string, string>();
  return {
    show: (engines) => {
      for (const { id, stage, elapsed } of engines) {
        const line = stage.kind === 'judging' ? `${stage.claims} claims` : words(stage);
        if (stage.kind === 'waiting' || last.get(id) === line) continue;
        last.set(id, line);
        const ended = stage.kind === 'done' || stage.kind === 'failed';
        print(`${id}: ${line}${ended && elapsed !== undefined ? ` (${formatDuration(elapsed)})` : ''}`);
      }
    },
    stop: () => undefined,
    close: () => undefined,
  };
}

/** The picture of a terminal: a line for each engine, those that run in any case where not all have room. */
export function progressLines(
  engines: readonly Progress[],
  { color, width, height }: { color: boolean; width: number; height: number },
): string[] {
  const { dim, red, green } = createColors(color);
  const running = engines.filter(({ stage }) => !['waiting', 'done', 'failed'].includes(stage.kind));
  const room = Math.max(height - 2, 1);
  const shown = engines.length <= room ? engines : running.slice(0, room - 1);
  const names = Math.max(...engines.map(({ id }) => id.length));
  const lines = shown.map(({ id, stage, elapsed }) => {
    const start = ` ${id.padEnd(names)} ${(elapsed === undefined ? '' : formatSeconds(elapsed)).padStart(10)}  `;
    const text = truncate(words(stage), Math.max(width - start.length - 1, 10));
    const paint = { waiting: dim, starting: String, preparing: String, judging: String, done: green, failed: red }[stage.kind];
    return `${start}${paint(text)}`;
  });
  const waiting = engines.filter(({ stage }) => stage.kind === 'waiting').length;
  const rest = ` ${engines.length - waiting - running.length} done, ${waiting} waiting`;
  return shown.length === engines.length ? lines : [...lines, dim(rest)];
}

function words(stage: Stage): string {
  switch (stage.kind) {
    case 'waiting':
      return 'waiting';
    case 'starting':
      return 'starting';
    case 'preparing':
      return oneLine(stage.what);
    case 'judging':
      return `${stage.judged} of ${stage.claims} claims`;
    case 'done':
      return countsLine(stage.results).replace(/, in [^,]*$/, '');
    case 'failed':
      return `no results: ${stage.reason}`;
  }
}

/** Time goes on between two changes, for engines that run. */
function aged(engine: Progress, since: number): Progress {
  const { stage, elapsed } = engine;
  return elapsed === undefined || stage.kind === 'done' || stage.kind === 'failed' ? engine : { ...engine, elapsed: elapsed + since };
}

/** Always in tenths of a second below a minute, so that the display stays calm. */
function formatSeconds(milliseconds: number): string {
  return milliseconds < 59_950 ? `${(milliseconds / 1000).toFixed(1)} s` : formatDuration(milliseconds);
}

/** Moves the cursor up over so many lines, and erases everything below it. */
function erasing(lines: number): string {
  return lines === 0 ? '' : `\u001b[${lines}A\u001b[0J`;
}
