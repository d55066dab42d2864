import { describe, expect, it } from '@jest/globals';
import { ProbeBroken } from '../world/vantage-point';
import { control } from './control';
import { verdictOf } from './verdict';

async function verdictAfter(look: () => unknown): Promise<ReturnType<typeof verdictOf> | undefined> {
  try {
    await control(look);
    return undefined;
  } catch (error) {
    return verdictOf(error);
  }
}

describe('a control', () => {
  it('must let a claim go on when it holds', async () => {
    expect(await verdictAfter(() => Promise.resolve())).toBeUndefined();
  });

  it('must leave the claim unjudged when an assertion in it fails, and say so', async () => {
    const { verdict, reason } = (await verdictAfter(() => expect([]).toContain('listener'))) ?? {};
    expect(verdict).toBe('blocked');
    expect(reason).toBe('the control failed, so nothing could be judged: expected "listener", but saw []');
  });

  it('must leave the claim unjudged when the engine refuses what it asks', async () => {
    const refusal = Object.assign(new Error('no such container'), { statusCode: 404 });
    expect(await verdictAfter(() => Promise.reject(refusal))).toEqual({
      verdict: 'blocked',
      reason: 'the control failed, so nothing could be judged: the engine answered 404: no such container',
    });
  });

  it('must stay an error when the probe cannot look or the engine is gone', async () => {
    for (const error of [new ProbeBroken('no curl'), Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })]) {
      expect(await verdictAfter(() => Promise.reject(error))).toMatchObject({ verdict: 'error' });
    }
  });
});
