import { describe, expect, it } from '@jest/globals';
import { eventually, type WaitLimits } from './eventually';
import { record, recording } from '../world/evidence';

/** Looks at these answers one after the other, and at the last of them from then on. */
async function lookingAt(
  answers: readonly string[],
  condition: (seen: string) => boolean,
  limits: WaitLimits,
): Promise<{ seen: string | undefined; looks: number; note: string | undefined }> {
  let looks = 0;
  let seen: string | undefined;
  const [entry] = await recording(
    async () => {
      seen = await eventually(() => Promise.resolve(answers[Math.min(looks++, answers.length - 1)] ?? ''), condition, limits);
    },
    (error) => {
      throw error;
    },
  );
  return { seen, looks, note: entry?.answer };
}

const isUp = (seen: string) => seen.startsWith('up');

describe('looking again', () => {
  it('must look once and note nothing where the first look will do', async () => {
    expect(await lookingAt(['up'], isUp, { within: 1000 })).toEqual({ seen: 'up', looks: 1, note: undefined });
  });

  it('must look until the answer will do, and note how often', async () => {
    expect(await lookingAt(['down', 'down', 'up'], isUp, { within: 10_000 })).toEqual({
      seen: 'up',
      looks: 3,
      note: '3 looks, 1 of 1 in a row',
    });
  });

  it('must keep the evidence of the last look only, and that of a look that fails', async () => {
    const answers = ['down', 'down', 'up'];
    const look = (fail: boolean) => () => {
      const answer = answers.shift() ?? 'gone';
      record({ kind: 'note', where: 'test', what: 'look', answer });
      return fail ? Promise.reject(new Error(answer)) : Promise.resolve(answer);
    };
    const settled = await recording(
      () => eventually(look(false), isUp, { within: 10_000 }),
      () => undefined,
    );
    expect(settled.map(({ answer }) => answer)).toEqual(['up', '3 looks, 1 of 1 in a row']);
    const failed = await recording(
      () => eventually(look(true), isUp, { within: 10_000 }),
      () => undefined,
    );
    expect(failed.map(({ answer }) => answer)).toEqual(['gone']);
  });

  it('must look once even where there is no time at all', async () => {
    expect(await lookingAt(['down'], isUp, { within: 0 })).toMatchObject({ seen: 'down', looks: 1 });
  });

  it('must return what it saw last when time is up, so that the assertion can name it', async () => {
    const { seen, looks, note } = await lookingAt(['down', 'still down'], isUp, { within: 100 });
    expect(seen).toBe('still down');
    expect(looks).toBeGreaterThan(1);
    expect(note).toBe(`${looks} looks, 0 of 1 in a row`);
  });

  it('must count answers in a row, and begin again after a bad one', async () => {
    expect(await lookingAt(['up 1', 'down', 'up 2', 'up 3'], isUp, { within: 10_000, inARow: 2 })).toEqual({
      seen: 'up 3',
      looks: 4,
      note: '4 looks, 2 of 2 in a row',
    });
    expect(await lookingAt(['up 1', 'up 2'], isUp, { within: 10_000, inARow: 2 })).toEqual({ seen: 'up 2', looks: 2, note: undefined });
  });

  it('must pass on what a look throws, at once', async () => {
    await expect(
      eventually(
        () => Promise.reject(new Error('cannot look')),
        () => true,
        { within: 10_000 },
      ),
    ).rejects.toThrow('cannot look');
  });
});
