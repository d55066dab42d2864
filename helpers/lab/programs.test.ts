import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pack, type Header } from 'tar-stream';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { isPlace, sumOfPrograms, unpackPrograms } from './programs';

afterAll(cleanUp);

const all = ['dockerd', 'containerd', 'containerd-shim-runc-v2', 'runc', 'docker-proxy', 'docker-init'];

const ofThisMachine = readFileSync(process.execPath).subarray(0, 64);

/** The head of a program, of this machine or of another one. */
function program(machine?: number, text = ''): Buffer {
  const head = Buffer.from(ofThisMachine);
  if (machine !== undefined) head.writeUInt16LE(machine, 18);
  return Buffer.concat([head, Buffer.from(text)]);
}

type Packed = [Partial<Header> & Pick<Header, 'name'>, Buffer?];
const inDocker = (names = all): Packed[] => names.map((name) => [{ name: `docker/${name}` }, program(undefined, name)]);

let folder: string;
beforeEach(() => {
  folder = temporaryDirectory();
});

async function archiveOf(entries: readonly Packed[], zip = gzipSync): Promise<string> {
  const packed = pack();
  for (const [header, content] of entries) packed.entry(header, content ?? Buffer.alloc(0));
  packed.finalize();
  const file = path.join(folder, 'docker-1.2.3.tgz');
  writeFileSync(file, zip(await buffer(packed)));
  return file;
}

const into = () => path.join(folder, 'root', 'usr', 'bin');
const unpack = (place: string) => unpackPrograms(place, into());

describe("an archive of Docker's programs", () => {
  it.each([
    ['in one folder, as Docker has them', 'docker/'],
    ['at the top', ''],
    ['behind a point', './docker/'],
  ])('must give them: %s', async (_, before) => {
    const entries = [...all, 'docker', 'ctr'].map((name): Packed => [{ name: before + name }, program(undefined, name)]);
    await unpack(await archiveOf(entries));
    expect(readdirSync(into()).sort()).toEqual([...all, 'ctr', 'docker'].sort());
    expect(readFileSync(path.join(into(), 'runc'))).toEqual(program(undefined, 'runc'));
    expect(statSync(path.join(into(), 'runc')).mode & 0o777).toBe(0o755);
  });

  it('must be read without compression as well', async () => {
    await unpack(await archiveOf(inDocker(), (it) => it as Buffer<ArrayBuffer>));
    expect(readdirSync(into())).toHaveLength(all.length);
  });

  it('must leave what it has besides where it is', async () => {
    await unpack(
      await archiveOf([
        ...inDocker(),
        [{ name: '../../escaped/dockerd' }, program()],
        [{ name: '/etc/passwd' }, Buffer.from('x')],
        [{ name: 'docker/link', type: 'symlink', linkname: '/etc' }],
        [{ name: 'docker/device', type: 'character-device', devmajor: 1, devminor: 3 }],
      ]),
    );
    expect(readdirSync(into()).sort()).toEqual([...all].sort());
    expect(readdirSync(folder).sort()).toEqual(['docker-1.2.3.tgz', 'root']);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['is not there', () => Promise.resolve(path.join(folder, 'none.tgz')), /^There is no .*none\.tgz\.$/],
    ['is empty', () => Promise.resolve(written('')), /has none of Docker's programs|cannot be read/],
    ['is a page', () => Promise.resolve(written('<html>404</html>'.repeat(100))), /cannot be read as an archive/],
    ['is cut', cut, /is cut: it ends in the middle/],
    ['is damaged', damaged, /cannot be read as an archive/],
    ['lacks programs', () => archiveOf(inDocker(all.slice(2))), /has no dockerd, containerd\.$/],
    ['has another thing altogether', () => archiveOf([[{ name: 'README' }, Buffer.from('hello')]]), /has none of Docker's programs/],
    [
      'has a link for a program',
      () => archiveOf([...inDocker(all.slice(1)), [{ name: 'docker/dockerd', type: 'symlink', linkname: '/bin/sh' }]]),
      /dockerd in .* is no file but a symlink/,
    ],
    ['has a program twice', () => archiveOf([...inDocker(), ...inDocker(['runc'])]), /has runc twice/],
    [
      'is for another processor',
      () => archiveOf([...inDocker(all.slice(1)), [{ name: 'docker/dockerd' }, program(22)]]),
      /dockerd in .* is for another processor \(s390x\)/,
    ],
    [
      'has a script for a program',
      () => archiveOf([...inDocker(all.slice(1)), [{ name: 'docker/dockerd' }, Buffer.from('#!/bin/sh\nexec rm -rf /\n')]]),
      /dockerd in .* is no program of Linux/,
    ],
    ['is a bomb', bomb, /dockerd in .* is larger than 512 MiB/],
  ])('must be refused in one sentence where it %s', async (_, make, says) => {
    const place = await make();
    await expect((async () => unpack((sumOfPrograms(place), place)))()).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(says),
      remedy: expect.stringContaining('docker-VERSION.tgz'),
      status: 2,
    });
  });
});

function written(text: string): string {
  const file = path.join(folder, 'written.tgz');
  writeFileSync(file, text);
  return file;
}

async function cut(): Promise<string> {
  const file = await archiveOf(inDocker());
  truncateSync(file, Math.trunc(statSync(file).size / 2));
  return file;
}

async function damaged(): Promise<string> {
  const file = await archiveOf(inDocker());
  const bytes = readFileSync(file);
  const middle = Math.trunc(bytes.length / 2);
  bytes.fill(0xff, middle, middle + 40);
  writeFileSync(file, bytes);
  return file;
}

/** An entry that says that it is a gigabyte. */
async function bomb(): Promise<string> {
  const packed = pack();
  packed.entry({ name: 'docker/dockerd', size: 1024 * 1024 * 1024 }, () => undefined);
  const file = path.join(folder, 'bomb.tgz');
  const [head] = (await once(packed, 'data')) as [Buffer];
  writeFileSync(file, gzipSync(Buffer.concat([head, Buffer.alloc(1024 * 1024)])));
  return file;
}

describe("a folder of Docker's programs", () => {
  const filled = (names = all) => {
    const place = path.join(folder, 'bundle');
    mkdirSync(place);
    for (const name of names) writeFileSync(path.join(place, name), program(undefined, name));
    return place;
  };

  it('must give them, links included, as a build leaves them', async () => {
    const place = filled(all.slice(1));
    writeFileSync(path.join(place, 'dockerd-dev'), program(undefined, 'dev'));
    symlinkSync('dockerd-dev', path.join(place, 'dockerd'));
    await unpack(place);
    expect(readFileSync(path.join(into(), 'dockerd'))).toEqual(program(undefined, 'dev'));
  });

  it('must be another one when a program is', () => {
    const place = filled();
    const before = sumOfPrograms(place);
    expect(sumOfPrograms(place)).toBe(before);
    writeFileSync(path.join(place, 'runc'), program(undefined, 'built anew'));
    expect(sumOfPrograms(place)).not.toBe(before);
  });

  it('must be refused where programs are missing', () => {
    expect(() => sumOfPrograms(filled(['runc']))).toThrow(/^The folder .*bundle has no dockerd, containerd, /);
  });
});

it.each([
  ['./docker', true],
  ['docker-29.7.2.tgz', true],
  ['/srv/bundle', true],
  ['docker-29.7.2', false],
  ['docker-28+rootless', false],
])('%s: whether it names a place', (selector, expected) => {
  expect(isPlace(selector)).toBe(expected);
});
