import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Connection } from '../engine/connect';
import type { Lab } from '../lab';
import { brokenLab, labTimeLimit, onHost, runTimeLimit } from './broken-lab';
import { commandLine, type CommandOptions, type Ended } from './command-line';
import { cleanUp, temporaryDirectory } from './fake-engine';
import { startProject, type Started } from './trace/start';
import { shop, shopSpec } from './network/specs';
import { pathWith } from './network/stand-in-compose';
import { userProject } from './network/user-project';
import { atTerminal, ctrlC } from './terminal';

describe("a user's own network", () => {
  let lab: Lab;
  let connection: Connection;
  let started: Started;
  let before: string;
  beforeAll(async () => {
    lab = await brokenLab();
    connection = await connect({ kind: 'unix', path: lab.socketPath, found: 'a lab' });
    started = await startProject(connection.docker, lab.image.reference, shop, '');
    // servers that a shell starts need a moment
    await pause(500);
    before = await everything();
  }, labTimeLimit);
  afterAll(async () => {
    await started.stop();
    await connection.close();
    await lab.stop();
    cleanUp();
  });

  /** What the user runs, and what it rests on, but for counters. */
  const everything = () =>
    onHost(
      lab,
      `docker ps --all --no-trunc --format '{{.ID}} {{.Names}} {{.State}}'; docker network ls; docker volume ls; docker image ls
      iptables-save | grep -v '^#' | sed 's/\\[[0-9]*:[0-9]*\\]//'; ip route show; ip -o link | sed 's/ state.*//'`,
    );

  const judged = (folder: string, args: readonly string[] = [], env: CommandOptions['env'] = {}): Promise<Ended> =>
    commandLine(['run', '--specs', path.join(folder, 'network'), ...args], {
      env: { DOCKER_HOST: `unix://${lab.socketPath}`, ...env },
      timeout: runTimeLimit,
    });

  it(
    'must be judged claim by claim, with causes, and left as it was',
    async () => {
      const ended = await judged(userProject({ 'network/shop.spec.mjs': shopSpec }));
      const verdicts = ended.results().claims.map(({ id, verdict, cause }) => `${id} ${verdict} ${cause?.code ?? ''}`.trim());
      const claims = [...shopSpec.matchAll(/^that\('([\w.-]+)'/gm)].map(([, id = '']) => id);
      const causes: Record<string, string> = {
        'breaks.cache': 'target.loopback-only',
        'breaks.without-waiting': 'target.loopback-only',
        'breaks.web-is-kept-from-api': 'way.shared-network',
        'breaks.jobs-is-kept-from-web': 'way.shared-network',
        'breaks.published': 'way.published-port',
        'breaks.missing': 'place.missing',
        'blocked.control-fails': 'name.no-shared-network',
      };
      const verdictOf: Record<string, string> = { holds: 'conforms', breaks: 'deviates', blocked: 'blocked', wrong: 'error' };
      expect(verdicts).toEqual(claims.map((id) => `${id} ${verdictOf[id.split('.')[0] ?? ''] ?? ''} ${causes[id] ?? ''}`.trim()));
      expect(ended.claim('wrong.no-control' as never).reason).toMatch(/^a mistake in the spec: mustNotReach needs a control/);
      expect(ended.results().host.leftovers).toEqual([]);
      expect(ended.status).toBe(3);
      expect(await everything()).toEqual(before);
    },
    runTimeLimit * 3,
  );

  it(
    'must have its statuses, selection, waivers and JUnit',
    async () => {
      const folder = userProject({
        'network/shop.spec.js': shopSpec,
        'waivers.json': JSON.stringify([
          { claim: 'breaks.missing', reason: 'it comes', link: 'https://example.org', expires: '2999-01-01' },
        ]),
      });
      const junit = path.join(folder, 'junit.xml');
      const holds = await judged(folder, ['--claim', 'holds.ports-of-web', '--junit', junit]);
      expect([holds.status, holds.with('conforms')]).toEqual([0, ['holds.ports-of-web']]);
      expect(readFileSync(junit, 'utf8')).toContain('holds.ports-of-web');
      const breaks = await judged(folder, ['--claim', 'breaks.missing']);
      expect([breaks.status, breaks.with('deviates')]).toEqual([1, ['breaks.missing']]);
      const waived = await judged(folder, ['--claim', 'breaks.missing', '--waivers', path.join(folder, 'waivers.json')]);
      expect(waived.status).toBe(0);
      const nothing = await judged(folder, ['--claim', 'breaks.mising']);
      expect([nothing.status, nothing.complained]).toEqual([2, expect.stringContaining('Did you mean breaks.missing?')]);
    },
    runTimeLimit * 3,
  );

  it(
    'must be asked from beside the host, where the user lets a helper add a link there',
    async () => {
      const spec = `import { claim, external, host, mustNotReach, project, reach } from 'docker-network-conformance';
        const shop = project('shop');
        claim({ id: 'lan.web', title: 'others reach web', check: () => reach(external(), host, 18080) });
        claim({ id: 'lan.jobs', title: 'others do not reach jobs', check: () => mustNotReach(external(), shop.service('jobs'), { port: 8000, control: host }) });`;
      const folder = userProject({ 'network/lan.spec.js': spec });
      const allowed = await judged(folder, ['--privileged-diagnosis']);
      expect(allowed.with('conforms')).toEqual(['lan.web']);
      expect(allowed.claim('lan.jobs' as never).cause?.code).toBe('way.published-port');
      const refused = await judged(folder, ['--claim', 'lan.web']);
      expect(refused.unjudged()).toEqual([expect.stringContaining('--privileged-diagnosis lets a helper container add the link')]);
      expect(await everything()).toEqual(before);
    },
    runTimeLimit * 3,
  );

  it(
    'must be proposed as it is today, so that all of it holds',
    async () => {
      const folder = userProject({});
      const spec = path.join(folder, 'network', 'shop.spec.mjs');
      const env = { DOCKER_HOST: `unix://${lab.socketPath}` };
      const init = () => commandLine(['init', '--compose', 'shop', '--output', spec], { env, timeout: runTimeLimit });
      const first = await init();
      expect([first.status, first.complained.includes(' at ')]).toEqual([0, false]);
      expect(first.printed).toMatch(/^web +3000 +· +8000\* +-$/m);
      const text = readFileSync(spec, 'utf8');
      expect(text).toContain("id: 'shop.web-is-kept-from-db-on-5432'");
      expect(text).toContain("id: 'shop.api-reaches-db-on-5432'");
      const again = await init();
      expect([again.status, again.complained]).toEqual([2, expect.stringContaining('already')]);
      const ended = await judged(folder);
      expect([ended.status, ended.with('deviates', 'blocked', 'error'), ended.unjudged()]).toEqual([0, [], []]);
      expect(ended.with('conforms').length).toBeGreaterThan(8);
      expect(await everything()).toEqual(before);
    },
    runTimeLimit * 3,
  );

  it(
    'must be listed without an engine, and a selection of it',
    async () => {
      const folder = userProject({ 'network/shop.spec.mjs': shopSpec });
      const listed = (...args: string[]) =>
        commandLine(['list', '--specs', path.join(folder, 'network'), ...args], { env: { DOCKER_HOST: 'unix:///nowhere.sock' } });
      const [all, some, none] = [await listed(), await listed('--claim', 'blocked', '--json'), await listed('--claim', 'nothing')];
      expect([all.status, all.printed]).toEqual([0, expect.stringContaining('holds.web-reaches-api (must)')]);
      const { claims } = JSON.parse(some.printed) as { claims: { id: string }[] };
      expect(claims.map(({ id }) => id)).toEqual(['blocked.control-fails', 'blocked.from-an-address']);
      expect([none.status, none.complained]).toEqual([2, expect.stringContaining('The specs have')]);
    },
    runTimeLimit,
  );

  describe('that is interrupted', () => {
    const spec = `import { claim, compose, eventually, probe, reach } from 'docker-network-conformance';
      const shop = compose('../compose.yaml');
      const [web, api] = ['web', 'api'].map((it) => shop.service(it));
      claim({ id: 'first', title: 'api reaches web', check: () => reach(api, web, 80) });
      claim({ id: 'second', title: 'api asks for ever', check: () => eventually(() => probe(api, web, 80), () => false, { within: 600000 }) });`;

    async function interruptedBy(how: 'Ctrl-C' | 'kill -9') {
      const services = { web: lab.image.reference, api: lab.image.reference };
      const folder = userProject({ 'network/shop.spec.js': spec, 'compose.yaml': JSON.stringify({ services }) });
      const tools = pathWith(path.join(temporaryDirectory(), 'log'));
      const env = { DOCKER_HOST: `unix://${lab.socketPath}`, PATH: `${tools}:${process.env['PATH'] ?? ''}` };
      const program = atTerminal(['run', '--specs', 'network'], { env, folder });
      await program.until(/1 \/ 2 ·.*second/);
      if (how === 'Ctrl-C') program.type(ctrlC);
      else program.kill('SIGKILL');
      return { program, status: await program.ended };
    }

    it(
      'must tell what was judged, and take all away',
      async () => {
        const { program, status } = await interruptedBy('Ctrl-C');
        expect(status).toBe(130);
        const { interrupted, notReached, claims = [] } = program.results() ?? {};
        expect({ interrupted, notReached, claims: claims.map(({ id, verdict }) => `${id} ${verdict}`) }).toEqual({
          interrupted: true,
          notReached: 1,
          claims: ['first conforms'],
        });
        expect(await everything()).toEqual(before);
      },
      runTimeLimit,
    );

    it(
      'must leave what clean removes where it is killed',
      async () => {
        await interruptedBy('kill -9');
        expect(await everything()).not.toEqual(before);
        const cleaned = await commandLine(['clean'], { env: { DOCKER_HOST: `unix://${lab.socketPath}` }, timeout: runTimeLimit });
        expect(cleaned.printed).toMatch(/container dnc-n[0-9a-f]{8}-\S+-web-1\n/);
        expect(await everything()).toEqual(before);
      },
      runTimeLimit,
    );
  });

  describe('in a compose file', () => {
    const spec = `import { claim, compose, reach } from 'docker-network-conformance';
      const shop = compose('../compose.yaml');
      claim({ id: 'composed.web', title: 'api reaches web', check: () => reach(shop.service('api'), shop.service('web'), 80) });`;
    const composed = (image: string) =>
      userProject({ 'network/shop.spec.js': spec, 'compose.yaml': JSON.stringify({ services: { web: image, api: image } }) });

    it(
      'must be brought up under a name of its own, and down with its volumes',
      async () => {
        const log = path.join(temporaryDirectory(), 'log');
        const ended = await judged(composed(lab.image.reference), [], { PATH: pathWith(log) });
        expect([ended.status, ended.with('conforms')]).toEqual([0, ['composed.web']]);
        const told = readFileSync(log, 'utf8');
        expect(told).toMatch(/ --project-name dnc-n[0-9a-f]{8}-[0-9a-f]+-\d+-\d+-\w+ up --detach --wait --wait-timeout 120\n/);
        expect(told).toMatch(/ --project-name dnc-n[0-9a-f]{8}-[0-9a-f]+-\d+-\d+-\w+ down --remove-orphans --rmi local --timeout 5\n/);
        expect(await everything()).toEqual(before);
      },
      runTimeLimit * 3,
    );

    it(
      'must end in one message where it does not come up, or there is no compose',
      async () => {
        const log = path.join(temporaryDirectory(), 'log');
        const broken = await judged(composed('none'), [], { PATH: pathWith(log) });
        expect([broken.status, broken.complained]).toEqual([3, expect.stringContaining('no such image: none')]);
        const without = await judged(composed('none'), [], { PATH: pathWith(undefined) });
        expect([without.status, without.complained]).toEqual([3, expect.stringContaining('there is no Docker Compose here')]);
        expect(`${broken.complained}${without.complained}`).not.toMatch(/^ +at /m);
        expect(await everything()).toEqual(before);
      },
      runTimeLimit * 3,
    );
  });
});
