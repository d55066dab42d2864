import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { timeFactorVariable } from '../base/pace';
import { stillAnswers } from './lost';
import { CallFailed, isUnanswered, TooSlow } from './wrong-answer';

describe('whether an engine is gone', () => {
  beforeEach(() => {
    process.env[timeFactorVariable] = '0.1';
  });
  afterEach(() => {
    Reflect.deleteProperty(process.env, timeFactorVariable);
  });

  const engine = (answers: (asked: number) => boolean) => {
    let asked = 0;
    return {
      ping: () => {
        asked += 1;
        return answers(asked) ? Promise.resolve('OK') : Promise.reject(new Error('socket hang up'));
      },
      times: () => asked,
    };
  };

  it('must be asked of the engine for some time', async () => {
    const slow = engine((asked) => asked > 2);
    await expect(stillAnswers(slow)).resolves.toBe(true);
    expect(slow.times()).toBe(3);
  });

  it('must not be waited for again once it is known, until it answers', async () => {
    let isBack = false;
    const dead = engine(() => isBack);
    await expect(stillAnswers(dead)).resolves.toBe(false);
    const before = dead.times();
    await expect(stillAnswers(dead)).resolves.toBe(false);
    expect(dead.times()).toBe(before + 1);
    isBack = true;
    await expect(stillAnswers(dead)).resolves.toBe(true);
  });

  it('must be known of one that accepts questions and is silent', async () => {
    await expect(stillAnswers({ ping: () => new Promise(() => undefined) })).resolves.toBe(false);
  });

  it('must not follow from an answer that is a refusal', () => {
    expect(isUnanswered(Object.assign(new Error('no such container'), { statusCode: 404 }))).toBe(false);
    expect(isUnanswered(new TooSlow('POST /containers/x/start', 'idle', 30_000))).toBe(true);
    expect(isUnanswered(new CallFailed('GET /info', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })))).toBe(true);
  });
});
