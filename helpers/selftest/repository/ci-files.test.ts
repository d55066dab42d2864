import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseDocument } from 'yaml';
import { engines } from '../../../fixtures/engines';
import { run } from '../../base/process';
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
const enginesFile = '.github/workflows/engines.yml';

/** What the job that publishes may do, in each workflow that has one. */
const rightsToPublish: Record<string, unknown> = {
  [releaseFile]: { 'id-token': 'write' },
  [enginesFile]: { pages: 'write', 'id-token': 'write' },
};

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
      // a signed statement of where a package or a site was made takes a token that speaks for this repository
      expect(job.permissions).toEqual(name === 'publish' ? rightsToPublish[file] : undefined);
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
  const { judge, report, publish } = yamlOf<Workflow>(enginesFile).jobs;
  const matrix = judge?.strategy?.matrix ?? {};

  /** Runs a step of the job that reports, in a folder of its own, with these programs before the machine's. */
  async function stepIn(name: string, programs: Record<string, string>, folder: string) {
    const script = report?.steps.find((step) => step.name === name)?.run ?? '';
    mkdirSync(path.join(folder, 'bin'), { recursive: true });
    for (const [program, text] of Object.entries(programs))
      writeFileSync(path.join(folder, 'bin', program), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    const env = { PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`, SITE: 'https://example.org/site' };
    return await run(['bash', '-e', '-o', 'pipefail', '-c', `cd '${folder}'; ${script}`], { env });
  }
  const inFolder = async (body: (folder: string) => Promise<void>) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'engines-'));
    try {
      await body(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('must go on from what was published, begin where nothing was, and not where that cannot be said', async () => {
    await inFolder(async (folder) => {
      const site = path.join(folder, 'site.tar.gz');
      const answers = (status: number) => ({
        curl: `[ "\${*: -1}" = https://example.org/site/history.tar.gz ] && cp '${site}' history.tar.gz && printf ${status}`,
        npx: `printf '%s\n' "$@" >words`,
      });
      writeFileSync(path.join(folder, 'old.json'), '{}');
      await run(['tar', '--create', '--gzip', '--file', site, '--directory', folder, 'old.json']);
      const wordsOfMerge = async () => {
        await stepIn('Merge the results', answers(0), folder);
        return readFileSync(path.join(folder, 'words'), 'utf8');
      };
      expect(await stepIn('Results of earlier reports', answers(404), folder)).toMatchObject({ exitCode: 0 });
      expect(await wordsOfMerge()).not.toContain('--history');
      expect(await stepIn('Results of earlier reports', answers(503), folder)).toMatchObject({ exitCode: 3 });
      expect(await stepIn('Results of earlier reports', answers(200), folder)).toMatchObject({ exitCode: 0 });
      expect(readdirSync(path.join(folder, 'history'))).toEqual(['old.json']);
      expect(await wordsOfMerge()).toContain('--history\nhistory\n');
    });
  });

  it('must publish the page, the data, the badges, and what the next report goes on from', async () => {
    await inFolder(async (folder) => {
      for (const name of ['report.html', 'docker-28.5.2.json', 'badges/docker-28.json', 'earlier/docker-28.5.1.json']) {
        mkdirSync(path.dirname(path.join(folder, 'reports/matrix', name)), { recursive: true });
        writeFileSync(path.join(folder, 'reports/matrix', name), name);
      }
      expect(await stepIn('Lay out the site', {}, folder)).toMatchObject({ exitCode: 0 });
      expect(readdirSync(path.join(folder, 'site')).sort()).toEqual([
        'badges',
        'docker-28.5.2.json',
        'earlier',
        'history.tar.gz',
        'index.html',
        'report.html',
      ]);
      const { stdout } = await run(['tar', '--list', '--gzip', '--file', path.join(folder, 'site/history.tar.gz')]);
      expect(stdout.split('\n').filter(Boolean).sort()).toEqual(['./docker-28.5.2.json', './earlier/docker-28.5.1.json']);
    });
    // nothing of the project runs where the token is
    expect(publish?.steps.map(({ uses = '' }) => uses.replace(/@.*/, ''))).toEqual(['actions/deploy-pages']);
  });

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
