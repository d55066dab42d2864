import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { run, type CommandResult } from '../../base/process';
import { cleanUp, temporaryDirectory } from '../fake-engine';

afterAll(cleanUp);

const root = path.resolve(__dirname, '..', '..', '..');
/** Milliseconds for the start of the linter, on a machine that is busy. */
const slow = 120_000;

const rules = '.dependency-cruiser.cjs';

/** What the linter of this project says of these files, each below helpers/. */
async function lintOf(files: Record<string, string>): Promise<CommandResult> {
  const folder = temporaryDirectory();
  for (const file of ['tsconfig.json', rules]) cpSync(path.join(root, file), path.join(folder, file));
  for (const [file, text] of Object.entries(files)) {
    const place = path.join(folder, 'helpers', file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  const script = `cd "$1" && exec "$2" "$3" helpers --config ${rules}`;
  return run(
    [
      'sh',
      '-c',
      script,
      'lint',
      folder,
      process.execPath,
      path.join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
    ],
    { timeout: slow },
  );
}

const value = 'export const one = 1;\n';
const type = 'export interface One { is: 1 }\n';

/** Offences, each with all that is to be said of it. */
const planted: { files: Record<string, string>; errors: string[] }[] = [
  // a value
  {
    files: { 'base/value.ts': "export { one } from '../engine/value';\n", 'engine/value.ts': value },
    errors: ['base-uses-what-is-above-it: helpers/base/value.ts → helpers/engine/value.ts'],
  },
  // a type
  {
    files: { 'base/type.ts': "import type { One } from '../engine/type';\nexport const one: One = { is: 1 };\n", 'engine/type.ts': type },
    errors: ['base-uses-what-is-above-it: helpers/base/type.ts → helpers/engine/type.ts'],
  },
  // a type where it is needed
  {
    files: { 'engine/place.ts': "export const one: import('../run/place').One = { is: 1 };\n", 'run/place.ts': type },
    errors: ['engine-uses-what-is-above-it: helpers/engine/place.ts → helpers/run/place.ts'],
  },
  // something late
  {
    files: { 'engine/late.ts': "export const one = () => require('../run/late');\n", 'run/late.ts': value },
    errors: ['engine-uses-what-is-above-it: helpers/engine/late.ts → helpers/run/late.ts'],
  },
  // a program that is no TypeScript
  {
    files: { 'state/program.cjs': "module.exports = require('../loader/program.cjs');\n", 'loader/program.cjs': 'module.exports = 1;\n' },
    errors: ['state-uses-what-is-above-it: helpers/state/program.cjs → helpers/loader/program.cjs'],
  },
  // what only tests use
  {
    files: { 'cli/test.ts': "export { one } from '../selftest/test';\n", 'selftest/test.ts': value },
    errors: ['cli-uses-what-is-above-it: helpers/cli/test.ts → helpers/selftest/test.ts'],
  },
  // what is for specs
  {
    files: { 'cli/specs.ts': "export { one } from '../index';\n", 'index.ts': value },
    errors: ['entry-points-are-used-by-nobody: helpers/cli/specs.ts → helpers/index.ts'],
  },
  // from a folder that has no place
  {
    files: { 'extra/new.ts': "export { one } from '../base/new';\n", 'base/new.ts': value },
    errors: ['folder-without-a-place: helpers/extra/new.ts → helpers/base/new.ts'],
  },
  // in a circle of folders, but not of files
  {
    files: {
      'dns/one.ts': "export { one } from '../lab/two';\n",
      'lab/two.ts': value,
      'lab/three.ts': "export { one } from '../dns/four';\n",
      'dns/four.ts': value,
    },
    errors: [
      'dns-uses-what-is-above-it: helpers/dns/one.ts → helpers/lab/two.ts',
      'circle-of-folders: helpers/dns',
      'circle-of-folders: helpers/lab',
    ],
  },
  // within a folder
  {
    files: {
      'report/text/a.ts': "export { one } from '../html/b';\n",
      'report/html/b.ts': value,
      'report/html/c.ts': "import type { One } from '../text/d';\nexport const one: One = { is: 1 };\n",
      'report/text/d.ts': type,
    },
    errors: ['circle-of-folders: helpers/report/html', 'circle-of-folders: helpers/report/text'],
  },
];

describe('the folders of helpers/', () => {
  it('must be linted by npm run lint', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    expect(scripts['lint']).toMatch(/&& depcruise helpers$/);
  });

  it(
    'must pass where each uses those below it, and tests use what they like',
    async () => {
      const { exitCode, stdout } = await lintOf({
        'base/a.ts': value,
        'engine/b.ts': "export { one } from '../base/a';\n",
        'base/a.test.ts': "import { one } from '../engine/b';\nvoid one;\n",
      });
      expect(stdout).toContain('no dependency violations found');
      expect(exitCode).toBe(0);
    },
    slow,
  );

  it(
    'must fail where one uses what is above it, in whatever way, and on every circle',
    async () => {
      const { exitCode, stdout } = await lintOf(Object.assign({}, ...planted.map(({ files }) => files)) as Record<string, string>);
      const found = stdout.split('\n').map((line) => line.trim());
      expect(
        found
          .filter((line) => line.startsWith('error '))
          .map((line) => line.replace(/ +→ *$/, ''))
          .sort(),
      ).toEqual(planted.flatMap(({ errors }) => errors.map((it) => `error ${it}`)).sort());
      expect(exitCode).not.toBe(0);
    },
    slow,
  );
});
