import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../base/process';
import { readResults } from '../results/results-file';
import { projectRoot } from '../base/project';
import { ownSurroundings } from './command-line';

/** A copy of the project, whose specs can be broken. */
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'jest-front-'));
  for (const name of ['specs', 'fixtures', 'helpers', 'package.json', 'tsconfig.json', 'jest.config.ts']) cpSync(path.join(projectRoot, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const inCopy = (argv: string[]) => run(['env', `--chdir=${copy}`, ...argv], { env: ownSurroundings, timeout: 120_000 });
const program = ['node', 'helpers/bin.cjs', 'run', '--engine', 'docker-28'];

describe('specs on a real Jest', () => {
  it('must tell message, file and line in every report where a spec throws while it is loaded', async () => {
    const spec = path.join(copy, 'specs/document/network-models.spec.ts');
    const lines = readFileSync(spec, 'utf8').split('\n');
    lines.splice(1, 0, "throw new Error('the disk is on fire');");
    writeFileSync(spec, lines.join('\n'));
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

  it.each([
    ['a name that no claim has', ['--area', 'models', '--', '-t', 'zzzz']],
    ['a path that no spec has', ['--area', 'models', '--', '--testPathIgnorePatterns', 'models']],
  ])('must end with 2 where Jest is told to run %s', async (_name, args) => {
    const { exitCode, stderr } = await inCopy([...program, ...args]);
    expect(stderr).toContain('No claim was judged');
    expect(exitCode).toBe(2);
  });
});
