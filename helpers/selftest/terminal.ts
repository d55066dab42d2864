import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Results } from '../results/results';
import { readResults } from '../results/results-file';
import { ownEnvironment } from './command-line';

/** A program that a person started at a terminal. */
export interface AtTerminal {
  /** what the terminal has been sent, with its control sequences */
  shown(): string;
  /** what it wrote to results.json; undefined where there is no such file */
  results(): Results | undefined;
  /** text of a file that it wrote, by its path in its folder */
  file(name: string): string | undefined;
  /** types something, such as {@link ctrlC} */
  type(text: string): void;
  /** does nothing once it has ended */
  kill(signal: NodeJS.Signals): void;
  /** waits until what is shown is so; throws where the program ends before */
  until(isSo: RegExp | ((shown: string) => boolean)): Promise<void>;
  /** its exit status, as a shell gives it */
  ended: Promise<number>;
}

/** The key that a terminal makes SIGINT of. */
export const ctrlC = '\u0003';

const bin = path.resolve(__dirname, '..', 'bin.cjs');

/**
 * Starts the suite's program, or another one, at a terminal of so many columns, by script(1), in a folder.
 * @param env variables on top of this process's own; `undefined` unsets one
 */
export function atTerminal(
  args: readonly string[],
  {
    columns = 80,
    env = {},
    folder,
    program = [process.execPath, bin],
  }: { columns?: number; env?: Record<string, string | undefined>; folder: string; program?: readonly string[] },
): AtTerminal {
  const quoted = [...program, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const command = `stty cols ${columns} rows 40; echo $$ > pid; exec ${quoted}`;
  const variables = { ...process.env, ...ownEnvironment, TERM: 'xterm', CI: undefined, SHELL: '/bin/sh', ...env };
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    cwd: folder,
    env: variables,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([status]) => status as number);
  let over = false;
  void ended.then(() => (over = true));
  const file = (name: string) => path.join(folder, name);
  return {
    shown: () => shown,
    results: () => (existsSync(file('reports/results.json')) ? readResults(file('reports/results.json')) : undefined),
    file: (name) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined),
    type: (text) => void child.stdin.write(text),
    kill: (signal) => {
      if (!over) process.kill(Number(readFileSync(file('pid'), 'utf8')), signal);
    },
    until: async (isSo) => {
      while (!(isSo instanceof RegExp ? isSo.test(shown) : isSo(shown))) {
        if (over) throw new Error(`it ended before it showed ${String(isSo)}:\n${shown}`);
        await delay(5);
      }
    },
    ended,
  };
}
