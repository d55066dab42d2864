import { createServer } from 'node:http';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type Dockerode from 'dockerode';
import { recording } from '../world/evidence';
import { Blocked, Deviation } from '../claim/verdict';
import { cleanUp, engineAnswers, listening, temporaryDirectory } from '../selftest/fake-engine';
import { call, Engine } from './client';
import { connect } from './connect';
import { engineEvents } from './events';

afterAll(cleanUp);

/**
 * An engine that gives these answers to GET requests of these paths, as text or as JSON, and 404 to others.
 * @param refusals answers with another status; a path that ends in "?" stands for requests with a query
 */
async function engineWithAnswers(
  answers: Record<string, unknown>,
  refusals: Record<string, { status: number; message: string }> = {},
): Promise<{ docker: Dockerode; asked: URL[] }> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://engine');
    asked.push(url);
    const answer = answers[url.pathname];
    const refusal = refusals[url.pathname + (url.search ? '?' : '')];
    if (url.pathname === '/_ping' || url.pathname === '/version') engineAnswers(request, response);
    else if (refusal) response.writeHead(refusal.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(refusal));
    else if (answer === undefined) response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"message":"not found"}');
    else if (typeof answer === 'string') response.end(answer);
    else response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
  });
  const socket = path.join(temporaryDirectory(), 'e.sock');
  await listening(server, socket);
  const { docker } = await connect({ kind: 'unix', path: socket, found: 'a test' });
  return { docker, asked };
}

const bridge = { Id: 'b', Name: 'bridge', Driver: 'bridge', Scope: 'local' };
const event = (container: string, network = 'b') =>
  `${JSON.stringify({ Type: 'network', Action: 'disconnect', Actor: { ID: network, Attributes: { container } } })}\n`;

describe('what happened on an engine', () => {
  it('must be asked for as a window that has ended, so that the answer does too', async () => {
    const { docker, asked } = await engineWithAnswers({ '/events': event('one') + event('two') });
    const since = new Date(Date.now() - 1234);
    const events = await engineEvents(docker, since, { type: ['network'] });
    expect(events.map(({ Actor }) => Actor.Attributes['container'])).toEqual(['one', 'two']);
    const query = asked.at(-1)?.searchParams;
    expect(Number(query?.get('since'))).toBeCloseTo(since.getTime() / 1000, 3);
    expect(Number(query?.get('until'))).toBeLessThanOrEqual(Date.now() / 1000);
    expect(JSON.parse(query?.get('filters') ?? '')).toEqual({ type: ['network'] });
  });

  it('must be nothing where nothing happened', async () => {
    const { docker } = await engineWithAnswers({ '/events': '' });
    expect(await engineEvents(docker, new Date(), { type: ['network'] })).toEqual([]);
  });
});

describe('a call to the engine', () => {
  it('must be evidence with its answer, also when that is a refusal, which is passed on', async () => {
    const entries = await recording(
      async () => {
        expect(await call('GET /networks', () => Promise.resolve([1]))).toEqual([1]);
        await call('GET /none', () => Promise.reject(Object.assign(new Error('not found'), { statusCode: 404 })));
      },
      (error) => expect(error).toMatchObject({ statusCode: 404 }),
    );
    expect(entries.map(({ kind, what, answer }) => ({ kind, what, answer }))).toEqual([
      { kind: 'api', what: 'GET /networks', answer: '[1]' },
      { kind: 'api', what: 'GET /none', answer: 'not found' },
    ]);
  });
});

