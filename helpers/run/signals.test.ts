import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** Ends in its own way: what is printed, and with which status. */
function ended(script: string): { status: number | null; printed: string; complained: string } {
  const program = `const { endOnSignals } = require('./helpers/run/signals.ts');\n${script}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', './helpers/loader/typescript.cjs', '-e', program], {
    cwd: path.resolve(__dirname, '../..'),
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, printed: stdout, complained: stderr };
}

const work = "{ interrupt: async () => console.log('reports') }";

describe('a command that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('must end on %s with its reports and status %d', (signal, status) => {
    expect(ended(`endOnSignals(${work}); setInterval(() => 0, 1000); process.kill(process.pid, '${signal}');`)).toEqual({
      status,
      printed: 'reports\n',
      complained: `\n${signal}: removing what this run made …\n`,
    });
  });

  it('must end at once on a second signal', () => {
    const script =
      "endOnSignals({ interrupt: () => new Promise(() => setImmediate(() => process.kill(process.pid, 'SIGINT'))) }); setInterval(() => 0, 1000); process.kill(process.pid, 'SIGINT');";
    const began = performance.now();
    expect(ended(script).status).toBe(130);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('must have its reports where the suite itself crashes, with status 3', () => {
    const { status, printed, complained } = ended(
      `endOnSignals(${work}); setImmediate(() => { throw new Error('a mistake'); }); setInterval(() => 0, 1000);`,
    );
    expect({ status, printed }).toEqual({ status: 3, printed: 'reports\n' });
    expect(complained).toMatch(/The suite itself failed: Error: a mistake/);
  });

  it('must go on with what waits for Ctrl-C', () => {
    expect(
      ended(
        `endOnSignals({ interrupt: async () => undefined, release: () => (setTimeout(() => process.exit(7), 10), true) }); setInterval(() => 0, 1000); process.kill(process.pid, 'SIGINT');`,
      ),
    ).toEqual({ status: 7, printed: '', complained: '' });
  });
});
