import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../base/project';
import { run } from '../base/process';
import { cleanUp } from '../selftest/fake-engine';
import { ownEnvironment } from '../selftest/command-line';
import { userProject } from '../selftest/network/user-project';
import { isTypeScript, strips } from './compiler';
import { specsIn } from './load-specs';

afterAll(cleanUp);

const claimed = (id: string) => `claim({ id: '${id}', title: 'a sentence', check: () => undefined });`;
const imported = `import { claim } from 'docker-network-conformance';`;

/** What `run` says of these specs, with an engine that is not there: before it is asked for, all specs are loaded. */
async function loaded(folder: string, ...args: string[]): Promise<{ status: number; said: string }> {
  const argv = ['node', path.join(projectRoot, 'helpers', 'bin.cjs'), 'run', '--specs', 'network', ...args];
  const env = { ...ownEnvironment, DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const { exitCode, stdout, stderr } = await run(['env', `--chdir=${folder}`, ...argv], { env });
  return { status: exitCode, said: `${stdout}${stderr}` };
}

/** What is said where the specs were loaded. */
const asked = { status: 3, said: expect.stringContaining('/nowhere/docker.sock') as unknown };

describe('specs', () => {
  it('must be found in the folder and below it, in the order of their names', () => {
    const folder = userProject({
      'network/b.spec.js': '',
      'network/a/c.spec.ts': '',
      'network/node_modules/d.spec.js': '',
      'network/helper.js': '',
    });
    const { files } = specsIn(path.join(folder, 'network'));
    expect(files.map((it) => path.basename(it))).toEqual(['c.spec.ts', 'b.spec.js']);
    expect(specsIn(path.join(folder, 'network', 'b.spec.js')).files).toHaveLength(1);
    expect(() => specsIn(path.join(folder, 'nowhere'))).toThrow(/There is no /);
    expect(() => specsIn(path.join(folder, 'node_modules'))).toThrow(/has no specs/);
  });

  it.each([
    ['mjs', `${imported}\n${claimed('a')}`],
    ['js', `${imported}\n${claimed('a')}`],
    ['cjs', `const { claim } = require('docker-network-conformance');\n${claimed('a')}`],
  ])('must be loaded in JavaScript as it stands: .%s', async (ending, text) => {
    expect(await loaded(userProject({ [`network/a.spec.${ending}`]: text }))).toEqual(asked);
  });

  describe('in TypeScript', () => {
    const text = `${imported}\nimport { id } from './ids';\nconst title: string = 'a sentence';\nclaim({ id, title, check: () => undefined });`;
    const files = { 'network/a.spec.ts': text, 'network/ids.ts': "export const id: string = 'a';" };

    it.each(['esbuild', 'typescript'])('must be compiled by what the project has: %s', async (compiler) => {
      const folder = userProject(strips() ? { ...files, 'network/a.spec.ts': text.replace('./ids', './ids.ts') } : files);
      symlinkSync(path.join(projectRoot, 'node_modules', compiler), path.join(folder, 'node_modules', compiler));
      expect(await loaded(folder)).toEqual(asked);
    });

    it('must be refused in a sentence where nothing compiles it', async () => {
      const { status, said } = await loaded(userProject(files));
      if (strips()) return;
      expect(status).toBe(2);
      expect(said).toMatch(/network\/a\.spec\.ts is TypeScript, and neither Node\.js \S+ nor your project has what compiles it\./);
      expect(said).not.toMatch(/^ +at /m);
    });

    it('must be told by its name', () => {
      expect(['a.ts', 'a.mts', 'a.cts', 'a.js', 'a.mjs'].map(isTypeScript)).toEqual([true, true, true, false, false]);
    });
  });

  it.each([
    ['a mistake in the syntax', 'const a = ;', /network\/a\.spec\.js:1 could not be loaded: /],
    ['a mistake', `${imported}\nnothing();`, /network\/a\.spec\.js:2 could not be loaded: nothing is not defined/],
    ['a package that is not there', "import 'nowhere-to-be-found';", /could not be loaded: Cannot find package 'nowhere-to-be-found'/],
    ['no claim', imported, /The specs in network declare no claim\./],
    ['two of an id', `${imported}\n${claimed('a')}\n${claimed('a')}`, /network\/a\.spec\.js: There are two claims "a"\./],
    [
      'a question while it loads',
      `import { reach, host } from 'docker-network-conformance';\nawait reach(host, 'x:1');`,
      /Ask in the check of a claim/,
    ],
  ])('must end in one message: %s', async (_, text, message) => {
    const { status, said } = await loaded(userProject({ 'network/a.spec.js': text }));
    expect(said).toMatch(message);
    expect(said).not.toMatch(/^ +at /m);
    expect(status).toBe(2);
  });

  it('must refuse what is for claims of the suite', async () => {
    const folder = userProject({ 'network/a.spec.js': `${imported}\n${claimed('a')}` });
    expect((await loaded(folder, '--profile', 'core')).said).toContain('--profile does not go with --specs.');
    expect((await loaded(folder, '--', '-t', 'a')).said).toContain('What follows -- does not go with --specs.');
    expect((await loaded(folder, '--engine', 'docker-28')).said).toContain('would start in a lab');
  });
});
