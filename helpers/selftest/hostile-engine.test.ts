import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from '../engine/connect';
import { gatherFacts } from '../engine/facts';
import { explainedCall } from '../world/wrong-answer';
import { timeFactorVariable } from '../base/pace';
import { countHost } from '../run/host-count';
import { ownObjects, removeObjects, type OwnObject } from '../run/objects';
import { othersActivity } from '../run/others-activity';
import { UserError } from '../base/user-error';
import type { EngineHost } from '../vantage/host';
import { commandLine } from './command-line';
import { temporaryDirectory } from './fake-engine';
import { cleanUp, hostileCases, hostileEngine } from './hostile-engine';

afterAll(cleanUp);

/** All limits are a twentieth of the documented ones: the longest is 3 s then. */
const hurried = '0.05';
beforeEach(() => void (process.env[timeFactorVariable] = hurried));
afterEach(() => void Reflect.deleteProperty(process.env, timeFactorVariable));

const host = { exec: () => Promise.resolve({ exitCode: 0, stdout: '', stderr: '' }) } as unknown as EngineHost;

/** Everything that a run asks an engine before and after its claims. */
async function askAll(socketPath: string): Promise<OwnObject[]> {
  const connection = await connect({ kind: 'unix', path: socketPath, found: 'a test' }, { timeout: 20_000 });
  const { docker } = connection;
  try {
    const own = await ownObjects(docker);
    await removeObjects(docker, own);
    await gatherFacts(docker);
    await countHost(docker, host, 'r1', 'docker');
    await othersActivity(docker, new Date(), 'r1');
    return own;
  } finally {
    await connection.close();
  }
}

// what a terminal acts on: control characters, and marks that turn the direction of writing
// eslint-disable-next-line no-control-regex -- they are what is looked for
const actedOn = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe('an engine that answers wrongly', () => {
  it('does so in more ways than thirty', () => {
    expect(hostileCases.length).toBeGreaterThan(30);
    expect(new Set(hostileCases.map(({ title }) => title)).size).toBe(hostileCases.length);
  });

  it.each(hostileCases.filter(({ ends }) => ends).map((it) => [it.title, it] as const))(
    'must be one sentence that names the call: %s',
    async (_, hostile) => {
      const { socketPath, asked } = await hostileEngine(hostile);
      const startedAt = performance.now();
      const error: unknown = await askAll(socketPath).then(
        () => undefined,
        (thrown: unknown) => explainedCall(thrown) ?? thrown,
      );
      expect(error).toBeInstanceOf(UserError);
      const { message, remedy } = error as UserError;
      expect(message).toMatch(hostile.ends ?? /$^/);
      expect(message).toMatch(/\bGET \/[a-z_]/);
      expect(message).not.toMatch(actedOn);
      expect(message).not.toMatch(/\n/);
      expect(message.length).toBeLessThan(500);
      expect(remedy).not.toBe('');
      expect(asked.filter((call) => !call.startsWith('GET '))).toEqual([]);
      expect(performance.now() - startedAt).toBeLessThan(20_000);
    },
  );

  it.each(hostileCases.filter(({ ends }) => !ends).map((it) => [it.title, it] as const))(
    'must be borne, and make nothing the run’s own that is not: %s',
    async (_, hostile) => {
      const { socketPath, asked } = await hostileEngine(hostile);
      expect(await askAll(socketPath)).toEqual([]);
      expect(asked.filter((call) => !call.startsWith('GET '))).toEqual([]);
    },
  );
});

describe('the program, before an engine that answers wrongly', () => {
  it.each([
    ['null for a list of containers', ['clean']],
    ['403 from a socket proxy', ['engines']],
    ['a byte now and then', ['engines']],
    ['a page with status 200', ['engines']],
    ['500 with a page', ['run', '--area', 'document']],
    ['500 in words that move a cursor and command a CI system', ['run', '--area', 'document']],
    ['a million networks', ['run', '--claim', 'models.network-ls-shows-the-default-networks']],
    ['a subnet that is none', ['run', '--area', 'document']],
    ['a version of the API that is none', ['run', '--area', 'document']],
  ])(
    'must end in one sentence that names the call, and within the limits: %s, %j',
    async (title, args) => {
      const hostile = hostileCases.find((it) => it.title === title);
      if (!hostile) throw new Error(`there is no case "${title}"`);
      const { socketPath } = await hostileEngine(hostile);
      const TMPDIR = path.join(temporaryDirectory(), 't');
      mkdirSync(TMPDIR);
      const ended = await commandLine(args, {
        env: { DOCKER_HOST: `unix://${socketPath}`, TMPDIR, [timeFactorVariable]: hurried },
        timeout: 100_000,
      });
      const said = ended.printed + ended.complained;
      expect(said).toMatch(/\bGET \/[a-z_]/);
      expect(said).toMatch(hostile.ends ?? /$^/);
      expect(said).not.toMatch(/The suite itself failed|^ +at .*:\d+|TypeError|undefined/m);
      expect(said).not.toMatch(actedOn);
      expect(said).not.toMatch(/^\s*::|##\[/m);
      expect(ended.status).toBe(args[0] === 'engines' ? 0 : 3);
      expect(ended.durationMs).toBeLessThan(60_000);
    },
    120_000,
  );
});
