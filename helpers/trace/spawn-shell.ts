import { spawn } from 'node:child_process';
import { used } from '../base/usage';
import { endsWithOthers, ShellInContainer } from '../vantage/shell';

/** A shell that is a process of this machine. */
export interface SpawnedShell {
  shell: ShellInContainer;
  /** number of the program that was started, which may have become its parent */
  pid: number | undefined;
}

/**
 * Starts a program of this machine that becomes a serving shell.
 * @returns undefined where it ended before it was one
 */
export async function spawnShell(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<SpawnedShell | undefined> {
  const [file = '', ...args] = argv;
  used('processes');
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'], cwd: '/', env });
  const shell = new ShellInContainer(child.stdin, child.stdout);
  child.once('error', () => shell.close());
  if ((await shell.first) === '') return undefined;
  endsWithOthers(shell);
  return { shell, pid: child.pid };
}
