import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { note } from '../base/output';
import type { Lab } from '../lab';
import { brokenLab, labTimeLimit, onHost, runTimeLimit } from './broken-lab';
import { commandLine } from './command-line';
import { cleanUp, temporaryDirectory } from './fake-engine';
import { atTerminal, ctrlC, type AtTerminal } from './terminal';

/** When a run is interrupted: how many claims it shows to be judged by then. Before there are any, it is what it says. */
type Moment = number | RegExp;

/** INTERRUPTIONS=all tries ten moments, each with Ctrl-C and with kill -9. */
const all = process.env['INTERRUPTIONS'] === 'all';
const few: Moment[] = [6, 20];
const ten: Moment[] = [/0 \/ \d+ ·/, 1, 3, 6, 10, 15, 20, 26, 32, 38];
const moments = all ? ten : few;

/** How many claims the live line has shown to be judged. */
function judgedIn(shown: string): number {
  return Math.max(0, ...[...shown.matchAll(/(\d+) \/ \d+ ·/g)].map(([, count]) => Number(count)));
}

function reached(program: AtTerminal, moment: Moment): Promise<void> {
  // whichever count comes next: the line is drawn five times a second
  return program.until(typeof moment === 'number' ? (shown) => judgedIn(shown) >= moment : moment);
}

interface Seen {
  shown: number;
  judged: number;
  status: number;
  ms: number;
}

/** Interrupts a run of the document's claims. */
async function interrupted(
  moment: Moment,
  how: 'Ctrl-C' | 'kill -9',
  args: readonly string[],
  env: Record<string, string | undefined>,
  folder: string,
): Promise<Seen & { program: AtTerminal }> {
  const program = atTerminal(['run', '--area', 'document', ...args], { env, folder });
  await reached(program, moment);
  const shown = judgedIn(program.shown());
  const began = performance.now();
  if (how === 'Ctrl-C') program.type(ctrlC);
  else program.kill('SIGKILL');
  const status = await program.ended;
  const ms = Math.round(performance.now() - began);
  const { claims = [] } = program.results() ?? {};
  return { program, shown, status, ms, judged: claims.filter(({ attempts }) => attempts > 0).length };
}

afterAll(cleanUp);

/** A line for whoever wants the figures. */
function told(where: string, how: string, moment: Moment, { shown, judged, status, ms }: Seen): void {
  const figures = [where, how, String(moment), `shown ${shown}`, `in results.json ${judged}`, `status ${status}`, `${ms} ms`];
  if (all) note(figures.join(' | '));
}

describe.each(['Ctrl-C', 'kill -9'] as const)('%s on a lab', (how) => {
  it.each(moments)(
    'must leave what was judged in results.json, and nothing else, at %s',
    async (moment) => {
      const seen = await interrupted(moment, how, ['--engine', 'docker-28'], { DOCKER_HOST: undefined }, temporaryDirectory());
      told('lab', how, moment, seen);
      expect(seen.program.results()).toMatchObject({ interrupted: true });
      expect(seen.judged).toBeGreaterThanOrEqual(seen.shown);
      expect(seen.status).toBe(how === 'Ctrl-C' ? 130 : 137);
      if (how === 'Ctrl-C') {
        expect(seen.program.shown()).toMatch(/interrupted: the run was interrupted, and \d+ of its claims have no verdict/);
        expect(seen.program.file('reports/junit.xml')).toContain('the run must not be interrupted');
      }
      const env = { DOCKER_HOST: 'unix:///nobody/listens/here.sock' };
      await commandLine(['clean'], { env });
      expect((await commandLine(['clean'], { env })).printed).not.toMatch(/Removed/);
    },
    runTimeLimit,
  );
});

describe("a user's engine", () => {
  let lab: Lab;
  let before: string;
  beforeAll(async () => {
    lab = await brokenLab();
    // the image that a lab begins with is the suite's, and no run holds it
    await commandLine(['clean'], { env: { DOCKER_HOST: `unix://${lab.socketPath}` } });
    before = await counted();
  }, labTimeLimit);
  afterAll(() => lab.stop());

  const counted = () =>
    onHost(
      lab,
      'docker ps -aq | wc -l; docker network ls -q | wc -l; docker volume ls -q | wc -l; ip -o link | wc -l; docker image ls --format "{{.Repository}}:{{.Tag}}" | sort',
    );

  describe.each(['Ctrl-C', 'kill -9'] as const)('%s', (how) => {
    it.each(moments)(
      'must leave what was judged in results.json, and nothing of the run after clean, at %s',
      async (moment) => {
        const env = { DOCKER_HOST: `unix://${lab.socketPath}` };
        const seen = await interrupted(moment, how, [], env, temporaryDirectory());
        told('engine', how, moment, seen);
        expect(seen.program.results()).toMatchObject({ interrupted: true });
        expect(seen.judged).toBeGreaterThanOrEqual(seen.shown);
        expect(seen.status).toBe(how === 'Ctrl-C' ? 130 : 137);
        const { status } = await commandLine(['clean'], { env });
        expect({ status, left: await counted() }).toEqual({ status: 0, left: before });
      },
      runTimeLimit,
    );
  });
});
