import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asStranger, Machine, stranger, withStrangers } from './stranger';

jest.setTimeout(300_000);

const projectRoot = path.resolve(__dirname, '..', '..', '..');

let machine: Machine;
let mark: string;
beforeEach(() => {
  machine = new Machine();
  mark = path.join(machine.roots, 'planted-code-ran');
});
afterEach(async () => await machine.end());

/** Code of the stranger's that would run as root. */
const planted = () => `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');`;

withStrangers("Jest's cache", () => {
  const jestOf = (...args: string[]) =>
    machine.run([process.execPath, path.join(projectRoot, 'node_modules/jest/bin/jest.js'), '--rootDir', projectRoot, ...args]);
  const someTest = [
    '--config',
    path.join(projectRoot, 'jest.selftest.config.ts'),
    '--runTestsByPath',
    path.join(projectRoot, 'helpers/lab/cgroups.test.ts'),
  ];

  /**
   * Puts the stranger's code in front of all that Jest kept, with the sums that Jest looks at: what root made in a folder of
   * the stranger's, the stranger can move away and put a copy in its place.
   */
  const plant = (names: readonly string[]) => `
    const fs = require('fs'), path = require('path'), { createHash } = require('crypto');
    const folders = ${JSON.stringify(names)}.map((name) => path.join(process.env.TMPDIR, name));
    for (const folder of folders) for (const name of fs.readdirSync(folder)) {
      const place = path.join(folder, name);
      fs.renameSync(place, place + '.old');
      fs.cpSync(place + '.old', place, { recursive: true });
    }
    for (const file of folders.flatMap((folder) => fs.readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)))) {
      try {
        const kept = fs.readFileSync(file, 'utf8');
        const code = ${JSON.stringify(planted())} + kept.slice(33);
        if (!/^[0-9a-f]{32}\\n/.test(kept)) continue;
        fs.rmSync(file);
        fs.writeFileSync(file, createHash('sha1').update(code).digest('hex').slice(0, 32) + '\\n' + code);
      } catch {}
    }`;

  it('must not be where the stranger can have made it first, so that planted code does not run', async () => {
    const names = ['jest_0', 'dnc-0'];
    await machine.run(
      [
        process.execPath,
        '-e',
        `for (const name of ${JSON.stringify(names)}) { const folder = process.env.TMPDIR + '/' + name; fs.mkdirSync(folder); fs.chmodSync(folder, 0o777); }`,
      ],
      { as: asStranger },
    );
    expect(await jestOf(...someTest)).toMatchObject({ exitCode: 0 });
    expect(await machine.run([process.execPath, '-e', plant(names)], { as: asStranger })).toMatchObject({ exitCode: 0 });
    expect(await jestOf(...someTest)).toMatchObject({ exitCode: 0 });
    expect(existsSync(mark)).toBe(false);
  });

  it.each(['jest.config.ts', 'jest.selftest.config.ts'])("must be root's alone with %s", async (config) => {
    const { stdout } = await jestOf('--config', path.join(projectRoot, config), '--showConfig');
    const { configs } = JSON.parse(stdout) as { configs: { cacheDirectory: string }[] };
    const folder = configs[0]?.cacheDirectory ?? '';
    const { uid, mode } = lstatSync(folder);
    expect({ uid, mode: mode & 0o777, within: path.dirname(path.dirname(folder)) }).toEqual({ uid: 0, mode: 0o700, within: machine.tmp });
  });
});

withStrangers('the cache folder', () => {
  const folder = () => path.join(machine.cache, 'docker-network-conformance');
  const main = () => {
    const compiled = path.join(folder(), 'compiled');
    const [found = ''] = readdirSync(compiled, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('helpers+cli+main.ts.js'),
    );
    return path.join(compiled, found);
  };

  /** What root's run keeps, with the stranger's code in front of it: the sum at its end is one that anybody can compute. */
  async function plantCompiled(): Promise<void> {
    expect(await machine.run([process.execPath, path.join(projectRoot, 'helpers/bin.cjs'), '--version'])).toMatchObject({ exitCode: 0 });
    writeFileSync(main(), `${planted()}\n${readFileSync(main(), 'utf8')}`);
  }

  it.each([
    ['belongs to the stranger', (it: string) => machine.run(['chown', '-R', `${stranger}:${stranger}`, it])],
    ['can be written by everybody', (it: string) => machine.run(['chmod', '-R', 'a+w', it])],
    ["lies in a folder of the stranger's", (it: string) => machine.run(['chown', `${stranger}:${stranger}`, path.dirname(it)])],
    [
      'is a link of the stranger',
      async (it: string) => {
        await machine.run(['mv', it, path.join(machine.strangers, 'there')]);
        await machine.run(['chmod', '1777', path.dirname(it)]);
        return await machine.run(['ln', '-s', path.join(machine.strangers, 'there'), it], { as: asStranger });
      },
    ],
  ])('must not be used to run what was compiled when it %s', async (_, make) => {
    await plantCompiled();
    expect(await make(folder())).toMatchObject({ exitCode: 0 });
    expect(await machine.run([process.execPath, path.join(projectRoot, 'helpers/bin.cjs'), '--version'])).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(existsSync(mark)).toBe(false);
    const { exitCode, stderr } = await machine.run([
      process.execPath,
      path.join(projectRoot, 'helpers/bin.cjs'),
      'run',
      '--engine',
      'docker-28',
      '--claim',
      'models.engine-offers-bridge-host-and-none',
    ]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /^\n[^\n]*The cache folder [^\n]* is not used: [^\n]*, and nobody but the user who runs this may be able to change what lies there\.\nRemove it [^\n]*\n$/,
    );
    expect(existsSync(mark)).toBe(false);
  });

  it("must be in root's own home where HOME is another user's", async () => {
    mkdirSync(path.join(machine.strangers, '.cache'));
    const { line } = await machine.script(`delete process.env.XDG_CACHE_HOME; console.log(from('helpers/lab/cache.ts').cacheFolder());`, {
      env: { HOME: machine.strangers },
    });
    expect(line.startsWith(machine.strangers)).toBe(false);
  });

  it('must be closed where others could only read it, and used on', async () => {
    await machine.run([process.execPath, path.join(projectRoot, 'helpers/bin.cjs'), '--version']);
    chmodSync(folder(), 0o755);
    await machine.run([process.execPath, path.join(projectRoot, 'helpers/bin.cjs'), '--version']);
    expect(lstatSync(folder()).mode & 0o777).toBe(0o700);
  });
});
