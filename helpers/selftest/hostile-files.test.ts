import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { diffCommand } from '../cli/diff';
import { explainCommand } from '../cli/explain';
import { mergeCommand } from '../cli/merge';
import { discoverEndpoint } from '../engine/discover';
import { addressOf } from '../engine/endpoint';
import { leaving } from '../base/output';
import { readResults } from '../results/results-file';
import { sampleResults } from '../results/sample-results';
import { readWaivers } from '../run/waivers';
import { UserError } from '../base/user-error';
import { commandLine } from './command-line';
import {
  forbiddenIn,
  hostileConfigs,
  hostileContexts,
  hostileResults,
  hostileWaivers,
  metaOf,
  written,
  type HostileFile,
} from './hostile-files';

/** Milliseconds after which no command still looks at a hostile file; docs/using.md states a minute, for slow machines. */
const limit = 60_000;

let folder: string;
let said: string[];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hostile-'));
});
beforeEach(() => {
  said = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => void jest.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a person is told: the output, and the one message of an error that a person can do something about. */
async function told(action: () => unknown): Promise<{ text: string; refused: boolean }> {
  const startedAt = performance.now();
  let refusal = '';
  try {
    await action();
  } catch (error) {
    // anything else would be a stack trace
    if (!(error instanceof UserError)) throw error;
    refusal = leaving(`${error.message}\n${error.remedy}`);
    expect(refusal.split('\n')).toHaveLength(2);
    expect(refusal.length).toBeLessThan(2000);
  }
  expect(performance.now() - startedAt).toBeLessThan(limit);
  const text = `${said.join('')}${refusal}`;
  expect(forbiddenIn(text)).toEqual([]);
  expect(text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  return { text, refused: refusal !== '' };
}

function filesIn(place: string): string[] {
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(place, name))
    .filter((file) => statSync(file).isFile());
}

const cases = (files: readonly HostileFile[]) => files.map((file): [string, HostileFile] => [file.name, file]);

describe('results that somebody hands over', () => {
  it.each(cases(hostileResults))(
    'must be read or refused in one message by every command: %s',
    async (_, hostile) => {
      const place = mkdtempSync(path.join(folder, 'results-'));
      const file = written(hostile, place);
      const good = written({ name: 'good', make: JSON.stringify(sampleResults()) }, place);
      const output = path.join(place, 'merged');
      const outcomes = [
        await told(() => diffCommand(file, good, {})),
        await told(() => diffCommand(good, file, { markdown: true })),
        await told(() => diffCommand(good, file, { json: true })),
        await told(() => explainCommand(catalogue[0]?.id ?? '', { json: file, lang: 'en' })),
        await told(() => mergeCommand([file, good], { output, junitStrict: false, ctrf: true, badge: true })),
      ];
      // explain says that a file is missing; whatever is too long to be the name of a file is refused when it is written
      if (hostile.good) expect(outcomes.map(({ refused }) => refused)).toEqual([false, false, false, false, false]);
      else expect(outcomes.at(-1)?.refused).toBe(true);
      for (const it of hostile.good ? filesIn(output) : []) {
        // the page's own program has a character of its own to tell texts by
        const text = readFileSync(it, 'utf8').replace(/<script>[^]*?<\/script>/, '');
        expect(forbiddenIn(text)).toEqual([]);
      }
    },
    limit,
  );

  it('must be counted again: what a file says of itself is not believed', () => {
    const hostile = hostileResults.find(({ name }) => name === 'a summary that lies') as HostileFile;
    expect(readResults(written(hostile, folder)).summary).toEqual(sampleResults().summary);
  });

  it(
    'must not leave a link to a script, nor end a script, on the page',
    async () => {
      const output = path.join(folder, 'linked');
      const files = hostileResults
        .filter(({ name }) => name === 'a link to a script' || name === 'poison in every text')
        .map((it) => written(it, folder));
      await told(() => mergeCommand(files, { output, junitStrict: false, ctrf: false, badge: false }));
      const page = readFileSync(path.join(output, 'report.html'), 'utf8');
      expect(page).not.toMatch(/href="?javascript:/i);
      expect(page).not.toContain('<script>alert');
    },
    limit,
  );
});

describe('waivers that somebody hands over', () => {
  it.each(cases(hostileWaivers))(
    'must be taken or refused in one message: %s',
    async (_, hostile) => {
      const file = written(hostile, mkdtempSync(path.join(folder, 'waivers-')));
      expect(await told(() => readWaivers(file))).toMatchObject({ refused: !hostile.good });
    },
    limit,
  );
});

describe('the files of a docker client', () => {
  const discovered = (config: string, env: NodeJS.ProcessEnv = {}) =>
    told(async () => {
      const endpoint = await discoverEndpoint({ DOCKER_CONFIG: config, ...env }, '/nowhere/docker.sock');
      return endpoint && said.push(leaving(`${endpoint.found} ${addressOf(endpoint)}`));
    });

  it.each(cases(hostileConfigs))(
    'must be refused in one message that quotes no secret: config.json, %s',
    async (_, hostile) => {
      const config = mkdtempSync(path.join(folder, 'config-'));
      written(hostile, config, 'config.json');
      const { text, refused } = await discovered(config);
      expect(refused).toBe(true);
      expect(text).not.toMatch(/topsecret|c2VjcmV0/);
    },
    limit,
  );

  it.each(cases(hostileContexts))(
    'must be refused in one message that quotes no secret: a context, %s',
    async (_, hostile) => {
      const config = mkdtempSync(path.join(folder, 'context-'));
      written(hostile, config, metaOf('there'));
      const { text, refused } = await discovered(config, { DOCKER_CONTEXT: 'there' });
      expect(refused).toBe(true);
      expect(text).not.toMatch(/topsecret|c2VjcmV0/);
    },
    limit,
  );
});

describe('the program', () => {
  it.each<[string, string[], HostileFile[]]>([
    ['diff', ['diff'], [hostileResults.find(({ name }) => name === 'lists in lists'), hostileResults.at(-1)] as HostileFile[]],
    ['merge', ['merge'], [hostileResults.find(({ name }) => name === 'a pipe')] as HostileFile[]],
    ['run --waivers', ['run', '--waivers'], [hostileWaivers.find(({ name }) => name === 'a pipe')] as HostileFile[]],
  ])('must end %s with status 2 and one message', async (_, args, files) => {
    const place = mkdtempSync(path.join(folder, 'program-'));
    const { status, printed, complained } = await commandLine([...args, ...files.map((it) => written(it, place))]);
    expect({ status, printed }).toEqual({ status: 2, printed: '' });
    expect(complained.trim().split('\n').length).toBe(2);
    expect(forbiddenIn(complained)).toEqual([]);
  });

  it('must never print the password of an address, wherever it stands', async () => {
    const { status, printed, complained } = await commandLine(['run'], { env: { DOCKER_HOST: 'tcp://me:topsecret@127.0.0.1:2375' } });
    expect(status).toBe(3);
    expect(`${printed}${complained}`).toContain('me:…@');
    expect(`${printed}${complained}`).not.toContain('topsecret');
  });
});
