import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { run } from '../base/process';
import { readResults } from '../results/results-file';
import { projectRoot } from '../base/project';
import { labTimeLimit } from './broken-lab';
import { ownEnvironment } from './command-line';
import { atTerminal } from './terminal';

// each starts a lab, or three
jest.setTimeout(labTimeLimit);

/** A copy of the project, whose specs can be broken. */
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'jest-front-'));
  for (const name of ['specs', 'fixtures', 'helpers', 'package.json', 'tsconfig.json', 'jest.config.ts'])
    cpSync(path.join(projectRoot, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const inCopy = (argv: string[]) => run(['env', `--chdir=${copy}`, ...argv], { env: ownEnvironment, timeout: 120_000 });
const program = ['node', 'helpers/bin.cjs', 'run', '--engine', 'docker-28'];

/** Puts lines into a file of the copy, after the first one that has a text, below those that have the texts before; gives the number of the last of them. */
function insert(file: string, after: string | readonly string[], ...added: string[]): number {
  const lines = readFileSync(path.join(copy, file), 'utf8').split('\n');
  let at = 0;
  for (const text of [after].flat()) {
    at = lines.findIndex((line, index) => index >= at && line.includes(text)) + 1;
    expect(at).toBeGreaterThan(0);
  }
  lines.splice(at, 0, ...added);
  writeFileSync(path.join(copy, file), lines.join('\n'));
  return at + added.length;
}

/** Lines that a compiler leaves out, so that all that follow stand elsewhere in what it makes. */
const leftOut = ['interface Shift {', '  one: string;', '  other: string;', '}'];

describe('specs on a real Jest', () => {
  it('must tell message, file and line in every report where a spec throws while it is loaded', async () => {
    insert('specs/document/network-models.spec.ts', 'import', "if ('expect' in globalThis) throw new Error('the disk is on fire');");
    const { exitCode, stdout } = await inCopy([...program, '--claim', 'models.builtin-networks-are-exactly-three']);
    expect(exitCode).toBe(3);
    const place = 'specs/document/network-models.spec.ts:2:';
    const [claim] = readResults(path.join(copy, 'reports/results.json')).claims;
    expect(claim).toMatchObject({ verdict: 'error' });
    for (const text of [claim?.reason, stdout, readFileSync(path.join(copy, 'reports/junit.xml'), 'utf8')]) {
      expect(text).toContain('the disk is on fire');
      expect(text).toContain(place);
    }
  });

  it('must tell message, file and line where a spec throws while its claims are read', async () => {
    const file = 'specs/nat/egress.spec.ts';
    const before = readFileSync(path.join(copy, file), 'utf8');
    const line = insert(file, "from '../../helpers'", "throw new Error('the disk is on fire');");
    const { exitCode, stderr } = await inCopy(['node', 'helpers/bin.cjs', 'list']);
    writeFileSync(path.join(copy, file), before);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringMatching(/The claims cannot be read: the disk is on fire/) });
    expect(stderr).toContain(`Correct ${file}:${line}:`);
  });

  it.each([
    ['a name that no claim has', ['--area', 'models', '--', '-t', 'zzzz']],
    ['a path that no spec has', ['--area', 'models', '--', '--testPathIgnorePatterns', 'models']],
  ])('must end with 2 where Jest is told to run %s', async (_name, args) => {
    const { exitCode, stderr } = await inCopy([...program, ...args]);
    expect(stderr).toContain('No claim was judged');
    expect(exitCode).toBe(2);
  });

  it('must judge again in watch mode, on a lab of its own each time', async () => {
    const judged = () => {
      const { suite, claims } = readResults(path.join(copy, 'reports/results.json'));
      return { runId: suite.runId, verdicts: claims.filter(({ attempts }) => attempts > 0).map(({ id, verdict }) => `${id} ${verdict}`) };
    };
    const watching = atTerminal(['jest', '--watchAll', 'specs/document/bridge.spec.ts'], { program: ['npx'], folder: copy });
    const idle = (times: number) => watching.until((shown) => shown.split('Watch Usage').length > times);
    try {
      await idle(1);
      const first = judged();
      expect(first.verdicts).toEqual(expect.arrayContaining(['bridge.published.host-reaches-the-container conforms']));
      let before = first.runId;
      for (const times of [2, 3]) {
        watching.type('\r');
        await idle(times);
        const again = judged();
        expect(again.verdicts).toEqual(first.verdicts);
        expect(again.runId).not.toBe(before);
        before = again.runId;
      }
      watching.type('q');
      await watching.ended;
    } finally {
      watching.kill('SIGKILL');
    }
  });

  it('must lead to the right lines of specs and of the suite, several spec files in a run', async () => {
    const [one, other] = ['specs/models/modes.spec.ts', 'specs/models/references.spec.ts'];
    const untilBothRun = "for (let n = 0; n < 50; n++) await engine.network('bridge');";
    for (const file of [one, other, 'fixtures/claims/index.ts']) insert(file, "from '", ...leftOut);
    const places = [
      `${one}:${insert(one, ["'models.mode.default-is-the-bridge'", 'check:'], untilBothRun, "throw new Error('one');")}`,
      `${other}:${insert(other, ["'models.reference.names-count-whole'", 'check:'], untilBothRun, "claims([{ id: 'no.such-claim' } as never]);")}`,
      `fixtures/claims/index.ts:${insert('fixtures/claims/index.ts', 'export function claimById', "if (id === 'no.such-claim') throw new Error(id);")}`,
    ];
    const { exitCode, stderr } = await inCopy([
      ...program,
      '--claim',
      'models.mode.default-is-the-bridge',
      'models.reference.names-count-whole',
      '--',
      '--reporters=default',
      '--reporters=./helpers/jest/reporter.cjs',
    ]);
    for (const place of places) expect(stderr).toContain(`${place}:`);
    expect(exitCode).toBe(3);
  });
});
