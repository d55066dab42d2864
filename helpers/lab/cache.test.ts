import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as output from '../base/output';
import { UserError } from '../base/user-error';
import {
  cacheError,
  cacheFolder,
  fullDiskIn,
  isFullDisk,
  makeCacheFolder,
  makeEntry,
  readManifest,
  removeDebris,
  usableEntry,
  whyUnusable,
} from './cache';
import { treeDigest } from './tree';

let home: string;
const before = process.env['XDG_CACHE_HOME'];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'dnc-cache-test-'));
  process.env['XDG_CACHE_HOME'] = home;
  makeCacheFolder();
});

afterEach(() => {
  rmSync(home, { recursive: true });
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
});

const key = { name: 'thing', recipe: { of: 'something' } };

async function make(): Promise<string> {
  const entry = await makeEntry({
    ...key,
    build: (content) => {
      mkdirSync(join(content, 'bin'));
      writeFileSync(join(content, 'bin/sh'), 'sh');
      symlinkSync('sh', join(content, 'bin/dash'));
      return Promise.resolve({ packages: { dash: '1' }, facts: { version: '1' } });
    },
  });
  return entry.content;
}

describe('an entry of the cache', () => {
  it('is found again with what it says about itself', async () => {
    const content = await make();
    expect(usableEntry(key)).toMatchObject({ content, manifest: { packages: { dash: '1' }, facts: { version: '1' } } });
  });

  it('is of no use to another recipe', async () => {
    await make();
    const other = { ...key, recipe: { of: 'something else' } };
    expect(usableEntry(other)).toBeUndefined();
    expect(whyUnusable(other)).toBe('outdated');
  });

  it('is absent before it is made', () => {
    expect(usableEntry(key)).toBeUndefined();
    expect(whyUnusable(key)).toBe('absent');
  });

  it.each<[string, (content: string) => void]>([
    ['a file is gone', (content) => rmSync(join(content, 'bin/sh'))],
    ['a file is new', (content) => writeFileSync(join(content, 'new'), '')],
    ['a file is shorter', (content) => writeFileSync(join(content, 'bin/sh'), '')],
    ['a file was written again', (content) => utimesSync(join(content, 'bin/sh'), 1, 1)],
    ['a mode is another', (content) => chmodSync(join(content, 'bin/sh'), 0o600)],
    [
      'a link leads elsewhere',
      (content) => {
        rmSync(join(content, 'bin/dash'));
        symlinkSync('bash', join(content, 'bin/dash'));
      },
    ],
    ['everything is gone', (content) => rmSync(content, { recursive: true })],
    ['its manifest is not one', (content) => writeFileSync(join(content, '../manifest.json'), '{')],
  ])('is damaged when %s', async (_, damage) => {
    damage(await make());
    expect(usableEntry(key)).toBeUndefined();
    expect(whyUnusable(key)).toBe('damaged');
  });

  it.each<[string, (content: string) => void]>([
    ['it was made by this version', () => undefined],
    [
      'an earlier version made it, and it was used since',
      (content) => {
        const manifest = join(content, '../manifest.json');
        writeFileSync(manifest, JSON.stringify({ ...(JSON.parse(readFileSync(manifest, 'utf8')) as object), sum: undefined }));
        rmSync(join(content, '../seen'));
        expect(usableEntry(key)).toBeDefined();
      },
    ],
  ])('is damaged when a file holds something else of the same size and time, whether %s', async (_, before) => {
    const content = await make();
    before(content);
    const file = join(content, 'bin/sh');
    const { atime, mtime } = statSync(file);
    writeFileSync(file, 'hs');
    utimesSync(file, atime, mtime);
    expect(usableEntry(key)).toBeUndefined();
    expect(whyUnusable(key)).toBe('damaged');
  });

  it('says once that what an earlier version kept is trusted as it is, with its sum', async () => {
    const told = jest.spyOn(output, 'note').mockImplementation(() => undefined);
    const manifest = join(await make(), '../manifest.json');
    const { sum, ...earlier } = JSON.parse(readFileSync(manifest, 'utf8')) as { sum: string };
    writeFileSync(manifest, JSON.stringify(earlier));
    for (let n = 0; n < 2; n++) expect(usableEntry(key)).toBeDefined();
    expect(told.mock.calls).toEqual([
      [expect.stringMatching(new RegExp(`kept no checksum: what it holds today is trusted \\(SHA-256 ${sum}\\)`))],
    ]);
    told.mockRestore();
  });

  it('is what it was when it has been copied elsewhere', async () => {
    const content = await make();
    cpSync(join(content, '..'), `${home}/copy`, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    rmSync(join(content, '..'), { recursive: true });
    renameSync(`${home}/copy`, join(content, '..'));
    expect(usableEntry(key)).toBeDefined();
  });

  it('is not used, with one sentence, when others can write to the cache', async () => {
    await make();
    chmodSync(cacheFolder(), 0o777);
    expect(() => usableEntry(key)).toThrow(
      /^The cache folder .* is not used: .* is writable for other users, and nobody but the user who runs this may be able to change what lies there\.$/,
    );
    expect(readManifest(key.name)).toBeUndefined();
    expect(() => makeCacheFolder()).toThrow(UserError);
  });

  it('leaves nothing when it cannot be made', async () => {
    await expect(makeEntry({ ...key, build: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    expect(readdirSync(cacheFolder())).toEqual([]);
  });

  it('replaces a damaged one', async () => {
    rmSync(join(await make(), 'bin'), { recursive: true });
    await make();
    expect(usableEntry(key)).toBeDefined();
  });
});

describe('the cache folder', () => {
  it('is rid of what interrupted set-ups left, and of nothing else', () => {
    for (const name of ['tmp-root-1', 'root', 'apt-forky']) mkdirSync(join(cacheFolder(), name));
    removeDebris();
    expect(readdirSync(cacheFolder())).toEqual(['apt-forky', 'root']);
  });

  it('is an error of the user when it cannot be made', () => {
    process.env['XDG_CACHE_HOME'] = '/proc/nowhere';
    expect(() => makeCacheFolder()).toThrow(UserError);
  });

  it('is under the home directory unless XDG_CACHE_HOME is an absolute path', () => {
    process.env['XDG_CACHE_HOME'] = 'relative';
    expect(cacheFolder()).toMatch(/^\/.*\/\.cache\/docker-network-conformance$/);
  });

  it('tells a full disk, also from what programs write', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    expect(isFullDisk(cacheError(full))).toBe(true);
    expect(isFullDisk(fullDiskIn('tar: x: Wrote only 2560 of 10240 bytes'))).toBe(true);
    expect(fullDiskIn('tar: x: Not found')).toBeUndefined();
    expect(isFullDisk(new Error('other'))).toBe(false);
  });
});

it('the digest of a tree does not depend on where it is', () => {
  for (const name of ['one', 'two']) {
    mkdirSync(join(home, name));
    writeFileSync(join(home, name, 'file'), 'x');
    utimesSync(join(home, name, 'file'), 5, 5);
  }
  expect(treeDigest(join(home, 'one'))).toBe(treeDigest(join(home, 'two')));
});
