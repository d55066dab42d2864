import { describe, expect, it } from '@jest/globals';
import { engineLost } from '../world/lost';
import { TooSlow } from '../world/wrong-answer';
import { UserError } from '../base/user-error';
import { control } from './control';
import { claimedToBeGranted, lasting, mustGrant, SetUpFailed, settingUp } from './set-up';
import { Blocked, verdictOf } from './verdict';

/** What dockerode throws for an answer with an error status. */
const refusal = (status: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${status}) server error - ${message} `), { statusCode: status, json: { message } });

/** The verdict of a claim that does this. */
async function verdictAfter(action: () => unknown): Promise<ReturnType<typeof verdictOf> | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return verdictOf(error);
  }
}

const start = 'a container that the claim needs could not be started';
const crun = 'crun: controller `pids` is not available under /sys/fs/cgroup/cgroup.controllers: OCI runtime error';

describe('what the set-up of a claim needs', () => {
  it('must be blocked where an authorization plugin refuses, also what the claim says that the engine grants', async () => {
    for (const message of [
      'authorization denied by plugin site: no host mode',
      'plugin site failed with error: AuthZPlugin.AuthZReq: dial tcp 127.0.0.1:1: connect: connection refused',
    ]) {
      const refused = () => Promise.reject(refusal(403, message));
      expect(await verdictAfter(() => claimedToBeGranted(start, refused, () => Promise.resolve()))).toEqual({
        verdict: 'blocked',
        reason: `${start}: the engine answered 403, ${message}`,
      });
      expect(await verdictAfter(refused)).toMatchObject({ verdict: 'blocked', reason: expect.stringContaining(message) });
    }
  });

  it("must leave the claim blocked where the engine refuses it, with what was to be done, the status and the engine's words", async () => {
    expect(await verdictAfter(() => settingUp(start, () => Promise.reject(refusal(500, crun))))).toEqual({
      verdict: 'blocked',
      reason: `${start}: the engine answered 500, ${crun}`,
    });
    expect(await verdictAfter(() => settingUp(start, () => Promise.reject(refusal(500, ' '))))).toEqual({
      verdict: 'blocked',
      reason: `${start}: the engine answered 500 without a reason`,
    });
    expect(await settingUp(start, () => Promise.resolve('started'))).toBe('started');
  });

  it('must have one reason for all claims that the same thing blocks, whatever their containers are called', () => {
    const [one, other] = [
      `container dnc-box-5350a9fa: failed to add interface veth12ab3cd to sandbox of ${'4a'.repeat(32)}`,
      `container dnc-of-the-host-9f0e1d2c: failed to add interface vethfe98765 to sandbox of ${'b7'.repeat(32)}`,
    ].map(lasting);
    expect(one).toBe(other);
    expect(one).toBe('container …: failed to add interface … to sandbox of …');
    // what everybody sees stays
    expect(lasting('network bridge: no available IPv4 addresses on 172.17.0.0/16')).toBe(
      'network bridge: no available IPv4 addresses on 172.17.0.0/16',
    );
  });

  it('must be blocked where a lab cannot be had, and stay an error where the engine is gone or slow, or the suite is wrong', async () => {
    const lab = 'another lab could not be started';
    expect(
      await verdictAfter(() => settingUp(lab, () => Promise.reject(new UserError('dockerd ended with status 1.', 'Look into its log.')))),
    ).toEqual({ verdict: 'blocked', reason: `${lab}: dockerd ended with status 1.` });
    expect(await verdictAfter(() => settingUp(start, () => Promise.reject(new Error('socket hang up'))))).toEqual({
      verdict: 'error',
      reason: engineLost,
    });
    expect(
      await verdictAfter(() => settingUp(start, () => Promise.reject(new TooSlow('POST /containers/x/start', 'idle', 30_000)))),
    ).toEqual({ verdict: 'error', reason: 'POST /containers/x/start was not answered: not a byte came for 30 s.' });
    expect(await verdictAfter(() => settingUp(start, () => Promise.reject(new TypeError('x is undefined'))))).toEqual({
      verdict: 'error',
      reason: 'the claim cannot read what it was answered: x is undefined',
    });
    expect(await verdictAfter(() => settingUp(start, () => Promise.reject(new Blocked('needs root'))))).toEqual({
      verdict: 'blocked',
      reason: 'needs root',
    });
  });

  it('must say the same within a control', async () => {
    expect(await verdictAfter(() => control(() => settingUp(start, () => Promise.reject(refusal(500, crun)))))).toEqual({
      verdict: 'blocked',
      reason: `${start}: the engine answered 500, ${crun}`,
    });
  });

  it('must have a good answer where it is a call of the API', async () => {
    const swarm = 'a swarm that the claim needs could not be begun';
    expect(await verdictAfter(() => mustGrant(swarm, { status: 200, message: '' }))).toBeUndefined();
    expect(await verdictAfter(() => mustGrant(swarm, { status: 503, message: 'this node is locked' }))).toEqual({
      verdict: 'blocked',
      reason: `${swarm}: the engine answered 503, this node is locked`,
    });
  });
});

describe('what a claim says that the engine grants', () => {
  const refused = () => Promise.reject(refusal(400, 'no such option'));

  it('must make the claim deviate where the engine refuses it and grants the same without what is claimed', async () => {
    expect(await verdictAfter(() => claimedToBeGranted(start, refused, () => Promise.resolve()))).toMatchObject({
      verdict: 'deviates',
      reason: expect.stringMatching(/^the engine answered 400: .*no such option/),
    });
  });

  it('must leave the claim blocked where the engine refuses both, with what stands in the way of the plain one', async () => {
    const plain = () => settingUp(start, () => Promise.reject(refusal(500, crun)));
    expect(await verdictAfter(() => claimedToBeGranted(start, refused, plain))).toEqual({
      verdict: 'blocked',
      reason: `${start}: the engine answered 500, ${crun}`,
    });
  });

  it('must try nothing else where it is granted, or where no engine has answered', async () => {
    const plain = () => Promise.reject(new SetUpFailed('tried all the same'));
    expect(await claimedToBeGranted(start, () => Promise.resolve('granted'), plain)).toBe('granted');
    expect(await verdictAfter(() => claimedToBeGranted(start, () => Promise.reject(new Error('socket hang up')), plain))).toEqual({
      verdict: 'error',
      reason: engineLost,
    });
  });
});
