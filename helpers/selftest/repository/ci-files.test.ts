import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseDocument } from 'yaml';
import { engines } from '../../../fixtures/engines';
import { readWaivers } from '../../run/waivers';
import {
  actionFile,
  actionFolder,
  codeIn,
  isThere,
  textOf,
  workflowFiles,
  yamlOf,
  type Action,
  type Step,
  type Workflow,
} from '../ci-files';
import { errorsIn } from '../ci-github';
import { repository } from '../../../package.json';

const releaseFile = '.github/workflows/release.yml';

const action = yamlOf<Action>(actionFile);
const workflows = workflowFiles.map((file): [string, Workflow] => [file, yamlOf<Workflow>(file)]);
const guide = textOf('docs/ci.md');

/** How others name the action. */
const published = `${repository.url.replace(/^git\+https:\/\/github\.com\/|\.git$/g, '')}/${actionFolder.replace('./', '')}@COMMIT`;

const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);
/** Steps of the action, of each workflow, and of what the guide shows. */
const steps: [string, Step][] = [
  ...action.runs.steps.map((step): [string, Step] => [actionFile, step]),
  ...workflows.flatMap(([file, workflow]) => stepsOf(workflow).map((step): [string, Step] => [file, step])),
  ...codeIn('docs/ci.md', 'yaml').flatMap((code) => shownSteps(code).map((step): [string, Step] => ['docs/ci.md', step])),
];

function shownSteps(code: string): Step[] {
  return (parseDocument(code).toJS() as { steps?: Step[] }).steps ?? [];
}

describe('files for a CI', () => {
  it.each([actionFile, ...workflowFiles])('must be what GitHub accepts: %s', (file) => {
    expect(errorsIn(file, textOf(file))).toEqual([]);
  });

  it('must be what GitHub accepts where they are shown', () => {
    const jobs = codeIn('docs/ci.md', 'yaml').filter((code) => /^steps:$/m.test(code));
    expect(jobs.length).toBeGreaterThan(0);
    for (const job of jobs)
      expect(errorsIn('docs/ci.md', `on: push\njobs:\n  shown:\n    runs-on: ubuntu-24.04\n${job.replace(/^/gm, '    ')}`)).toEqual([]);
  });

  it('must show waivers that the suite accepts', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'waivers-'));
    const file = path.join(folder, 'waivers.json');
    const [shown = ''] = codeIn('docs/using.md', 'json');
    writeFileSync(file, shown);
    expect(readWaivers(file).waivers).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });

  it('must be seen as wrong when they are', () => {
    const [file] = workflowFiles as [string];
    expect(errorsIn(file, textOf(file).replace('timeout-minutes', 'timeout-minuts'))).toEqual([
      expect.stringContaining("Unexpected value 'timeout-minuts'"),
    ]);
    expect(errorsIn(actionFile, textOf(actionFile).replaceAll('inputs.engine', 'input.engine'))).toContainEqual(
      expect.stringContaining("Unrecognized named-value: 'input'"),
    );
  });

  it.each([
    'docs/ci/gitlab-ci.yml',
    '.github/dependabot.yml',
    ...['claim', 'verdict', 'config'].map((name) => `.github/ISSUE_TEMPLATE/${name}.yml`),
  ])('must be YAML: %s', (file) => {
    const { errors, warnings } = parseDocument(textOf(file));
    expect([...errors, ...warnings]).toEqual([]);
  });

  it('must pin each action by its commit, everywhere the same, and say which version that is', () => {
    const pins = new Map<string, Set<string>>();
    for (const file of new Set(steps.map(([name]) => name))) {
      for (const [, uses = ''] of textOf(file).matchAll(/^\s*(?:- )?uses: (.*)$/gm)) {
        if (uses === actionFolder || uses === published) continue;
        expect(uses).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
        const [name = '', pin = ''] = uses.split('@');
        const repository = name.split('/').slice(0, 2).join('/');
        pins.set(repository, (pins.get(repository) ?? new Set()).add(pin));
      }
    }
    expect([...pins].filter(([, versions]) => versions.size > 1)).toEqual([]);
    expect(pins.size).toBeGreaterThan(3);
    expect(isThere(actionFile)).toBe(true);
  });

  it('must put no expression into a script', () => {
    expect(steps.filter(([, { run }]) => run?.includes('${{'))).toEqual([]);
    expect(steps.filter(([, { run }]) => run !== undefined).length).toBeGreaterThan(10);
  });

  it.each(workflows)('must have no more rights and no more time than needed: %s', (file, workflow) => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.concurrency).toBeDefined();
    for (const [name, job] of Object.entries(workflow.jobs)) {
      // a signed statement of where a package was made takes a token that speaks for this repository
      expect(job.permissions).toEqual(file === releaseFile && name === 'publish' ? { 'id-token': 'write' } : undefined);
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
    for (const step of stepsOf(workflow))
      if (step.uses?.startsWith('actions/checkout@')) expect(step.with).toEqual({ 'persist-credentials': false });
  });

  it('must give .ci/run the time that its steps may take', () => {
    const seconds = [...textOf('.ci/run').matchAll(/^ *step (\d+) /gm)]
      .map(([, limit]) => Number(limit))
      .reduce((sum, limit) => sum + limit, 0);
    expect(seconds).toBeGreaterThan(1000);
    const runs = workflows.flatMap(([, { jobs }]) =>
      Object.values(jobs).filter(({ steps: own }) => own.some(({ run }) => run?.endsWith('.ci/run'))),
    );
    expect(runs).toHaveLength(2);
    for (const job of runs) expect(job['timeout-minutes']).toBeGreaterThanOrEqual(seconds / 60);
  });
});

