import { describe, expect, it } from '@jest/globals';
import { ask } from '../world/ask';
import { recording } from '../world/evidence';
import { commandStep } from './run-command';

async function recorded(argv: readonly string[], exitCode = 0): Promise<{ what: string; answer: string } | undefined> {
  const [entry] = await recording(
    () =>
      ask({ what: 'any', step: commandStep({ kind: 'exec', where: 'nginx01', argv }) }, () =>
        Promise.resolve({ exitCode, stdout: 'out', stderr: 'err' }),
      ),
    () => undefined,
  );
  return entry;
}

describe('a command as evidence', () => {
  it('must be written so that a person can paste it into a shell', async () => {
    expect(await recorded(['curl', '--noproxy', '*', 'http://172.17.0.2:80/'])).toMatchObject({
      what: "curl --noproxy '*' http://172.17.0.2:80/",
    });
    expect(await recorded(['sh', '-c', "echo 'a b' $HOME", ''])).toMatchObject({ what: String.raw`sh -c 'echo '\''a b'\'' $HOME' ''` });
  });

  it('must show what it printed, and its status and complaints only when it failed', async () => {
    expect(await recorded(['true'])).toMatchObject({ answer: 'out' });
    expect(await recorded(['false'], 1)).toMatchObject({ answer: 'status 1\nouterr' });
  });
});
