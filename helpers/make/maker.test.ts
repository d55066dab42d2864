import { createServer } from 'node:http';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { verdictOf } from '../claim/verdict';
import { connect } from '../engine/connect';
import { cleanUp, engineAnswers, listening, temporaryDirectory } from '../selftest/fake-engine';
import { contextWith } from '../selftest/samples';
import { EngineHost } from '../vantage/host';
import { asking } from './ask';
import { Lifetime, within } from './lifetime';
import { Maker } from './maker';

afterAll(cleanUp);

/** A call that the engine refuses: its method and path, and what is in the body of those that it refuses. */
interface Refused {
  call: RegExp;
  asks?: string;
  status: number;
  message: string;
}

/** A maker on an engine that grants all but this, and the calls that change something there. */
async function makerOn(...refusals: Refused[]): Promise<{ make: Maker; calls: string[] }> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const call = `${request.method} ${request.url?.replace(/^\/v[\d.]+/, '')}`;
    if (request.method === 'GET') {
      engineAnswers(request, response);
      return;
    }
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      calls.push(call.replace(/\?.*/, ''));
      const refusal = refusals.find((it) => it.call.test(call) && body.includes(it.asks ?? ''));
      response.statusCode = refusal?.status ?? (call.endsWith('/start') ? 204 : 201);
      response
        .setHeader('Content-Type', 'application/json')
        .end(response.statusCode === 204 ? undefined : JSON.stringify(refusal ? { message: refusal.message } : { Id: 'a'.repeat(64) }));
    });
  });
  const socket = path.join(temporaryDirectory(), 'e.sock');
  await listening(server, socket);
  const { docker } = await connect({ kind: 'unix', path: socket, found: 'a test' });
  const context = contextWith({ directory: temporaryDirectory() });
  return { make: new Maker({ context, docker, host: new EngineHost(context.host, docker) }, asking(docker)), calls };
}

/** What a claim comes to that makes this. */
const verdictOn = async (make: (maker: Maker) => Promise<unknown>, ...refusals: Refused[]) => {
  const { make: maker, calls } = await makerOn(...refusals);
  const verdict = await within(new Lifetime(), () => make(maker)).then(() => undefined, verdictOf);
  return { ...verdict, calls };
};

const noPids = { status: 500, message: 'crun: the controller pids is not available' };
const everyStart = { call: /\/start$/, ...noPids };
const internalOnes = { call: /^POST \/networks\/create/, asks: '"Internal":true', status: 501, message: 'not implemented' };

describe('what a claim makes', () => {
  it('must leave it blocked where the engine makes no network, no container or starts none', async () => {
    const cases = [
      [/^POST \/networks\/create/, (make: Maker) => make.network(), 'a network that the claim needs could not be created'],
      [/^POST \/networks\/create/, (make: Maker) => make.networkOfPools(), 'a network that the claim needs could not be created'],
      [/^POST \/containers\/create/, (make: Maker) => make.container(), 'a container that the claim needs could not be created'],
      [/\/start$/, (make: Maker) => make.container(), 'a container that the claim needs could not be started'],
      [/\/start$/, (make: Maker) => make.server(), 'a container that the claim needs could not be started'],
    ] as const;
    for (const [call, made, what] of cases)
      expect(await verdictOn(made, { call, ...noPids })).toMatchObject({
        verdict: 'blocked',
        reason: `${what}: the engine answered 500, ${noPids.message}`,
      });
  });

  it('must leave it blocked where a container cannot be brought into a network, or out of it', async () => {
    const connected = (make: Maker) => make.network().then((net) => net.connect('box'));
    expect(await verdictOn(connected, { call: /\/connect$/, status: 403, message: 'no' })).toMatchObject({
      verdict: 'blocked',
      reason: 'a container that the claim needs could not be connected to a network: the engine answered 403, no',
    });
    const left = (make: Maker) => make.network().then((net) => net.disconnect('box'));
    expect(await verdictOn(left, { call: /\/disconnect$/, status: 403, message: 'no' })).toMatchObject({
      verdict: 'blocked',
      reason: expect.stringContaining('disconnected from a network'),
    });
  });

  it('must leave it blocked where the engine grants what is claimed of it as little as anything else', async () => {
    expect(await verdictOn((make) => make.claimed.container({ HostConfig: { NetworkMode: 'none' } }), everyStart)).toMatchObject({
      verdict: 'blocked',
      reason: expect.stringContaining(noPids.message),
    });
    const exhausted = { call: /^POST \/networks\/create/, status: 400, message: 'all predefined address pools have been fully subnetted' };
    expect(await verdictOn((make) => make.claimed.network({ Internal: true }), exhausted)).toMatchObject({
      verdict: 'blocked',
      reason: expect.stringContaining(exhausted.message),
    });
  });
});

describe('what a claim says that the engine makes', () => {
  it('must make it deviate where the engine refuses just that', async () => {
    expect(await verdictOn((make) => make.claimed.network({ Internal: true }), internalOnes)).toMatchObject({
      verdict: 'deviates',
      reason: expect.stringMatching(/^the engine answered 501: creating the network .*: not implemented$/),
    });
    const withSysctls = { call: /^POST \/containers\/create/, asks: 'Sysctls', status: 400, message: 'no sysctls' };
    expect(await verdictOn((make) => make.claimed.container({ HostConfig: { Sysctls: {} } }), withSysctls)).toMatchObject({
      verdict: 'deviates',
      reason: expect.stringContaining('no sysctls'),
    });
  });

  it('must make it deviate where its network takes no container', async () => {
    const connected = (make: Maker) => make.claimed.network().then((net) => net.connect('box'));
    expect(await verdictOn(connected, { call: /\/connect$/, status: 403, message: 'no' })).toMatchObject({
      verdict: 'deviates',
      reason: expect.stringMatching(/^the engine answered 403: connecting box/),
    });
  });

  it('must cost nothing more where it is granted', async () => {
    expect(await verdictOn((make) => make.claimed.container())).toEqual({
      calls: ['POST /containers/create', `POST /containers/${'a'.repeat(64)}/start`],
    });
  });
});
