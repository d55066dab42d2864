import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimsOfShard } from '../../run/shard';
import { scaledLimit } from '../../base/pace';
import { run } from '../../base/process';
import type { ClaimResult } from '../../results/results';
import { sampleResults } from '../../results/sample-results';
import { projectRoot } from '../../base/project';
import { textOf } from '../ci-files';
import { ownEnvironment } from '../command-line';
import { anchorsOf, commandsIn, documents } from '../documents';
import { documentedCommands } from '../documented-commands';

/** Milliseconds for the slowest of the commands, which is to find out which engines can be had. */
const commandTimeLimit = scaledLimit(60_000);

/** The same claim of an earlier run, in which nothing was wrong. */
function conforms(claim: ClaimResult): ClaimResult {
  const then: ClaimResult = { ...claim, verdict: 'conforms' };
  delete then.reason;
  delete then.cause;
  return then;
}

describe('the README', () => {
  it('must be read in some minutes', () => {
    expect(statSync(path.join(projectRoot, 'README.md')).size).toBeLessThanOrEqual(10_000);
  });
});

describe('links', () => {
  it.each([...documents, 'docs/claims.md'])('must lead somewhere: %s', (file) => {
    const links = [
      ...textOf(file)
        .replaceAll(/^```.*?^```$/gms, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ]
      .map(([, to = '']) => to)
      .filter((to) => !/^[a-z]+:/.test(to));
    const broken = links.filter((to) => {
      const [name = '', anchor] = to.split('#');
      const target = name === '' ? file : path.join(path.dirname(file), name);
      if (!existsSync(path.join(projectRoot, target))) return true;
      return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('must lead from the README to every document', () => {
    const readme = textOf('README.md');
    expect(documents.filter((file) => file !== 'README.md' && !readme.includes(`](${file}`))).toEqual([]);
  });
});

describe('the architecture', () => {
  it('must have a line for each folder, in the order that lint keeps', () => {
    const [, list = ''] = /const layers = \[([^\]]*)\]/.exec(textOf('.dependency-cruiser.cjs')) ?? [];
    const layers = [...list.matchAll(/'([^']+)'/g)].map(([, folder]) => folder);
    const lines = [...textOf('docs/architecture.md').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, folder]) => folder);
    expect(lines).toEqual(layers.reverse());
    expect(lines.length).toBeGreaterThan(10);
  });
});

describe('commands in documents', () => {
  const shown = [...new Set(documents.flatMap(commandsIn))];

  it('must all be run, or say why not, and nothing else may be listed', () => {
    expect(Object.keys(documentedCommands).sort()).toEqual([...shown].sort());
  });

  it('must be had in a checkout as in the package: what npx runs there is in both', () => {
    const { bin, files } = JSON.parse(textOf('package.json')) as { bin: Record<string, string>; files: string[] };
    expect(
      Object.values(bin).filter((file) => !files.includes(file) || (statSync(path.join(projectRoot, file)).mode & 0o111) === 0),
    ).toEqual([]);
  });

  it('must be run by the step of .ci/run that is named', () => {
    const script = textOf('.ci/run');
    const bodies = new Map([...script.matchAll(/^(\w+)\(\) \{\n(.*?)^\}$/gms)].map(([, name = '', body = '']) => [name, body]));
    for (const treatment of Object.values(documentedCommands)) {
      if (!('ci' in treatment)) continue;
      for (const [step, words] of Object.entries(treatment.ci)) {
        expect(script).toMatch(new RegExp(`^ *step \\d+ ${step}$`, 'm'));
        for (const it of [words].flat()) expect(bodies.get(step)).toContain(it);
      }
    }
  });

  it('must name tests that there are, where another one does the work', () => {
    const reasons = Object.values(documentedCommands).flatMap((treatment) => ('not' in treatment ? [treatment.not] : []));
    const tests = reasons.flatMap((reason) => reason.match(/helpers\/[\w/.-]*\w/g) ?? []);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((test) => !existsSync(path.join(projectRoot, test)))).toEqual([]);
    const steps = reasons.flatMap((reason) =>
      [...reason.matchAll(/step "([^"]+)" of \.ci\/run/g)].map(([, step = '']) => step.replaceAll(' ', '_')),
    );
    expect(steps.filter((step) => !textOf('.ci/run').includes(`${step}() {`))).toEqual([]);
  });

  describe('where results lie', () => {
    let folder: string;

    beforeAll(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'documented-'));
      const write = (name: string, content: unknown) => {
        mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        writeFileSync(path.join(folder, name), JSON.stringify(content));
      };
      const sample = sampleResults();
      // as one who has the suite among the devDependencies
      mkdirSync(path.join(folder, 'node_modules/.bin'), { recursive: true });
      symlinkSync(path.join(projectRoot, 'helpers/bin.cjs'), path.join(folder, 'node_modules/.bin/docker-network-conformance'));
      mkdirSync(path.join(folder, '.cache/docker-network-conformance'), { recursive: true });
      write('package.json', { name: 'a-user', private: true });
      write('reports/results.json', sample);
      const conforming = sample.claims.filter(({ evidence }) => evidence.length > 0).map(conforms);
      write('before.json', sampleResults({ claims: conforming }));
      write('after.json', sample);
      for (const [at, name] of ['one.json', 'two.json'].entries()) {
        const shard = { index: at + 1, total: 2 };
        write(name, sampleResults({ shard, claims: claimsOfShard(conforming, shard), suite: { ...sample.suite, runId: name } }));
      }
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const cheap = Object.entries(documentedCommands).flatMap(([command, treatment]): [string, number][] =>
      'status' in treatment ? [[command, treatment.status]] : [],
    );

    it.each(cheap)(
      'must end as it is said: %s, with %d',
      async (command, status) => {
        const ended = await run(['env', `--chdir=${folder}`, 'bash', '-c', command], {
          env: { ...ownEnvironment, HOME: folder, npm_config_offline: 'true' },
          timeout: commandTimeLimit,
        });
        expect({ exitCode: ended.exitCode, complained: ended.exitCode === status ? '' : ended.stderr }).toEqual({
          exitCode: status,
          complained: '',
        });
        expect(ended.stderr).not.toMatch(/The suite itself failed|npm error/);
      },
      commandTimeLimit,
    );
  });
});
