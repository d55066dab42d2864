import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '../selftest/fake-engine';
import { cacheFolder, makeCacheFolder, makeEntry, usableEntry } from './cache';
import { exportEntries, importEntries } from './carried';

const before = process.env['XDG_CACHE_HOME'];
const key = { name: 'root-docker-test', recipe: { of: 'something' } };
let file: string;

const elsewhere = () => (process.env['XDG_CACHE_HOME'] = temporaryDirectory());
const imported = () => importEntries(file, () => undefined);
const inCache = () => (existsSync(cacheFolder()) ? readdirSync(cacheFolder()).filter((name) => name !== 'lock') : []);

beforeEach(async () => {
  elsewhere();
  makeCacheFolder();
  file = join(temporaryDirectory(), 'engines.tgz');
  await makeEntry({
    ...key,
    build: (content) => {
      mkdirSync(join(content, 'bin'));
      writeFileSync(join(content, 'bin/dockerd'), 'a program', { mode: 0o755 });
      symlinkSync('dockerd', join(content, 'bin/docker'));
      return Promise.resolve({ packages: {}, facts: { version: '1.0' } });
    },
  });
  await exportEntries(file, ['docker-1.0'], [key.name], () => undefined);
  elsewhere();
});

afterEach(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
});

describe('engines in one file', () => {
  it('must be in the cache of another machine as they were', async () => {
    expect(await imported()).toEqual(['docker-1.0']);
    const { content = '' } = usableEntry(key) ?? {};
    expect(readFileSync(join(content, 'bin/docker'), 'utf8')).toBe('a program');
    expect(inCache()).toEqual([key.name]);
  });

  it.each([
    ['a folder that is there', () => temporaryDirectory()],
    ['a file in a folder that is not there', () => join(temporaryDirectory(), 'no', 'engines.tgz')],
  ])('must be refused in one sentence where they are to be %s', async (_, place) => {
    const named = place();
    await imported();
    await expect(exportEntries(named, ['docker-1.0'], [key.name], () => undefined)).rejects.toMatchObject({ name: 'UserError' });
    expect(inCache()).toEqual([key.name]);
  });

  it('must take the place of what was there', async () => {
    makeCacheFolder();
    await makeEntry({ ...key, build: () => Promise.resolve({ packages: {}, facts: {} }) });
    await imported();
    expect(usableEntry(key)?.manifest.facts).toEqual({ version: '1.0' });
  });

  /** The file, packed anew after something was done to what is in it. */
  const changed = (change: (folder: string) => void, members?: string[]) => {
    const folder = temporaryDirectory();
    execFileSync('tar', ['-xzf', file, '-C', folder]);
    change(folder);
    execFileSync('tar', [
      '-czf',
      file,
      '-C',
      folder,
      ...(members ?? ['carried.json', ...readdirSync(folder).filter((it) => it !== 'carried.json')]),
    ]);
  };
  const list = (changes: object) => (folder: string) =>
    writeFileSync(
      join(folder, 'carried.json'),
      JSON.stringify({ ...(JSON.parse(readFileSync(join(folder, 'carried.json'), 'utf8')) as object), ...changes }),
    );

  it.each<[string, () => void, RegExp]>([
    ['is not there', () => rmSync(file), /there is no such file/],
    [
      'is a folder',
      () => {
        rmSync(file);
        mkdirSync(file);
      },
      /there is no such file/,
    ],
    ['is a text', () => writeFileSync(file, 'hello'), /not in gzip format/],
    ['is empty', () => writeFileSync(file, ''), /unexpected end of file/],
    ['is cut', () => writeFileSync(file, readFileSync(file).subarray(0, 300)), /unexpected end of file/],
    ['is another archive', () => changed(() => undefined, [key.name]), /begins with root-docker-test\//],
    ['has no list', () => changed((folder) => writeFileSync(join(folder, 'carried.json'), '{')), /its list of engines is none/],
    ['is of another format', () => changed(list({ format: 2 })), /its list of engines is none/],
    ['names what leads elsewhere', () => changed(list({ entries: ['root-../../x'] })), /its list of engines is none/],
    ['lists what it has not', () => changed(list({ entries: [key.name, 'root-podman'] })), /root-podman is missing/],
    ['has more than it lists', () => changed((folder) => mkdirSync(join(folder, 'compiled'))), /it has compiled, which is not in its list/],
    [
      'was changed',
      () => changed((folder) => writeFileSync(join(folder, key.name, 'content/bin/dockerd'), 'b program')),
      /is not what it was/,
    ],
    [
      'has a link in the place of an entry',
      () =>
        changed((folder) => {
          rmSync(join(folder, key.name), { recursive: true });
          symlinkSync('/etc', join(folder, key.name));
        }),
      /is not what it was/,
    ],
  ])('must be refused in one sentence where it %s, and nothing of it used', async (_, damage, words) => {
    damage();
    await expect(imported()).rejects.toMatchObject({ name: 'UserError', status: 2, message: expect.stringMatching(words) });
    expect(inCache()).toEqual([]);
  });
});
