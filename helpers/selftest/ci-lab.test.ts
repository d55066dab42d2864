import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { prepareLab } from '../lab';
import { cacheFolder } from '../lab/cache';
import { run } from '../base/process';
import type { Results } from '../results/results';
import { readResults } from '../results/results-file';
import { projectRoot } from '../base/project';
import { brokenLab, labTimeLimit, onHost, runTimeLimit } from './broken-lab';
import { expandedAll, runAction, type Stand } from './ci-composite';
import { actionFolder, yamlOf, type Step, type Workflow } from './ci-files';
import { commandLine } from './command-line';

const timeLimit = labTimeLimit + runTimeLimit;
const [peers, models] = ['bridge.default.peers-reach-each-other', 'models.engine-offers-bridge-host-and-none'];

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'ci-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (...names: string[]) => path.join(folder, ...names);
const verdictsOf = ({ claims }: Results) => claims.map(({ id, verdict }) => [id, verdict]);

/** What is uploaded lands in a folder of its name, as GitHub's storage of artifacts has it. */
const artifacts: Stand = (action, { name = '', path: from = '' }) => {
  if (action.startsWith('actions/upload-artifact@')) cpSync(from, inFolder('artifacts', name), { recursive: true });
  return {};
};

describe('the action, with real engines', () => {
  it(
    'must judge the engine of the runner, say what deviates, and fail unless a later job decides',
    async () => {
      const lab = await brokenLab();
      await onHost(lab, 'iptables -I DOCKER-USER -i docker0 -o docker0 -j DROP');
      const inputs = { claim: `${peers} ${models}`, ctrf: 'ctrf.json', badge: 'badge.json', output: inFolder('reports') };
      const options = { env: { DOCKER_HOST: `unix://${lab.socketPath}` }, workspace: folder, stand: artifacts };
      const gating = await runAction({ ...options, inputs });
      expect(gating).toMatchObject({
        failed: true,
        outputs: { 'exit-status': '1', conforms: '1', deviates: '1', waived: '0', 'not-applicable': '0', blocked: '0', error: '0' },
      });
      expect(gating.printed).toMatch(new RegExp(`^::error title=.*${peers}`, 'm'));
      expect(gating.summary).toContain(peers);
      expect(readdirSync(inFolder('artifacts', 'conformance')).sort()).toEqual([
        'badge.json',
        'ctrf.json',
        'junit.xml',
        'report.html',
        'results.json',
      ]);
      expect(verdictsOf(readResults(gating.outputs['results'] ?? ''))).toEqual(
        expect.arrayContaining([
          [models, 'conforms'],
          [peers, 'deviates'],
        ]),
      );

      const leaving = await runAction({ ...options, inputs: { ...inputs, gate: 'false', artifact: '' } });
      expect(leaving).toMatchObject({ failed: false, outputs: { 'exit-status': '1' } });
      await lab.stop();
    },
    timeLimit,
  );

  it(
    'must take a lab from the cache of an earlier run as it was',
    async () => {
      // so that this test fetches nothing and packs nothing else
      const { root, template = '', image } = await prepareLab(undefined, () => undefined);
      const cache = (name: string) => inFolder(name, 'docker-network-conformance');
      mkdirSync(cache('first'), { recursive: true });
      for (const file of [root, template, image.path]) {
        const [entry = ''] = path.relative(cacheFolder(), file).split(path.sep);
        await run(['cp', '--archive', path.join(cacheFolder(), entry), cache('first')]);
      }
      const kept = inFolder('kept.tar');
      const keeping =
        (hit: boolean): Stand =>
        (action, { path: file = '', key = '' }) => {
          if (action.startsWith('actions/cache/save@')) cpSync(file, kept);
          if (!action.startsWith('actions/cache/restore@')) return {};
          if (hit) cpSync(kept, file);
          // where there is none, GitHub's action does not say "false", but nothing
          return { 'cache-primary-key': key, ...(hit && { 'cache-hit': 'true' }) };
        };
      const inputs = { engine: 'docker-28', claim: models, html: '' };
      const first = await runAction({
        inputs,
        workspace: inFolder('one'),
        stand: keeping(false),
        env: { XDG_CACHE_HOME: inFolder('first') },
      });
      expect(first).toMatchObject({ failed: false, outputs: { 'exit-status': '0', conforms: '1', html: '' } });
      expect(first.ran.slice(-2)).toEqual(['Pack the labs', 'Keep them for later runs']);

      const second = await runAction({
        inputs,
        workspace: inFolder('two'),
        stand: keeping(true),
        env: { XDG_CACHE_HOME: inFolder('second') },
      });
      expect(second).toMatchObject({ failed: false, outputs: { 'exit-status': '0', conforms: '1' } });
      expect(second.ran).toEqual([
        'Install the suite',
        "Install Debian's keys",
        'Prepare for labs',
        'Labs of earlier runs',
        'Unpack them',
        'Judge the claims',
        'Upload the reports',
      ]);
      // "Preparing …", "downloading …", "… is damaged: making it again"
      expect(second.printed).not.toMatch(/ …$/m);
    },
    timeLimit,
  );
});

