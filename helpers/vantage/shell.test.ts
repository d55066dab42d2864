import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { servingShell, ShellInContainer } from './shell';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of started.splice(0)) if (pid !== undefined) endGroup(pid);
});

/** As the end of a container's first process ends all others in it. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

/** A shell of this machine, which is asked as one in a container is. */
function shellHere(first = 'echo here', environment: NodeJS.ProcessEnv = process.env) {
  const [program = '', ...rest] = servingShell(first, { lifetime: 20, atTheEnd: 'ends' });
  const child = spawn(program === 'sh' ? '/bin/sh' : program, rest, {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    env: environment,
  });
  started.push(child);
  return { child, shell: new ShellInContainer(child.stdin, child.stdout) };
}

describe('a shell that is asked over its standard input', () => {
  it('must print first what it is told to', async () => {
    await expect(shellHere('echo one; echo two').shell.first).resolves.toBe('one two');
  });

  it('must tell status and both outputs of a command, byte for byte', async () => {
    const { shell } = shellHere();
    await expect(shell.run(['sh', '-c', 'printf "a\\nb\\n\\n"; printf "e\\n" >&2; exit 3'])).resolves.toEqual({
      exitCode: 3,
      stdout: 'a\nb\n\n',
      stderr: 'e\n',
    });
    await expect(shell.run(['true'])).resolves.toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it.each([[['it\'s "$HOME"', '`id`', 'two\nlines', '', '-n', '$(id)', '\\', '*']]])(
    'must hand on every word as it is: %j',
    async (words) => {
      const { stdout } = (await shellHere().shell.run(['printf', '[%s]', ...words])) ?? {};
      expect(stdout).toBe(words.map((it) => `[${it}]`).join(''));
    },
  );

  it('must say that a program is not there as an exec does', async () => {
    await expect(shellHere().shell.run(['no-such-program'])).resolves.toMatchObject({ exitCode: 127 });
  });

  it('must start programs and no commands of its own', async () => {
    const { shell } = shellHere();
    await expect(shell.run(['exit', '0'])).resolves.toMatchObject({ exitCode: 127 });
    await expect(shell.run(['echo', 'still there'])).resolves.toMatchObject({ stdout: 'still there\n' });
  });

  it('must run commands side by side, and keep their answers apart', async () => {
    const { shell } = shellHere();
    const answers = await Promise.all([
      shell.run(['sh', '-c', 'sleep 0.3; echo slow']),
      ...Array.from({ length: 20 }, (_, n) => shell.run(['sh', '-c', `seq ${n * 1000}`])),
    ]);
    expect(answers[0]?.stdout).toBe('slow\n');
    for (const [n, answer] of answers.slice(1).entries()) expect(answer?.stdout.split('\n').length).toBe(n * 1000 + 1);
  });

  it('must take an answer longer than a pipe holds', async () => {
    const { stdout = '' } = (await shellHere().shell.run(['head', '-c', '300000', '/dev/zero'])) ?? {};
    expect(stdout).toHaveLength(300_000);
  });

  it('must end with who asks', async () => {
    const { child, shell } = shellHere();
    await shell.first;
    const exited = once(child, 'exit');
    shell.close();
    await exited;
    await expect(shell.run(['true'])).resolves.toBeUndefined();
  });

  it('must answer nothing where it ends in the middle of a command', async () => {
    const { child, shell } = shellHere();
    await shell.first;
    const answer = shell.run(['sleep', '20']);
    if (child.pid !== undefined) endGroup(child.pid);
    await expect(answer).resolves.toBeUndefined();
  });

  it('must say that it serves nobody where the container lacks what it needs', async () => {
    const { shell } = shellHere('echo here', { PATH: '/nowhere' });
    await expect(shell.first).resolves.toBe('here');
    await expect(shell.run(['true'])).resolves.toBeUndefined();
  });
});
