import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asStranger, Machine, stranger, withStrangers } from './stranger';

jest.setTimeout(120_000);

let machine: Machine;
beforeEach(() => void (machine = new Machine()));
afterEach(async () => await machine.end());

/** A name that earlier versions gave to labs, of a process that no machine can have. */
const oldName = 'dnc-lab-4194305-1-00000000';

const nobodyThere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

/** What the stranger does, as a script of Node, whose working directory is the temporary folder. */
async function strangerDoes(script: string): Promise<void> {
  const { exitCode, stderr } = await machine.run(
    [process.execPath, '-e', `process.chdir(process.env.TMPDIR); const fs = require('fs'); ${script}`],
    { as: asStranger },
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
}

withStrangers("the temporary folder, which is also a stranger's", () => {
  it('must keep what the stranger made, even with the name of a dead lab', async () => {
    await strangerDoes(`fs.mkdirSync('${oldName}'); fs.writeFileSync('${oldName}/kept', '')`);
    expect(await machine.clean(oldName, [])).toMatchObject({ status: 0 });
    expect(existsSync(path.join(machine.tmp, oldName, 'kept'))).toBe(true);
  });

  it('must lead root to no file of its own through a link that is swapped in while it cleans', async () => {
    // deep enough to take a while, and in each step a folder that becomes a link to root's
    for (const name of Array.from({ length: 40 }, (_, index) => `d${index}`)) writeFileSync(path.join(machine.roots, name), 'precious');
    const attack = `
      const fs = require('fs'); process.chdir(process.env.TMPDIR);
      const lab = '${oldName}';
      const build = () => { fs.mkdirSync(lab + '/in', { recursive: true }); for (let i = 0; i < 40; i += 1) fs.writeFileSync(lab + '/in/d' + i, ''); };
      build(); console.log('ready');
      const swap = () => { try { fs.renameSync(lab + '/in', lab + '/out'); fs.symlinkSync(${JSON.stringify(machine.roots)}, lab + '/in'); } catch {}
        try { fs.unlinkSync(lab + '/in'); fs.renameSync(lab + '/out', lab + '/in'); } catch {}
        if (!fs.existsSync(lab)) try { build(); } catch {}
        setImmediate(swap); };
      swap();`;
    const { child } = await machine.script(attack, { as: asStranger });
    const statuses = [];
    for (let round = 0; round < 5; round += 1) statuses.push((await machine.clean(oldName, [])).status);
    expect(child.exitCode).toBeNull();
    expect({ files: readdirSync(machine.roots).length, statuses }).toEqual({ files: 40, statuses: [0, 0, 0, 0, 0] });
    expect(lstatSync(path.join(machine.tmp, oldName)).uid).toBe(stranger);
  });

  it("must not keep the stranger from running the suite, whatever root's runs left there", async () => {
    mkdirSync(path.join(machine.tmp, oldName), { mode: 0o700 });
    await machine.run([process.execPath, '-e', `fs.mkdirSync(process.env.TMPDIR + '/dnc-${stranger}', { mode: 0o700 })`]);
    const run = await machine.program(['run', '--claim', 'models.engine-offers-bridge-host-and-none'], {
      as: asStranger,
      env: { ...nobodyThere, HOME: machine.strangers },
    });
    expect(run).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/^\nThere is no engine at [^\n]*\n[^\n]*\n$/) });
    const clean = await machine.program(['clean'], { as: asStranger, env: { HOME: machine.strangers } });
    expect(clean).toMatchObject({ exitCode: 0, stdout: 'Nothing was left behind.\n', stderr: '' });
    expect(existsSync(path.join(machine.tmp, oldName))).toBe(true);
  });

  it.each([
    ['a folder', `fs.mkdirSync('dnc-0', 0o777); fs.chmodSync('dnc-0', 0o777)`],
    ["a link to a folder of root's", 'fs.symlinkSync(process.env.ROOTS, "dnc-0")'],
    ['a file', `fs.writeFileSync('dnc-0', '')`],
  ])("must not put what root makes where the stranger has taken root's name for %s", async (_, taking) => {
    await strangerDoes(taking.replace('process.env.ROOTS', JSON.stringify(machine.roots)));
    const { line: folder } = await machine.script(
      `from('helpers/state/temporary.ts').temporaryFolder().then(({ path }) => { console.log(path); setInterval(() => {}, 1000); });`,
    );
    const root = path.dirname(folder);
    expect(path.dirname(root)).toBe(machine.tmp);
    expect(path.basename(root)).toMatch(/^dnc-0-\w{6}$/);
    const { uid, mode } = lstatSync(root);
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: 0, mode: 0o700 });
    expect(readdirSync(machine.roots)).toEqual([]);
  });

  it("must not be where testcontainers locks a file, which could be the stranger's link", async () => {
    const precious = path.join(machine.roots, 'precious');
    writeFileSync(precious, 'precious');
    await strangerDoes(`fs.symlinkSync(${JSON.stringify(precious)}, 'testcontainers-node.lock')`);
    const { line } = await machine.script(
      `const { withFileLock } = require(${JSON.stringify(require.resolve('testcontainers').replace(/index\.js$/, 'common/file-lock.js'))});
      from('helpers/run/clients.ts').inOwnTemporaryFolder(() => withFileLock('testcontainers-node.lock', () => Promise.resolve(process.env.TMPDIR))).then(console.log);`,
    );
    expect(line).toBe(path.join(machine.tmp, 'dnc-0'));
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  it('must be done without, with /tmp in its place, when everybody can take away what others have there', async () => {
    chmodSync(machine.tmp, 0o777);
    const { line: folder } = await machine.script(
      `from('helpers/state/temporary.ts').temporaryFolder().then(({ path, remove }) => { console.log(path); remove(); });`,
    );
    expect(folder).toMatch(/^\/tmp\/dnc-0/);
    expect(readdirSync(machine.tmp)).toEqual([]);
  });
});

withStrangers('a report in a folder that everybody can write to', () => {
  it('must not be written through a link that the stranger put there', async () => {
    const precious = path.join(machine.roots, 'precious');
    writeFileSync(precious, 'precious');
    await strangerDoes(`fs.symlinkSync(${JSON.stringify(precious)}, 'report.json')`);
    const { line } = await machine.script(
      `try { from('helpers/base/write-file.ts').writeFileAtomically(${JSON.stringify(path.join(machine.tmp, 'report.json'))}, 'report'); console.log('written'); } catch (error) { console.log(error.name, error.message); }`,
    );
    expect(line).toMatch(/^UserError .*report\.json cannot be written \(it is a link of user 65534's\)\.$/);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  it("must be written where the link is root's own", async () => {
    const target = path.join(machine.roots, 'target');
    symlinkSync(target, path.join(machine.tmp, 'report.json'));
    writeFileSync(target, '');
    await machine.script(
      `from('helpers/base/write-file.ts').writeFileAtomically(${JSON.stringify(path.join(machine.tmp, 'report.json'))}, 'report'); console.log('written');`,
    );
    expect(readFileSync(target, 'utf8')).toBe('report');
  });
});