describe('a release', () => {
  const release = yamlOf<Workflow>(releaseFile);

  it('must come of a tag alone', () => {
    expect(release.on).toEqual({ push: { tags: ['v*'] } });
  });

  it('must run nothing of the project where a token is to be had', () => {
    const { needs, steps: own = [] } = release.jobs['publish'] ?? {};
    expect(needs).toBe('pack');
    expect(own.filter(({ uses }) => uses?.startsWith('actions/checkout@'))).toEqual([]);
    const run = own.flatMap((step) => step.run ?? []);
    expect(run).toEqual([expect.stringMatching(/^npm publish \.\/package\/\*\.tgz .*--provenance.*--ignore-scripts/)]);
  });

  it('must take nothing from a cache', () => {
    const nodes = stepsOf(release).filter(({ uses }) => uses?.startsWith('actions/setup-node@'));
    expect(nodes).toHaveLength(2);
    for (const step of nodes) expect(step.with).toMatchObject({ 'package-manager-cache': false });
  });

  it('must be of this repository, since npm compares what signs with what package.json says', () => {
    expect(repository).toEqual({ type: 'git', url: 'git+https://github.com/docker-network-conformance/docker-network-conformance.git' });
  });
});

describe('the action', () => {
  const names = Object.keys(action.inputs);

  it.each(names)('must use and document its input %s', (name) => {
    const used = JSON.stringify([action.runs, action.outputs]).match(new RegExp(`inputs\\.${name}(?![\\w-])`));
    expect(used).not.toBeNull();
    expect(guide).toMatch(new RegExp(`^\\| [^|]*\`${name}\``, 'm'));
    expect(action.inputs[name]?.description).toMatch(/\.$/);
  });

  it('must document its outputs', () => {
    for (const name of Object.keys(action.outputs)) expect(guide).toContain(`\`${name}\``);
  });

  it('must be called with inputs that it has', () => {
    const calls = steps.filter(([, { uses }]) => uses?.includes('actions/conformance'));
    expect(calls.length).toBeGreaterThan(2);
    for (const [, step] of calls) expect(names).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  });
});

describe('the workflow for many engines', () => {
  const matrix = yamlOf<Workflow>('.github/workflows/engines.yml').jobs['judge']?.strategy?.matrix ?? {};

  it('must name every shard of a whole', () => {
    const shards = matrix['shard'] ?? [];
    expect(shards).toEqual(shards.map((_, index) => `${index + 1}/${shards.length}`));
    expect(shards.length).toBeGreaterThan(1);
  });

  it('must name every engine once', () => {
    const meant = (matrix['engine'] ?? []).map((start) =>
      engines.filter(({ kind, version }) => `${kind}-${version}`.startsWith(String(start))),
    );
    expect(meant.map((found) => found.length)).toEqual(meant.map(() => 1));
    expect(new Set(meant.flat())).toEqual(new Set(engines));
  });
});
