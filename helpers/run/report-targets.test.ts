import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { prepareReports } from './report-targets';

afterAll(cleanUp);

describe('files for reports', () => {
  it('must be free of what an earlier run wrote, links kept', () => {
    const folder = temporaryDirectory();
    const [json, junit, target] = ['results.json', 'junit.xml', 'elsewhere.xml'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(json, 'old');
    writeFileSync(target, 'old');
    symlinkSync(target, junit);
    prepareReports([
      ['--json', json],
      ['--junit', junit],
      ['--html', undefined],
    ]);
    expect({ json: existsSync(json), target: readFileSync(target, 'utf8') }).toEqual({ json: false, target: '' });
  });

  it('must make the folders that are missing, and leave nothing there', () => {
    const folder = path.join(temporaryDirectory(), 'a', 'b');
    prepareReports([['--json', path.join(folder, 'results.json')]]);
    expect(execFileSync('ls', ['-A', folder]).toString()).toBe('');
  });

  it('may be a device, for several reports', () => {
    expect(() =>
      prepareReports([
        ['--json', '/dev/null'],
        ['--junit', '/dev/null'],
      ]),
    ).not.toThrow();
  });

  it.each<[string, (folder: string) => string, RegExp]>([
    ['a folder', (folder) => (mkdirSync(path.join(folder, 'x')), path.join(folder, 'x')), /x is a folder\./],
    [
      'in a file',
      (folder) => (writeFileSync(path.join(folder, 'x'), ''), path.join(folder, 'x', 'y.json')),
      /y\.json cannot be written \(ENOTDIR\)\./,
    ],
    ['where nobody can write', () => '/proc/results.json', /results\.json cannot be written \((?:ENOENT|EACCES|EPERM)\)\./],
  ])('must be refused in a sentence where a path is %s, and nothing removed', (_, place, message) => {
    const folder = temporaryDirectory();
    expect(() => prepareReports([['--json', place(folder)]])).toThrow(message);
  });

  it('must be refused where two reports have one name', () => {
    const file = path.join(temporaryDirectory(), 'x');
    expect(() =>
      prepareReports([
        ['--json', file],
        ['--junit', file],
      ]),
    ).toThrow(/cannot be both --json and --junit/);
  });

  it('must be refused where the disk is full', () => {
    const script = `
      const { prepareReports } = require('./helpers/run/report-targets.ts');
      try { prepareReports([['--json', '/mnt/results.json']]); } catch ({ message, status }) { process.stdout.write(status + ' ' + message); }`;
    const program = 'mount -t tmpfs -o size=32k none /mnt && exec node -r ./helpers/loader/typescript.cjs -e "$SCRIPT"';
    expect(
      execFileSync('unshare', ['--mount', 'sh', '-euc', program], {
        cwd: path.resolve(__dirname, '../..'),
        env: { ...process.env, SCRIPT: script },
      }).toString(),
    ).toBe('2 /mnt/results.json cannot be written (ENOSPC).');
  });
});
