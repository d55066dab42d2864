import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { UserError } from '../base/user-error';

/**
 * A lock that the kernel gives back however its holder ends: flock(1) holds it for as long as its standard input, a
 * pipe from this process, is open.
 */
const holder = `
exec 9>>"$1" || exit 1
flock --nonblock 9 || { echo waiting; flock 9; }
echo locked
exec cat >/dev/null`;

/**
 * Does `work` while no other process works under the lock of this folder.
 *
 * @param onWait called once if another process holds the lock
 */
export async function withLock<T>(folder: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const child = spawn('sh', ['-c', holder, 'lock', join(folder, 'lock')], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  try {
    await locked(child.stdout, onWait);
    return await work();
  } finally {
    child.stdin.end();
    await ended;
  }
}

async function locked(answers: AsyncIterable<Buffer>, onWait: () => void): Promise<void> {
  let said = '';
  let told = false;
  for await (const chunk of answers) {
    said += chunk.toString();
    if (said.includes('locked')) return;
    if (said.includes('waiting') && !told) {
      told = true;
      onWait();
    }
  }
  throw new UserError('The cache folder cannot be locked: flock(1) failed.', 'Install the package util-linux.');
}
