import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { projectRoot } from '../base/project';
import { run, type CommandResult } from '../base/process';
import { connect, type Connection } from '../engine/connect';
import type { Lab } from '../lab';
import { brokenLab, labTimeLimit, runTimeLimit } from './broken-lab';
import { codeIn } from './ci-files';
import { ownEnvironment } from './command-line';
import { cleanUp, temporaryDirectory } from './fake-engine';
import type { Project, Service } from './trace/projects';
import { startProject, type Started } from './trace/start';
import { shop } from './network/specs';

/** Milliseconds for compiling and packing the whole of the suite, on a busy machine. */
const packTimeLimit = 600_000;

/** What the example's compose file has, as far as it is about networks; for its database stands one of the self-test's. */
function exampleProject(file: string): Project {
  const { services, networks } = parse(readFileSync(file, 'utf8')) as {
    services: Record<string, { image: string; networks: string[]; ports?: string[] }>;
    networks: Record<string, { internal?: true } | null>;
  };
  const started = Object.entries(services).map(([name, it]): [string, Service] => [
    name,
    {
      networks: Object.fromEntries(it.networks.map((network) => [network, {}])),
      ...(it.ports && { ports: it.ports }),
      ...(it.image.startsWith('postgres') && { command: shop.projects['shop']?.['db']?.command ?? '' }),
    },
  ]);
  return {
    ...shop,
    projects: { shop: Object.fromEntries(started) },
    networks: Object.fromEntries(Object.entries(networks).map(([name, it]) => [name, it ?? {}])),
  };
}

describe('the example, with the packed package', () => {
  let lab: Lab;
  let connection: Connection;
  let started: Started;
  let folder: string;
  beforeAll(async () => {
    folder = path.join(temporaryDirectory(), 'example');
    cpSync(path.join(projectRoot, 'docs', 'example'), folder, { recursive: true });
    await install(folder);
    lab = await brokenLab();
    connection = await connect({ kind: 'unix', path: lab.socketPath, found: 'a lab' });
    started = await startProject(connection.docker, lab.image.reference, exampleProject(path.join(folder, 'compose.yaml')), '');
    // servers that a shell starts need a moment
    await pause(500);
  }, labTimeLimit + packTimeLimit);
  afterAll(async () => {
    await started.stop();
    await connection.close();
    await lab.stop();
    cleanUp();
  });

  const inExample = (...argv: string[]): Promise<CommandResult> =>
    run(['env', `--chdir=${folder}`, ...argv], {
      env: { ...ownEnvironment, DOCKER_HOST: `unix://${lab.socketPath}`, npm_config_offline: 'true', npm_config_update_notifier: 'false' },
      timeout: runTimeLimit,
    });

  it(
    'must hold, be proposed, and turn red with its cause in JUnit',
    async () => {
      const holds = await inExample('npm', 'test');
      expect(holds.stdout).toContain('5 conform');
      expect([holds.exitCode, holds.stderr]).toEqual([0, expect.not.stringMatching(/ at /)]);

      const proposed = await inExample('npx', 'docker-network-conformance', 'init', '--output', 'network/today.spec.mjs');
      expect([proposed.exitCode, proposed.stdout]).toEqual([0, expect.stringContaining('written network/today.spec.mjs')]);
      expect((await inExample('npm', 'test', '--', '--area', 'network')).exitCode).toBe(0);

      // somebody puts web into the network of the database
      await connection.docker.getNetwork('shop_back').connect({ Container: 'shop-web-1' });
      const broken = await inExample('npm', 'test', '--', '--claim', 'shop.web-is-kept-from-db');
      await connection.docker.getNetwork('shop_back').disconnect({ Container: 'shop-web-1' });
      expect(broken.exitCode).toBe(1);
      const junit = readFileSync(path.join(folder, 'reports', 'junit.xml'), 'utf8');
      expect(junit).toContain('way.shared-network');
      expect(junit).toContain('shop-web-1 and shop-db-1 share the network shop_back');
    },
    runTimeLimit * 4,
  );

  it('must be what the page shows', () => {
    const spec = readFileSync(path.join(folder, 'network', 'shop.spec.mjs'), 'utf8');
    const [first = ''] = codeIn('docs/your-network.md', 'js');
    for (const call of first.match(/^ {2}check: .*$/gm) ?? ['none']) if (!call.includes('reach(web, api')) expect(spec).toContain(call);
    const { scripts } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { scripts: { test: string } };
    expect(readFileSync(path.join(projectRoot, 'docs', 'your-network.md'), 'utf8')).toContain(`"test": "${scripts.test}"`);
  });
});

/** Puts what would be published where npm would put it, with the packages that this checkout has: no registry is asked. */
async function install(folder: string): Promise<void> {
  const packed = temporaryDirectory();
  const must = async (...argv: string[]) => {
    const { exitCode, stderr } = await run(argv, { env: ownEnvironment, timeout: packTimeLimit });
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with status ${exitCode}: ${stderr}`);
  };
  await must('npm', '--prefix', projectRoot, 'pack', projectRoot, '--pack-destination', packed);
  const modules = path.join(folder, 'node_modules');
  const own = path.join(modules, 'docker-network-conformance');
  mkdirSync(own, { recursive: true });
  await must(
    'tar',
    '--extract',
    '--gzip',
    '--file',
    path.join(packed, readdirSync(packed)[0] ?? ''),
    '--strip-components=1',
    '--directory',
    own,
  );
  const { dependencies } = JSON.parse(readFileSync(path.join(own, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(projectRoot, 'node_modules', name), path.join(modules, name));
  }
  mkdirSync(path.join(modules, '.bin'));
  symlinkSync(path.join(own, 'helpers', 'bin.cjs'), path.join(modules, '.bin', 'docker-network-conformance'));
}
