import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { commandLine } from '../command-line';
import { inAnotherPidNamespace, Machine, withStrangers } from './stranger';

jest.setTimeout(180_000);

let machine: Machine;
beforeEach(() => void (machine = new Machine()));
afterEach(async () => await machine.end());

const claims = ['models.engine-offers-bridge-host-and-none', 'bridge.default.peers-reach-each-other'];

withStrangers('a lab of a run that is alive', () => {
  it('must not be touched by a clean-up in another PID namespace with the same temporary folder', async () => {
    // engines are the machine's own: this test changes none of them
    const { XDG_CACHE_HOME: cache } = process.env;
    const { line: socket } = await machine.script(
      `const { prepareLab, startLab } = from('helpers/lab');
      ${cache === undefined ? 'delete process.env.XDG_CACHE_HOME;' : `process.env.XDG_CACHE_HOME = ${JSON.stringify(cache)};`}
      prepareLab('docker-28', () => {}).then((prepared) => startLab(prepared, { runId: 'attacked' })).then((lab) => { console.log(lab.socketPath); setInterval(() => {}, 1000); });`,
    );
    const name = path.basename(path.dirname(path.dirname(socket)));
    for (const as of [inAnotherPidNamespace, inAnotherPidNamespace.filter((word) => word !== '--mount-proc')]) {
      expect(await machine.clean(name, as)).toMatchObject({ status: 0, frozen: true });
      expect(existsSync(socket)).toBe(true);
    }
    const judged = await commandLine(['run', '--claim', ...claims], { env: { DOCKER_HOST: `unix://${socket}` } });
    expect({ conforming: judged.with('conforms'), status: judged.status }).toEqual({ conforming: [...claims].sort(), status: 0 });
  });

  it('must be known by its name alone where nothing but its cgroup can be seen', async () => {
    const { line: name } = await machine.script(`console.log(from('helpers/state/owner.ts').labName()); setInterval(() => {}, 1000);`);
    expect(name).toMatch(/^dnc-lab-/);
    const { printed, ...cleaned } = await machine.clean(name, inAnotherPidNamespace);
    expect(cleaned).toEqual({ status: 0, frozen: true });
    expect(printed).toContain(`lab ${name}`);
    expect(printed).toMatch(/^Left alone, because it is in use/);
    expect(printed).not.toContain('Removed');
  });
});

withStrangers('what a killed run left', () => {
  const holding = `from('helpers/state/temporary.ts').temporaryFolder().then(({ path }) => { console.log(path); setInterval(() => {}, 1000); });`;

  it.each([
    ['the first PID namespace', []],
    ['another PID namespace', inAnotherPidNamespace],
  ])('must be removed in %s, and not before its run is dead, wherever that was', async (_, as) => {
    for (const where of [[], inAnotherPidNamespace]) {
      const { child, line: folder } = await machine.script(holding, { as: where });
      const name = path.basename(folder);
      expect(await machine.clean(name, as)).toMatchObject({ status: 0, frozen: true });
      expect(existsSync(folder)).toBe(true);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      expect(await machine.clean(name, as)).toMatchObject({ status: 0, frozen: false, printed: expect.stringContaining(`lab ${name}`) });
      expect(existsSync(folder)).toBe(false);
    }
  });
});