describe('the workflow for many engines', () => {
  const { judge, report } = yamlOf<Workflow>('.github/workflows/engines.yml').jobs;
  const matrix = judge?.strategy?.matrix ?? {};
  const combinations = (matrix['engine'] ?? []).flatMap((engine) =>
    (matrix['shard'] ?? []).map((shard) => ({ engine: String(engine), shard })),
  );
  const step = (steps: Step[] | undefined, having: (it: Step) => boolean) => steps?.find(having) ?? {};

  it(
    'must come to the report that one run on one machine comes to',
    async () => {
      const judging = step(judge?.steps, ({ uses }) => uses === actionFolder);
      const jobs = combinations.flatMap((values, index) =>
        values.engine === 'docker-28' ? [{ matrix: values, strategy: { 'job-index': index } }] : [],
      );
      expect(jobs.length).toBeGreaterThan(1);
      const ended = await Promise.all(
        jobs.map(async (contexts) => {
          const inputs = { ...expandedAll(judging.with, contexts), area: 'document', cache: 'false' };
          const workspace = inFolder(`job-${contexts.strategy['job-index']}`);
          return await runAction({
            inputs,
            workspace,
            stand: (action, { name = '', path: from = '' }) => artifacts(action, { name, path: path.join(workspace, from) }),
          });
        }),
      );
      expect(ended.map(({ failed }) => failed)).toEqual(jobs.map(() => false));

      const download = step(report?.steps, ({ uses }) => uses?.startsWith('actions/download-artifact@') === true).with ?? {};
      const pattern = String(download['pattern']).replace('*', '');
      for (const name of readdirSync(inFolder('artifacts')))
        if (name.startsWith(pattern))
          cpSync(inFolder('artifacts', name), inFolder(String(download['path'])), { recursive: true, errorOnExist: true, force: false });

      // where npx finds the suite in a checkout or among devDependencies
      mkdirSync(inFolder('node_modules/.bin'), { recursive: true });
      await run(['ln', '--symbolic', path.join(projectRoot, 'helpers/bin.cjs'), inFolder('node_modules/.bin/docker-network-conformance')]);
      const merging = await run(
        [
          'env',
          `--chdir=${folder}`,
          'bash',
          '-e',
          '-o',
          'pipefail',
          '-c',
          step(report?.steps, ({ name }) => name === 'Merge the results').run ?? '',
        ],
        { timeout: runTimeLimit },
      );
      const alone = await commandLine(['run', '--engine', 'docker-28', '--area', 'document'], { timeout: runTimeLimit });
      expect({ stderr: merging.stderr.replace(/^npm warn.*\n/gm, ''), status: merging.exitCode }).toEqual({
        stderr: '',
        status: alone.status,
      });

      const output = inFolder('reports/matrix');
      const merged = readResults(path.join(output, `${alone.results().engine.id}.json`));
      expect(verdictsOf(merged)).toEqual(verdictsOf(alone.results()));
      expect(merged.summary).toEqual(alone.results().summary);
      expect(merged.shard).toBeUndefined();
      expect(readFileSync(path.join(output, 'report.html'), 'utf8')).toContain(merged.engine.id);
    },
    2 * timeLimit,
  );
});
