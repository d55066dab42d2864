import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalogue } from '../../fixtures/claims';
import { engineStates } from '../lab';
import { commandLine } from '../selftest/command-line';
import { candidates } from './completion';
import { program } from './main';

const of = (...words: string[]) =>
  candidates(
    program([], () => undefined),
    words,
  );
const areas = [...new Set(catalogue.map(({ area }) => area))];

describe('completion', () => {
  it('must know commands, but none that is hidden', async () => {
    const commands = await of('');
    expect(commands).toEqual(expect.arrayContaining(['run', 'list', 'explain', 'completion']));
    expect(commands).not.toContain('complete');
    expect(await of('ex')).toEqual(['explain']);
  });

  it('must know options, also where "run" is left out', async () => {
    expect(await of('list', '--')).toEqual(expect.arrayContaining(['--area', '--json']));
    expect(await of('run', '--base')).toEqual(['--baseline']);
    expect(await of('--last')).toEqual(['--last-failed']);
    expect(await of('run', '--fault')).toEqual([]);
  });

  it('must know areas, ids, levels and engines', async () => {
    expect(await of('run', '--area', '')).toEqual(areas);
    expect(await of('run', '--area', 'document', 'dn')).toEqual(['dns']);
    expect(await of('--claim', 'bridge.default.peers-r')).toEqual(['bridge.default.peers-reach-each-other']);
    expect(await of('explain', 'bridge.default.peers-r')).toEqual(['bridge.default.peers-reach-each-other']);
    expect(await of('run', '--level', 'm')).toEqual(['must']);
    const engines = (await engineStates()).map(({ id }) => id);
    expect(await of('run', '--engine', '')).toEqual(expect.arrayContaining(engines));
  });

  it('must know the host as the source of a trace, and no engine of a lab for it', async () => {
    const before = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = 'unix:///nonexistent.sock';
    expect([await of('trace', 'h'), await of('trace', 'web', ''), await of('trace', '--engine', ''), await of('trace', '--comp')]).toEqual([
      ['host'],
      [],
      [],
      ['--compose', '--compare'],
    ]);
    if (before === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = before;
  });

  it('must leave files, and what follows --, to the shell', async () => {
    expect(await of('run', '--json', '')).toEqual([]);
    expect(await of('run', '--engine', 'docker-28.5.2', '')).toEqual([]);
    expect(await of('run', '--', '--ar')).toEqual([]);
  });

  it('must work in bash', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'completion-'));
    try {
      const bin = path.join(folder, 'docker-network-conformance');
      symlinkSync(path.resolve(__dirname, '..', 'bin.cjs'), bin);
      const script = `source <("${bin}" completion bash)
        COMP_WORDS=("${bin}" list --area docu) COMP_CWORD=3; _docker_network_conformance; printf '%s\\n' "\${COMPREPLY[@]}"
        complete -p docker-network-conformance`;
      writeFileSync(path.join(folder, 'script'), script);
      const [word, registered] = execFileSync('bash', [path.join(folder, 'script')])
        .toString()
        .trim()
        .split('\n');
      expect(word).toBe('document');
      expect(registered).toContain('-F _docker_network_conformance docker-network-conformance');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('must refuse a shell that it does not know', async () => {
    expect(await commandLine(['completion', 'csh'])).toMatchObject({
      status: 2,
      complained: expect.stringContaining('There is no completion for "csh".'),
    });
  });
});
