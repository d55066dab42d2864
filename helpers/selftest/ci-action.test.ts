import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { understood } from './ci-calls';
import { runAction, type Ran } from './ci-composite';

let folder: string;
let workspace: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'action-'));
  workspace = path.join(folder, 'work space');
  mkdirSync(path.join(folder, 'bin'));
  mkdirSync(workspace);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a program of this name before the machine's own. */
function programIs(name: string, script: string): void {
  const file = path.join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/bash\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Runs the action with a suite that writes its words down and ends with a status. */
async function withSuite(inputs: Record<string, string>, { status = 0, env = {} } = {}): Promise<Ran & { words: string[] }> {
  programIs('node', `printf '%s\\0' "$@" >'${folder}/words'; exit ${status}`);
  const ended = await runAction({ inputs, workspace, env: { ...env, PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` } });
  const words = existsSync(`${folder}/words`) ? readFileSync(`${folder}/words`, 'utf8').split('\0').slice(1, -1) : [];
  return { ...ended, words };
}

describe('the action', () => {
  it('must hand every input on to the suite', async () => {
    const { words, outputs, failed } = await withSuite({
      area: 'document',
      claim: 'a.b  c.d\ne.f',
      level: 'must should',
      shard: '1/2',
      strict: 'true',
      'min-judged': '80%',
      waivers: 'my waivers.json',
      ctrf: 'ctrf.json',
      badge: 'badge.json',
      output: 'out put',
    });
    const { command, options, args } = await understood(words);
    expect({ command, args, failed }).toEqual({ command: 'run', args: [], failed: false });
    expect(options).toMatchObject({
      ...{
        area: ['document'],
        claim: ['a.b', 'c.d', 'e.f'],
        level: ['must', 'should'],
        shard: '1/2',
        strict: true,
        minJudged: 0.8,
        waivers: 'my waivers.json',
      },
      ...{
        json: 'out put/results.json',
        junit: 'out put/junit.xml',
        html: 'out put/report.html',
        ctrf: 'out put/ctrf.json',
        badge: 'out put/badge.json',
      },
    });
    expect(outputs).toMatchObject({ 'exit-status': '0', conforms: '', results: 'out put/results.json', html: 'out put/report.html' });
  });

  it('must select nothing and ask for no further report by itself', async () => {
    const { words, ran } = await withSuite({ html: '', artifact: '' });
    expect(words).toEqual(['run', '--json=conformance/results.json', '--junit=conformance/junit.xml']);
    expect(ran).toEqual(['Install the suite', "Install Debian's keys", 'Judge the claims']);
  });

  it('must take an input for a word, whatever is in it', async () => {
    const bad = '$(touch owned) `touch owned` ;touch owned & * --strict -- "\' ${IFS}';
    const { words } = await withSuite({ area: bad, claim: bad, level: bad, shard: bad, waivers: bad, html: bad, badge: bad, ctrf: bad });
    const { options, args } = await understood(words);
    expect(args).toEqual([]);
    expect(options).toMatchObject({
      strict: false,
      claim: bad.split(/\s+/),
      area: bad.split(/\s+/),
      shard: bad,
      waivers: bad,
      html: `conformance/${bad}`,
    });
    expect(readdirSync(workspace)).toEqual(['conformance']);
  });

  it.each([
    ['strict', 'yes'],
    ['gate', '::error::'],
  ])('must refuse an input %s that is neither true nor false', async (name, value) => {
    const { failed, printed, words } = await withSuite({ [name]: value });
    expect({ failed, words }).toEqual({ failed: true, words: [] });
    expect(printed).toBe(`::error::The input ${name} must be true or false.\n`);
  });

  it.each<[number, string, boolean]>([
    [0, 'true', false],
    [0, 'false', false],
    [1, 'true', true],
    [1, 'false', false],
    [2, 'false', true],
    [3, 'false', true],
    [4, 'false', true],
  ])('must, when the suite ends with %d and gate is %s, fail: %s', async (status, gate, fails) => {
    const { failed, outputs, ran } = await withSuite({ gate }, { status });
    expect({ failed, status: outputs['exit-status'] }).toEqual({ failed: fails, status: String(status) });
    expect(ran).toContain('Upload the reports');
  });

  it('must give an engine to root alone, with the variables of the job and its own PATH', async () => {
    programIs('id', 'echo 1000');
    programIs('sudo', `printf '%s\\0' "$@" >>'${folder}/sudo'; while [[ $1 == --* ]]; do shift; done; exec "$@"`);
    programIs('apt-get', 'exit 0');
    const { words, ran, failed } = await withSuite(
      { engine: 'docker-28 $(id)', cache: 'false' },
      { env: { XDG_CACHE_HOME: '/somewhere' } },
    );
    expect(failed).toBe(false);
    expect(ran).toEqual(['Install the suite', "Install Debian's keys", 'Prepare for labs', 'Judge the claims', 'Upload the reports']);
    expect((await understood(words)).options).toMatchObject({ engine: 'docker-28 $(id)' });
    const asked = readFileSync(`${folder}/sudo`, 'utf8').split('\0');
    expect(asked.slice(asked.lastIndexOf('--preserve-env')).slice(0, 5)).toEqual([
      '--preserve-env',
      '--set-home',
      'env',
      expect.stringMatching(/^PATH=.*\/bin:/),
      'XDG_CACHE_HOME=',
    ]);
  });

  it("must install Debian's keys for the runner's own engine as well, for the image that most claims need", async () => {
    programIs('id', 'echo 1000');
    programIs('sudo', `printf '%s\\n' "\${@: -1}" >>'${folder}/sudo'`);
    const { words, failed, printed } = await withSuite({});
    expect({ failed, printed }).toEqual({ failed: false, printed: '' });
    expect(readFileSync(`${folder}/sudo`, 'utf8')).toBe('keys\n');
    expect((await understood(words)).options).not.toHaveProperty('engine');
  });

  it('must go on without them where it may not, with a warning, unless it has to make a lab', async () => {
    programIs('id', 'echo 1000');
    programIs('sudo', 'exit 1');
    const own = await withSuite({});
    expect({ failed: own.failed, judged: own.words[0] }).toEqual({ failed: false, judged: 'run' });
    expect(own.printed).toMatch(/^::warning::The keys of Debian could not be installed/m);
    expect((await withSuite({ engine: 'docker-28' })).failed).toBe(true);
  });

  it('must keep a lab under a key that the engine, the machine, the suite and the month decide', async () => {
    const keys: string[] = [];
    const stand = (action: string, { key = '' }: Record<string, string>) =>
      action.startsWith('actions/cache') ? (keys.push(key), { 'cache-primary-key': key }) : {};
    programIs('node', 'exit 2');
    programIs('id', 'echo 0');
    programIs('apt-get', 'exit 0');
    await runAction({
      inputs: { engine: 'docker-28+root,less\n$(id)' },
      workspace,
      stand,
      env: { PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` },
    });
    const month = new Date().toISOString().slice(0, 7);
    // and not at all after a run without verdicts
    expect(keys).toEqual([
      expect.stringMatching(new RegExp(`^docker-network-conformance-X64-docker-28\\+root_less___id_-[0-9a-f]{16}-${month}$`)),
    ]);
  });
});
