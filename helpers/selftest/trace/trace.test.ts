import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Connection } from '../../engine/connect';
import type { Lab } from '../../lab';
import { traceSchema, type TraceResults } from '../../trace/results';
import { brokenLab, labTimeLimit, onHost } from '../broken-lab';
import { commandLine } from '../command-line';
import { CertificateAuthority, cleanUp } from '../fake-engine';
import { brokenProjects, healthyProjects, type Project } from './projects';
import { startProject } from './start';

/** Ids of projects, or their beginnings, joined by commas; without it, all. */
const chosen = process.env['TRACES']?.split(',');

/** Milliseconds for one project and one trace on a busy machine. */
const timeLimit = 120_000;

describe('trace', () => {
  let lab: Lab;
  let connection: Connection;
  let certificate: string;
  beforeAll(async () => {
    lab = await brokenLab();
    connection = await connect({ kind: 'unix', path: lab.socketPath, found: 'a lab' });
    const { cert, key } = new CertificateAuthority().issue('api', 'DNS:api');
    certificate = readFileSync(cert, 'utf8') + readFileSync(key, 'utf8');
  }, labTimeLimit);
  afterAll(async () => {
    await connection.close();
    await lab.stop();
    cleanUp();
  });

  const having = (projects: readonly Project[]) =>
    projects
      .filter(({ id }) => chosen === undefined || chosen.some((it) => id.startsWith(it)))
      .map((project): [string, Project] => [project.id, project]);

  it.each(having(brokenProjects))(
    'must name why it is not reached, and leave all as it was: %s',
    async (_, project) => {
      const { status, results, before, after } = await traced(project);
      expect({ status, code: results.cause?.code, reached: results.reached }).toEqual({ status: 1, code: project.cause, reached: false });
      if (project.says) expect(`${results.cause?.summary ?? ''} ${JSON.stringify(results.cause?.seen)}`).toMatch(project.says);
      expect(after).toEqual(before);
    },
    timeLimit,
  );

  it.each(having(healthyProjects))(
    'must find nothing where nothing is wrong, and leave all as it was: %s',
    async (_, project) => {
      const { status, results, before, after } = await traced(project);
      expect({ status, cause: results.cause }).toEqual({ status: 0 });
      expect(results.attempts[0]?.ending).toMatch(/^(answered|accepted)$/);
      expect(after).toEqual(before);
    },
    timeLimit,
  );

  interface Traced {
    status: number;
    results: TraceResults;
    before: string[];
    after: string[];
  }

  async function traced(project: Project): Promise<Traced> {
    const started = await startProject(connection.docker, lab.image.reference, project, certificate);
    let changed = false;
    try {
      if (project.host) await onHost(lab, project.host.before);
      changed = project.host !== undefined;
      // servers that a shell starts need a moment
      await pause(500);
      const before = await everything();
      const env = { DOCKER_HOST: `unix://${lab.socketPath}` };
      const { status, printed, complained } = await commandLine(['trace', '--json', '-', ...project.trace], { env, timeout: timeLimit });
      const after = await everything();
      if (printed === '') throw new Error(`the trace printed nothing and ended with ${status}: ${complained}`);
      return { status, results: traceSchema.parse(JSON.parse(printed)), before, after };
    } finally {
      if (changed) await onHost(lab, project.host?.after ?? '');
      await started.stop();
    }
  }

  /** What the user runs, and what it rests on: all but counters, and what neighbours the kernel has heard of. */
  async function everything(): Promise<string[]> {
    const { docker } = connection;
    const containers = await Promise.all((await docker.listContainers({ all: true })).map(({ Id }) => docker.getContainer(Id).inspect()));
    // the engine itself goes on with health checks
    const untouched = containers.map(({ State, ExecIDs, ...rest }) =>
      rest.Config.Healthcheck ? { ...rest, State: State.Status } : { ...rest, State, ExecIDs },
    );
    // an address of a link that has just come is not told before its time is over
    const script = `docker network inspect $(docker network ls -q)
      docker image ls --format '{{.Repository}}:{{.Tag}}'
      iptables-save | grep -v '^#' | sed 's/\\[[0-9]*:[0-9]*\\]//'; ip6tables-save | grep -v '^#' | sed 's/\\[[0-9]*:[0-9]*\\]//'
      nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'
      { ip route show table all; ip -6 route show; } | grep -v fe80; ip -o link | sed 's/ state.*//'`;
    return [JSON.stringify(untouched, undefined, 2), await onHost(lab, script)].join('\n').split('\n');
  }
});
