import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { startTime } from '../state/owner';

/**
 * Has a process of its own remove what a lab leaves if this one is killed. Neither keeps this process from ending.
 * @param launcher the process that ends with the lab
 * @returns says that the lab was stopped, and that nothing is left to do
 */
export function watchOver(folder: string, child: ChildProcess, launcher: number, cgroups: readonly string[]): () => void {
  const watchdog = spawn('sh', [join(__dirname, 'watchdog.sh'), folder, String(launcher), startTime(launcher) ?? '', ...cgroups], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  // a run that forgets a lab ends all the same, and the lab with it
  for (const handle of [child, watchdog, watchdog.stdin as unknown as { unref(): void }]) handle.unref();
  return () => watchdog.stdin.end('stopped\n');
}
