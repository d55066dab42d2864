import { describe, expect, it } from '@jest/globals';
import { run } from './process';

describe('a command', () => {
  it('must leave behind its status and what it wrote, to the byte', async () => {
    expect(await run(['sh', '-c', String.raw`printf 'one\n\n'; printf 'two' >&2; exit 3`])).toEqual({
      exitCode: 3,
      stdout: 'one\n\n',
      stderr: 'two',
    });
  });

  it('must get its words as they are: no shell reads them', async () => {
    expect(await run(['printf', '%s|', '$HOME', '*', "it's", 'a b', ''])).toMatchObject({ stdout: "$HOME|*|it's|a b||" });
  });

  it('must leave NUL bytes as they are', async () => {
    expect(await run(['printf', String.raw`docker-proxy\0-proto\0tcp\0`])).toMatchObject({ stdout: 'docker-proxy\0-proto\0tcp\0' });
  });

  it('must be status 127 with a reason when it does not exist', async () => {
    expect(await run(['no-such-program'])).toEqual({ exitCode: 127, stdout: '', stderr: expect.stringMatching(/ENOENT|EACCES/) });
  });

  it('must be status 127 when it is no program', async () => {
    expect(await run(['/dev/null'])).toEqual({ exitCode: 127, stdout: '', stderr: expect.stringContaining('EACCES') });
  });

  it('must be status 128 and name the signal when one ended it', async () => {
    expect(await run(['sh', '-c', 'echo before; kill -TERM $$'])).toEqual({
      exitCode: 128,
      stdout: 'before\n',
      stderr: expect.stringContaining('SIGTERM'),
    });
  });

  it('must be status 124 when it does not end in time, and keep what it wrote', async () => {
    const { exitCode, stdout, stderr } = await run(['sh', '-c', 'echo before; exec sleep 60'], { timeout: 300 });
    expect({ exitCode, stdout }).toEqual({ exitCode: 124, stdout: 'before\n' });
    expect(stderr).toContain('no end after 300 ms');
  });

  it('must read nothing unless it is given something, so that none waits for a keyboard', async () => {
    expect(await run(['cat'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await run(['cat'], { input: 'given' })).toMatchObject({ stdout: 'given' });
  });

  it('must speak English, whatever this machine speaks, and see the variables that it is given', async () => {
    expect(await run(['sh', '-c', 'echo $LC_ALL $OWN'], { env: { OWN: 'x' } })).toMatchObject({ stdout: 'C x\n' });
    expect(await run(['sh', '-c', 'echo ${HOME-unset}'], { env: { HOME: undefined } })).toMatchObject({ stdout: 'unset\n' });
  });
});
