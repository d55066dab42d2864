import { createServer } from 'node:http';
import path from 'node:path';
import { types } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { SpecRuntime } from '../spec/spec-runtime';
import { SpecWorker } from '../spec/spec-worker';
import type { NetworkObject } from '../engine/client';
import { connect } from '../engine/connect';
import type { RunContext } from '../claim/context';
import { cleanUp, engineAnswers, listening, temporaryDirectory } from '../selftest/fake-engine';
import { contextWith } from '../selftest/samples';
import { EngineHost } from '../vantage/host';
import { summariseMutants, writeMutants } from '.';

afterAll(cleanUp);

const bridge = {
  Id: 'b'.repeat(64),
  Name: 'bridge',
  Driver: 'bridge',
  Scope: 'local',
  Containers: { nginx: { Name: 'nginx', IPv4Address: '172.17.0.2/16' } },
};

/** Any claim that needs no containers; what it says does not matter here. */
const { id } = catalogue.find(({ topology }) => topology === undefined) ?? { id: '' };

/** Judges a claim as a run does, on an engine that has one network. */
async function judge(body: (runtime: SpecRuntime) => Promise<unknown>, features: Partial<RunContext>): Promise<RunContext> {
  const server = createServer((request, response) => {
    if (request.url?.includes('/networks/bridge')) response.setHeader('Content-Type', 'application/json').end(JSON.stringify(bridge));
    else engineAnswers(request, response);
  });
  const socket = path.join(temporaryDirectory(), 'e.sock');
  await listening(server, socket);
  const { docker } = await connect({ kind: 'unix', path: socket, found: 'a test' });
  const context = contextWith({ directory: temporaryDirectory(), selected: [id], ...features });
  const worker = new SpecWorker({ context, docker, host: new EngineHost(context.host, docker) });
  let check = () => Promise.resolve();
  const register = (_: string, registered: () => Promise<void>) => void (check = registered);
  const test = Object.assign(register, { concurrent: register, skip: () => undefined });
  const runtime = new SpecRuntime({ test, expect }, worker);
  runtime.claim(id, () => body(runtime));
  await check();
  return context;
}

/** What is said of the mutants of a claim that is judged in this way. */
async function mutantsOf(body: (network: NetworkObject) => void) {
  const file = path.join(temporaryDirectory(), 'mutants.json');
  const { directory, engine } = await judge(async ({ engine: asked }) => body(await asked.network('bridge')), {
    wishes: { mutants: file },
  });
  writeMutants(file, engine, directory);
  return summariseMutants(file);
}

describe('a run for mutants', () => {
  it('must find what survives in a claim that is too weak: it lets any address pass', async () => {
    const { survivors, counts } = await mutantsOf(({ Driver, Containers }) => {
      expect(Driver).toBe('bridge');
      expect(Containers?.['nginx']?.IPv4Address).toEqual(expect.stringContaining('/16'));
    });
    expect(survivors.map(({ claim, call, path: field, kind, to }) => ({ claim, call, field, kind, to }))).toEqual([
      { claim: id, call: 'GET /networks/bridge', field: 'Containers.nginx.IPv4Address', kind: 'other-address', to: '"192.0.2.77/16"' },
    ]);
    expect(counts).toMatchObject({ claims: 1, fields: 2, mutants: 9, survived: 1 });
  });

  it('must find nothing in the same claim once it says which address', async () => {
    const { survivors, counts } = await mutantsOf(({ Containers }) => expect(Containers?.['nginx']?.IPv4Address).toBe('172.17.0.2/16'));
    expect(survivors).toEqual([]);
    expect(counts).toMatchObject({ mutants: 6, killed: 6, killedByError: 0 });
  });
});

describe('a run without mutants', () => {
  it('must give claims the answers themselves', async () => {
    const watched: boolean[] = [];
    await judge(async ({ engine }) => watched.push(types.isProxy(await engine.network('bridge'))), {});
    expect(watched).toEqual([false]);
  });
});
