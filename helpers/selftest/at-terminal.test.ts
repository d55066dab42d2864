import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimById } from '../../fixtures/claims';
import { displayWidth, oneLine, plain } from '../base/text';
import type { Lab } from '../lab';
import { brokenLab, labTimeLimit, onHost, runTimeLimit } from './broken-lab';
import { commandLine } from './command-line';
import { cleanUp, temporaryDirectory } from './fake-engine';
import { atTerminal, ctrlC, type AtTerminal } from './terminal';

/** Claims of one pair of containers; the first is red, for the engine's host lets no TCP pass. */
const red = 'bridge.default.peers-reach-each-other';
const others = ['bridge.default.is-what-a-container-gets', 'bridge.default.subnet-is-172-17'];
const selection = ['--claim', red, 'bridge.default.is-*', 'bridge.default.subnet-*'];
const sentence = claimById(red).title;
const widths = [80, 200];

let lab: Lab;
beforeAll(async () => {
  lab = await brokenLab();
  await onHost(lab, 'iptables -I DOCKER-USER -p tcp -j DROP');
}, labTimeLimit);
afterAll(() => lab.stop());

afterAll(cleanUp);

const engine = () => ({ DOCKER_HOST: `unix://${lab.socketPath}` });
const atWidth = (columns: number, args: readonly string[], { env = {}, folder = temporaryDirectory() } = {}) =>
  atTerminal(args, { columns, env: { ...engine(), NO_COLOR: undefined, ...env }, folder });

/** What stands on the terminal in the end: of a line that was drawn again and again the last picture. */
const lines = (shown: string) => shown.split('\n').map((line) => plain(line.split('\u001b[2K').at(-1) ?? ''));

/** Lines that are wider than the terminal, but for what is there to be copied. */
const tooWide = (program: AtTerminal, columns: number) =>
  lines(program.shown()).filter((line) => displayWidth(line) > columns && !/^ +again |^ written /.test(line));

describe.each(widths)('a run at a terminal of %d columns', (columns) => {
  it(
    'must show what runs in one live line, a red claim at once with its reason, and titles whole',
    async () => {
      const program = atWidth(columns, ['run', ...selection]);
      await program.until(/\d \/ 3 · /);
      await program.until(/✗/);
      expect(program.shown()).not.toContain('exit status');
      expect(await program.ended).toBe(1);
      const [early = ''] = program.shown().split('docker-network-conformance 0');
      expect(early).toContain('timed out');
      expect(early).toContain('\u001b[2K');
      expect(early).toContain('\u001b[31m✗');
      expect(oneLine(lines(early).join(' '))).toContain(sentence);
      expect(oneLine(lines(program.shown()).join(' '))).toContain(`✗ ${sentence}`);
      expect(tooWide(program, columns)).toEqual([]);
    },
    runTimeLimit,
  );

  it(
    'must say what failed before --keep-failed waits, and end at Ctrl-C',
    async () => {
      const program = atWidth(columns, ['run', '--claim', red, '--keep-failed']);
      await program.until(/Ctrl-C/);
      const before = oneLine(lines(program.shown()).join(' '));
      expect(before).toContain(`✗ ${sentence}`);
      expect(before).toContain('docker exec');
      program.type(ctrlC);
      await program.ended;
      expect(program.results()?.claims).toMatchObject([{ id: red, verdict: 'deviates' }]);
      expect(tooWide(program, columns).filter((line) => !line.includes('docker exec'))).toEqual([]);
    },
    runTimeLimit,
  );

  it(
    'must repeat what was typed, and judge again what failed last and what got worse since',
    async () => {
      const folder = temporaryDirectory();
      const first = atWidth(columns, ['run', ...selection], { folder });
      expect(await first.ended).toBe(1);
      expect(lines(first.shown()).find((line) => /^ +again /.test(line))).toContain(`--claim ${red}`);

      const failed = atWidth(columns, ['run', '--last-failed'], { folder });
      expect(await failed.ended).toBe(1);
      expect(failed.results()?.claims).toMatchObject([{ id: red, verdict: 'deviates' }]);

      renameSync(path.join(folder, 'reports', 'results.json'), path.join(folder, 'before.json'));
      const since = atWidth(columns, ['run', ...selection, '--baseline', 'before.json'], { folder });
      expect(await since.ended).toBe(0);
      expect(oneLine(lines(since.shown()).join(' '))).toMatch(/1 unchanged.*1 no worse than the baseline/);
      for (const program of [failed, since]) expect(tooWide(program, columns)).toEqual([]);
    },
    runTimeLimit,
  );

  it('must list and explain without an engine, in lines that fit', async () => {
    const nowhere = { DOCKER_HOST: 'unix:///nobody/listens/here.sock' };
    for (const args of [['list', '--claim', 'bridge.*', '--not', '*.peers-*'], ['explain', red], ['engines'], ['--help']]) {
      const program = atWidth(columns, args, { env: nowhere });
      expect(await program.ended).toBe(0);
      expect(tooWide(program, columns)).toEqual([]);
    }
  });

  it('must refuse a report that cannot be written before anything starts', async () => {
    const folder = temporaryDirectory();
    mkdirSync(path.join(folder, 'reports', 'results.json'), { recursive: true });
    const program = atWidth(columns, ['run', ...selection], { folder });
    expect(await program.ended).toBe(2);
    expect(lines(program.shown()).join(' ')).toContain('results.json');
    expect(tooWide(program, columns)).toEqual([]);
  });
});

describe('what is set for terminals', () => {
  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }, { live: true, color: false }],
    ['TERM=dumb', { TERM: 'dumb' }, { live: false, color: false }],
    ['CI', { CI: 'true' }, { live: false, color: undefined }],
  ])(
    'must respect %s',
    async (_, env, { live, color }) => {
      const program = atWidth(80, ['run', '--claim', ...others], { env });
      expect(await program.ended).toBe(0);
      expect(program.shown().includes('\u001b[2K')).toBe(live);
      // eslint-disable-next-line no-control-regex -- a colour begins with it
      if (color !== undefined) expect(/\u001b\[3\dm/.test(program.shown())).toBe(color);
      expect(tooWide(program, 80)).toEqual([]);
    },
    runTimeLimit,
  );
});

describe('a run on a pipe', () => {
  it(
    'must be a line for each area that is done, each red claim at once, and nothing that moves a cursor',
    async () => {
      const ended = await commandLine(['run', ...selection], { env: { ...engine(), NO_COLOR: undefined } });
      expect(ended.status).toBe(1);
      expect(ended.complained).toContain('document: 3 claims done, 1 red');
      expect(oneLine(ended.complained)).toContain(sentence);
      // eslint-disable-next-line no-control-regex -- that is what must not be there
      expect(ended.printed + ended.complained).not.toMatch(/[\u001b\r]/);
    },
    runTimeLimit,
  );

  it(
    'must be as wide as COLUMNS says',
    async () => {
      for (const COLUMNS of ['60', '200']) {
        const { printed } = await commandLine(['run', '--claim', ...others], { env: { ...engine(), COLUMNS } });
        const widest = Math.max(
          ...printed
            .split('\n')
            .filter((line) => !/^ +again |^ written /.test(line))
            .map(displayWidth),
        );
        expect(widest).toBeLessThanOrEqual(Number(COLUMNS));
        if (COLUMNS === '200') expect(widest).toBeGreaterThan(100);
      }
    },
    runTimeLimit,
  );
});