describe('a claim that holds when nothing else is started', () => {
  const own = [{ id: 'own', createdAt: Date.now() }];

  it('must be judged where its own containers alone left the network, whatever happened on others', async () => {
    const { docker } = await engineWithAnswers({ '/networks/bridge': bridge, '/events': event('own') + event('elsewhere', 'another') });
    await expect(new Engine(docker).mustHaveBeenQuiet('bridge', own)).resolves.toBeUndefined();
  });

  it('must be blocked where somebody else left, and name them once', async () => {
    const { docker } = await engineWithAnswers({ '/networks/bridge': bridge, '/events': event('own') + event('theirs') + event('theirs') });
    const judging = new Engine(docker).mustHaveBeenQuiet('bridge', own);
    await expect(judging).rejects.toThrow(Blocked);
    await expect(judging).rejects.toThrow(/at the same time: theirs$/);
  });
});

describe('the questions that specs ask', () => {
  it('must find the members of a network from both sides, sorted', async () => {
    const { docker } = await engineWithAnswers({
      '/networks/bridge': { ...bridge, Containers: { z: {}, a: {} } },
      '/containers/json': [{ Id: 'z' }, { Id: 'a' }],
    });
    expect(await new Engine(docker).membersOf('bridge')).toEqual({ listedIds: ['a', 'z'], attachedIds: ['a', 'z'] });
  });

  it('must find no members where the engine lists none, and no drivers where it names none', async () => {
    const { docker } = await engineWithAnswers({
      '/networks/bridge': bridge,
      '/containers/json': [],
      '/info': { Plugins: { Network: null } },
    });
    expect(await new Engine(docker).membersOf('bridge')).toEqual({ listedIds: [], attachedIds: [] });
    expect(await new Engine(docker).networkDrivers()).toEqual([]);
  });

  const host = { linkWith: (address: string) => Promise.resolve(`link of ${address}`) };

  it('must take the bridge that a network names, else the link that has the address of its gateway', async () => {
    const named = await engineWithAnswers({
      '/networks/bridge': {
        ...bridge,
        Options: { 'com.docker.network.bridge.name': 'docker0' },
        IPAM: { Config: [{ Gateway: '172.17.0.1' }] },
      },
    });
    expect(await new Engine(named.docker).bridgeInterface('bridge', host)).toBe('docker0');
    const unnamed = await engineWithAnswers({
      '/networks/bridge': { ...bridge, Options: {}, IPAM: { Config: [{}, { Gateway: '10.88.0.1' }] } },
    });
    expect(await new Engine(unnamed.docker).bridgeInterface('bridge', host)).toBe('link of 10.88.0.1');
  });

  it('must find a deviation where a bridge network does not say which link it is', async () => {
    const { docker } = await engineWithAnswers({ '/networks/bridge': { ...bridge, Options: null } });
    await expect(new Engine(docker).bridgeInterface('bridge', host)).rejects.toThrow(Deviation);
  });

  it('must take what the engine calls its own networks, and names that are reserved where it knows no such filter', async () => {
    const own = await engineWithAnswers({ '/networks': [{ Id: 'o', Name: 'own' }] });
    expect(await new Engine(own.docker).builtinNetworks()).toEqual([{ Id: 'o', Name: 'own' }]);
    const without = await engineWithAnswers(
      {
        '/networks': [
          { Id: 'b', Name: 'bridge' },
          { Id: 's', Name: 'somebodys' },
        ],
      },
      { '/networks?': { status: 500, message: 'invalid filter "type"' } },
    );
    expect(await new Engine(without.docker).builtinNetworks()).toEqual([{ Id: 'b', Name: 'bridge' }]);
  });

  it('must tell a network that is not there from one that cannot be asked for', async () => {
    const { docker } = await engineWithAnswers({}, { '/networks/broken': { status: 500, message: 'no' } });
    expect(await new Engine(docker).networkIfAny('host')).toBeUndefined();
    await expect(new Engine(docker).networkIfAny('broken')).rejects.toMatchObject({ statusCode: 500 });
  });

  it('must pass the refusal of the engine on, with its status', async () => {
    const { docker } = await engineWithAnswers({});
    await expect(new Engine(docker).network('bridge')).rejects.toMatchObject({ statusCode: 404 });
  });
});
