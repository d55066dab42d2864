import { describe, expect, it } from '@jest/globals';
import '../jest/matchers';
import { engineLost } from '../world/lost';
import { fetchFrom } from '../vantage/fetch';
import type { Outcome } from './outcome';
import { ProbeBroken, type VantagePoint } from '../world/vantage-point';
import { Blocked, Deviation, KernelLacks, verdictOf } from './verdict';

function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('what a claim throws', () => {
  it("must be a deviation when an assertion failed, of Jest's own and of the suite's", () => {
    const refused: Outcome = { kind: 'refused', detail: 'Connection refused' };
    expect(verdictOf(thrownBy(() => expect(1).toBe(2)))).toMatchObject({
      verdict: 'deviates',
      reason: expect.stringContaining('Expected: 2'),
    });
    expect(verdictOf(thrownBy(() => expect(refused).toBeOutcome('timed-out')))).toEqual({
      verdict: 'deviates',
      reason: 'expected: timed-out\nactual:   refused: Connection refused',
    });
    expect(verdictOf(thrownBy(() => expect([1]).toEqual([2])))).toMatchObject({ verdict: 'deviates' });
  });

  it('must be a deviation when the engine says no, with its status', () => {
    expect(verdictOf(Object.assign(new Error('no such network'), { statusCode: 404 }))).toEqual({
      verdict: 'deviates',
      reason: 'the engine answered 404: no such network',
    });
  });

  it('must be a deviation when a topology finds one', () => {
    expect(verdictOf(new Deviation('nginx does not listen'))).toEqual({ verdict: 'deviates', reason: 'nginx does not listen' });
  });

  it('must say in a field that the kernel lacks what the claim is about', () => {
    expect(verdictOf(new KernelLacks('this kernel has no IPVS (module ip_vs)'))).toEqual({
      verdict: 'blocked',
      reason: 'this kernel has no IPVS (module ip_vs)',
      lacks: 'kernel',
    });
    expect(verdictOf(new Blocked('this kernel is busy'))).not.toHaveProperty('lacks');
  });

  it('must be blocked when the claim found out that it cannot judge', () => {
    expect(verdictOf(new Blocked('others use the engine'))).toEqual({ verdict: 'blocked', reason: 'others use the engine' });
  });

  it('must be an error when a probe could not look, the engine is gone, or the spec is wrong', () => {
    expect(verdictOf(new ProbeBroken('no curl'))).toEqual({ verdict: 'error', reason: 'ProbeBroken: no curl' });
    expect(verdictOf(Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' }))).toEqual({
      verdict: 'error',
      reason: 'Error: connect ENOENT',
    });
    expect(verdictOf(new TypeError('x is undefined'))).toEqual({
      verdict: 'error',
      reason: 'the claim cannot read what it was answered: x is undefined',
    });
  });

  it('must never be a pass, and always have a reason, whatever it is', () => {
    for (const odd of ['a text', 7, {}, null, undefined, new Error('')]) {
      expect(verdictOf(odd)).toMatchObject({ verdict: 'error', reason: expect.stringMatching(/./) });
    }
  });

  it('must have the name and the text of what was thrown', () => {
    expect(verdictOf('a text').reason).toBe('error: a text');
    expect(verdictOf(new Error('  some words\n')).reason).toBe('Error: some words');
  });

  it('must be an error of the run when the engine was lost, whatever noticed it', () => {
    expect(
      verdictOf(Object.assign(new Error('connect ECONNREFUSED /run/docker.sock'), { code: 'ECONNREFUSED', name: 'Deviation' })),
    ).toEqual({ verdict: 'error', reason: engineLost });
    expect(verdictOf(new Error('socket hang up'), false)).toEqual({
      verdict: 'error',
      reason: 'the engine did not answer one call, and answers others: socket hang up',
    });
  });

  it('must say from where to where the probe went that an assertion is about', async () => {
    const from: VantagePoint = {
      name: 'nginx01',
      exec: () => Promise.resolve({ exitCode: 7, stdout: '', stderr: '* connect to 172.17.0.3 port 80 failed: Connection refused' }),
    };
    const outcome = await fetchFrom(from, 'http://172.17.0.3:80');
    expect(verdictOf(thrownBy(() => expect(outcome).toBeOutcome('timed-out'))).reason).toMatch(
      /\nprobe: {4}nginx01 -> http:\/\/172\.17\.0\.3:80$/,
    );
  });

  it('must be told without colours', () => {
    const { reason } = verdictOf(
      Object.assign(new Error('\u001b[2mexpect(\u001b[22m\u001b[31mreceived\u001b[39m\u001b[2m)\u001b[22m'), { matcherResult: {} }),
    );
    expect(reason).toBe('expect(received)');
  });
});
