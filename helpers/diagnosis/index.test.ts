import { describe, expect, test } from '@jest/globals';
import { refused } from '../selftest/diagnosis-refusals';
import { ids } from '../selftest/diagnosis-recordings';
import { World } from '../selftest/diagnosis-world';
import { fetchFrom } from '../vantage/fetch';
import { FailureTracer } from '.';

const tracer = (world = new World()) => new FailureTracer(world.surroundings);
const refusal = (message: string) => Object.assign(new Error(message), { statusCode: 500 });

/** What a matcher throws about a probe of nginx02 by nginx01. */
async function failedProbe(world: World, by?: { id: string; token: string }) {
  const outcome = await fetchFrom(world.inside('nginx01'), 'http://172.17.0.3:80');
  return Object.assign(new Error('expected: reached'), { matcherResult: { judged: { outcome, ...(by && { by }) } } });
}

const nginx02 = { id: ids.nginx02, token: 'nginx02' };

describe('a failed probe', () => {
  test('is traced to its cause', async () => {
    const world = new World();
    world.container('nginx02').State = 'paused';
    expect(await tracer(world).causeOf(await failedProbe(world, nginx02))).toMatchObject({ code: 'target.paused' });
    expect(await tracer(world).causeOf(await failedProbe(world))).toMatchObject({ code: 'target.paused' });
  });

  test('one diagnosis serves all claims: what was found once is recognised', async () => {
    const world = new World();
    world.container('nginx02').State = 'paused';
    const one = tracer(world);
    expect(await one.causeOf(await failedProbe(world, nginx02))).toBe(await one.causeOf(await failedProbe(world, nginx02)));
  });

  test('that the right server answered is no matter of the network; a stranger that answered is', async () => {
    const world = new World();
    world.curl = [
      {
        exitCode: 0,
        stdout: '<html>\n--conformance-transfer-- 500 172.17.0.3\nnginx02\n--conformance-transfer-- 200 172.17.0.3\n',
        stderr: '',
      },
    ];
    expect(await tracer(world).causeOf(await failedProbe(world, nginx02))).toBeUndefined();
    expect(await tracer(world).causeOf(await failedProbe(world, { id: ids.nginx02, token: 'another' }))).toMatchObject({ code: 'unknown' });
    expect(await tracer(world).causeOf(await failedProbe(world))).toMatchObject({ code: 'unknown' });
  });

  test('an outcome that no probe gave cannot be traced', async () => {
    expect(await tracer().causeOf({ matcherResult: { judged: { outcome: { kind: 'refused', detail: '' } } } })).toBeUndefined();
  });
});

describe('a refusal of the engine', () => {
  test('names its own cause, and is the evidence', async () => {
    const message = refused['a port that another container publishes']['docker-28.5.2'];
    expect(await tracer().causeOf(refusal(message))).toEqual({
      code: 'port.allocated-to-a-container',
      summary: 'another container of this engine publishes the port already',
      remedy: 'docker ps --filter publish=PORT  # who has it',
      evidence: [{ atMs: 0, durationMs: 0, kind: 'api', where: 'engine', what: 'its answer', answer: message }],
    });
  });

  test('to run anything in a container that is paused', async () => {
    const message =
      'a command could not be run in a container: the engine answered 409, Container … is paused, unpause the container before exec';
    expect(await tracer().causeOf(refusal(message))).toMatchObject({ code: 'source.paused' });
  });

  test('that nobody has heard of has none, and so has an error of the suite in the same words', async () => {
    expect(await tracer().causeOf(refusal('something new'))).toBeUndefined();
    expect(await tracer().causeOf(new Error('port is already allocated'))).toBeUndefined();
  });
});

describe('a container without an address', () => {
  const missing = (world: World, unaddressable: string = ids.nginx02) =>
    tracer(world).causeOf(Object.assign(new Error('nginx02 has no address'), { unaddressable }));

  test('because it does not run', async () => {
    const world = new World();
    Object.assign(world.container('nginx02'), { State: 'exited', Pid: 0, NetworkSettings: { Networks: { bridge: { IPAddress: '' } } } });
    expect(await missing(world)).toMatchObject({ code: 'target.not-running', summary: 'nginx02 does not run: it is exited with status 0' });
    expect(world.ran).toEqual([]);
  });

  test('because the engine has no default bridge', async () => {
    const world = new World();
    delete world.networks['bridge'];
    world.container('nginx02').NetworkSettings.Networks = { bridge: { IPAddress: '' } };
    expect(await missing(world)).toMatchObject({ code: 'engine.no-default-bridge' });
  });

  test('because it is in other networks than that in which it is looked for', async () => {
    const thrown = Object.assign(new Error('nginx02 has no endpoint in the network shared, only in: bridge'), {
      unaddressable: ids.nginx02,
    });
    expect(await tracer().causeOf(thrown)).toMatchObject({
      code: 'target.not-in-a-network',
      summary: 'nginx02 is not in the network shared, only in bridge: somebody disconnected it',
      remedy: 'docker network connect shared nginx02-1',
    });
  });

  test('is not said to have been disconnected where its mode is to be in no network', async () => {
    const world = new World();
    world.container('nginx02').HostConfig.NetworkMode = 'host';
    const thrown = Object.assign(new Error('nginx02 has no endpoint in the network shared, only in: host'), { unaddressable: ids.nginx02 });
    expect(await tracer(world).causeOf(thrown)).toBeUndefined();
  });

  test('for a reason that the engine does not tell, or that nobody knows any more', async () => {
    expect(await missing(new World())).toBeUndefined();
    expect(await missing(new World(), 'gone')).toBeUndefined();
  });
});

describe('it never throws', () => {
  test.each([
    [undefined],
    [null],
    ['a string'],
    [42],
    [new Error('expected 3, got 4')],
    [{ matcherResult: {} }],
    [{ matcherResult: { judged: undefined } }],
  ])('nothing to trace: %p', async (thrown) => {
    expect(await tracer().causeOf(thrown)).toBeUndefined();
  });

  test('not even where the engine is gone', async () => {
    const world = new World();
    const thrown = await failedProbe(world, nginx02);
    const { surroundings } = world;
    const gone = new FailureTracer({
      ...surroundings,
      docker: { listContainers: () => Promise.reject(new Error('connect ENOENT')) } as never,
    });
    expect(await gone.causeOf(thrown)).toBeUndefined();
    expect(await gone.causeOf({ unaddressable: ids.nginx02 })).toBeUndefined();
  });
});
