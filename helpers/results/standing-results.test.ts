import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimResult, Results } from './results';
import { readResults } from './results-file';
import { sampleResults } from './sample-results';
import { StandingResults } from './standing-results';

let file: string;
beforeEach(() => void (file = path.join(mkdtempSync(path.join(tmpdir(), 'standing-')), 'results.json')));
afterEach(() => rmSync(path.dirname(file), { recursive: true, force: true }));

const { claims: all } = sampleResults();
/** The results when so many claims are judged. */
const judged = (count: number): Results =>
  sampleResults({ claims: all.slice(0, count), interrupted: true, notReached: all.length - count });
const restOf = (results: Results) =>
  Object.fromEntries(Object.entries(results).filter(([name]) => name !== 'claims')) as Omit<Results, 'claims'>;

describe('the results file of a run that goes on', () => {
  it.each([0, 1, 3])('must be whole after each claim, having begun with %d', (first) => {
    const standing = new StandingResults(file, judged(first));
    expect(readResults(file)).toEqual(judged(first));
    for (let count = first + 1; count <= all.length; count++) {
      standing.add([all[count - 1] as ClaimResult], restOf(judged(count)));
      expect(readResults(file)).toEqual(judged(count));
    }
    standing.close();
  });

  it('must stay whole where the rest becomes shorter', () => {
    const standing = new StandingResults(file, { ...judged(1), notes: ['x'.repeat(10_000)] });
    standing.add([all[1] as ClaimResult], restOf({ ...judged(2), notes: [] }));
    expect(readResults(file).notes).toEqual([]);
  });

  it('must leave alone what is no file', () => {
    execFileSync('mkfifo', [file]);
    const standing = new StandingResults(file, judged(1));
    standing.add([all[1] as ClaimResult], restOf(judged(2)));
    expect(statSync(file).isFIFO()).toBe(true);
  });
});

describe('on a disk that becomes full', () => {
  /** In a mount namespace of its own, with a disk of one page beside what the file needs: says what the file is after each of two further claims. */
  const script = `
    const { StandingResults } = require('./helpers/results/standing-results.ts');
    const { sampleResults } = require('./helpers/results/sample-results.ts');
    const fs = require('node:fs');
    const { claims, ...rest } = sampleResults({ interrupted: true });
    const large = (index) => ({ ...claims[index], reason: 'x'.repeat(20000) });
    const standing = new StandingResults('/mnt/results.json', { ...rest, claims: [claims[0]] });
    const ids = () => JSON.parse(fs.readFileSync('/mnt/results.json', 'utf8')).claims.map(({ id }) => id);
    fs.writeFileSync('/mnt/other', 'x'.repeat(48 * 1024));
    const seen = [];
    standing.add([large(1)], rest);
    seen.push(ids().length);
    fs.rmSync('/mnt/other');
    standing.add([claims[2]], rest);
    seen.push(ids().length);
    process.stdout.write(JSON.stringify(seen));`;

  it('must stay as it was, and take up what is missing when there is room again', () => {
    const program = `mount -t tmpfs -o size=64k none /mnt && exec node -r ./helpers/loader/typescript.cjs -e "$SCRIPT"`;
    const printed = execFileSync('unshare', ['--mount', 'sh', '-euc', program], {
      cwd: path.resolve(__dirname, '../..'),
      env: { ...process.env, SCRIPT: script },
    }).toString();
    expect(JSON.parse(printed)).toEqual([1, 3]);
  });
});
