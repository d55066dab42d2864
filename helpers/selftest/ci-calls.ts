import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { program } from '../cli/main';
import { run } from '../base/process';

/** Calls are written down instead of made; nothing else is found, and what looks at its result goes on. */
const recorder = `
  record() { printf '%s\\0' "$#" "$@" >>"$CALLS"; }
  npx() { record npx "$@"; }
  npm() { record npm "$@"; }
  node() { record node "$@"; }
  sudo() { "$@"; }
  env() { while [[ $1 == *=* ]]; do shift; done; "$@"; }
  seq() { echo 1; }
  command_not_found_handle() { :; }
  PATH=/nowhere
`;

/** The calls of npx, npm and node that a shell script makes, as the shell makes words of them. Nothing is run. */
export async function callsIn(script: string): Promise<string[][]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'calls-'));
  try {
    const calls = path.join(folder, 'calls');
    writeFileSync(calls, '');
    await run(['env', `--chdir=${folder}`, `CALLS=${calls}`, 'bash', '-c', `${recorder}\n${script}`]);
    return wordLists(readFileSync(calls, 'utf8').split('\0').slice(0, -1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wordLists([count, ...words]: string[]): string[][] {
  if (count === undefined) return [];
  return [words.slice(0, Number(count)), ...wordLists(words.slice(Number(count)))];
}

/** What a call says to this suite; undefined when it calls something else. */
export function wordsToTheSuite([command, ...words]: readonly string[]): string[] | undefined {
  const [first, ...rest] = words;
  if (command === 'npx' && first === 'docker-network-conformance') return rest;
  if (command === 'node' && first?.endsWith('helpers/bin.cjs')) return rest;
  if (command === 'npm' && first === 'test') return ['run', ...rest.slice(rest[0] === '--' ? 1 : 0)];
  return undefined;
}

/** A command with its options, as the command line understood it. */
export interface Understood {
  command: string;
  options: Record<string, unknown>;
  args: string[];
}

/**
 * What the command line makes of words, without doing it.
 * @throws CommanderError for a command or an option that does not exist, and for an argument that is missing.
 */
export async function understood(words: readonly string[]): Promise<Understood> {
  let found: Understood | undefined;
  const root = program([], () => undefined);
  for (const command of root.commands.flatMap((it) => [it, ...it.commands])) {
    command.configureOutput({ writeErr: () => undefined });
    command.action(() => void (found = { command: command.name(), options: command.opts(), args: command.args }));
  }
  await root.configureOutput({ writeErr: () => undefined }).parseAsync([...words], { from: 'user' });
  if (!found) throw new Error(`no command: ${words.join(' ')}`);
  return found;
}
