import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from '../../fixtures/engines';
import { native } from '../base/native';
import { aptError, chooseMirror, openApt, parseUris } from './apt';

describe('what apt-get prints', () => {
  it('is read as packages, with their epochs', () => {
    const output = [
      'Reading package lists...',
      "'http://deb.debian.org/debian/pool/main/c/curl/curl_8.22.0-1_amd64.deb' curl_8.22.0-1_amd64.deb 290676 SHA256:00",
      "'http://deb.debian.org/debian/pool/main/z/zlib/zlib1g_1.3_amd64.deb' zlib1g_1%3a1.3.dfsg+really1.3.2-3_amd64.deb 90912 SHA256:00",
    ].join('\n');
    expect(parseUris(output)).toEqual([
      { name: 'curl', version: '8.22.0-1', size: 290_676 },
      { name: 'zlib1g', version: '1:1.3.dfsg+really1.3.2-3', size: 90_912 },
    ]);
  });

  it('tells the mirror of a Debian machine, with or without fetched lists', () => {
    expect(chooseMirror('http://deb.debian.org/debian-security/ Debian\nhttp://mirror.example/debian/ Debian\n')).toBe(
      'http://mirror.example/debian',
    );
    expect(chooseMirror('http://mirror.example/debian \n')).toBe('http://mirror.example/debian');
  });

  it('tells no mirror on a machine that is not a Debian', () => {
    expect(chooseMirror('http://archive.ubuntu.com/ubuntu/ Ubuntu\nhttps://download.docker.com/linux/debian Docker\n')).toBe(
      'http://deb.debian.org/debian',
    );
    expect(chooseMirror('')).toBe('http://deb.debian.org/debian');
  });

  it('becomes an error that says what to do', () => {
    expect(aptError('apt cannot fetch it', 'W: one\nE: Temporary failure resolving x\n')).toMatchObject({
      message: 'apt cannot fetch it: Temporary failure resolving x',
      remedy: expect.stringContaining('Debian mirror'),
    });
    expect(aptError('apt cannot fetch it', 'W: GPG error: NO_PUBKEY 6ED0E7B82643E131')).toMatchObject({
      remedy: expect.stringContaining('debian-archive-keyring'),
    });
    expect(aptError('apt cannot download it', 'E: write (28: No space left on device)')).toMatchObject({
      message: expect.stringContaining('is full'),
    });
  });
});

describe('what an earlier set-up downloaded', () => {
  const content = 'what Debian published';
  const sum = createHash('sha256').update(content).digest('hex');
  const suite = { name: 'forky', current: true } as Suite;
  const wanted = [{ name: 'tini', version: '1:0.19', size: content.length }];
  // the one whose programs are started: Jest gives a test another
  const { env } = native<NodeJS.Process>('node:process');
  const path = env['PATH'];
  let folder: string;
  let told: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dnc-apt-test-'));
    told = [];
    env['PATH'] = `${folder}/bin:${path ?? ''}`;
    mkdirSync(join(folder, 'bin'));
  });
  afterEach(() => {
    env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  /** Like apt: it takes a file that is there and has the right size. @param fetched what a mirror answers with */
  function aptFetches(fetched: string, published = `SHA256:${sum}`): void {
    const script = `#!/bin/sh
      case "$*" in
        *--print-uris*) echo "'http://mirror.example/tini.deb' tini_1%3a0.19_amd64.deb ${content.length} ${published}" ;;
        *download*) [ -e tini_1%3a0.19_amd64.deb ] || printf '%s' '${fetched}' >tini_1%3a0.19_amd64.deb ;;
      esac`;
    for (const name of ['apt-get', 'apt-config']) writeFileSync(join(folder, 'bin', name), script, { mode: 0o755 });
  }

  async function download(): Promise<string> {
    const apt = await openApt(join(folder, 'apt'), suite);
    const [file = ''] = await apt.download(wanted, (line) => told.push(line));
    return readFileSync(file, 'utf8');
  }

  it('is fetched again, and a line says so, when it is not what Debian published', async () => {
    aptFetches(content);
    mkdirSync(join(folder, 'apt/debs'), { recursive: true });
    writeFileSync(join(folder, 'apt/debs/tini_1%3a0.19_amd64.deb'), content.replace('what', 'WHAT'));
    expect(await download()).toBe(content);
    expect(told).toEqual(['Kept from an earlier set-up, and not what Debian published: tini_1%3a0.19_amd64.deb; fetching again …']);
  });

  it('is used again when it is', async () => {
    aptFetches('something else');
    mkdirSync(join(folder, 'apt/debs'), { recursive: true });
    writeFileSync(join(folder, 'apt/debs/tini_1%3a0.19_amd64.deb'), content);
    expect(await download()).toBe(content);
    expect(told).toEqual([]);
  });

  it('is an error, and stays for nobody, when what is fetched is something else', async () => {
    aptFetches(content.replace('what', 'WHAT'));
    await expect(download()).rejects.toThrow(/^tini_1%3a0\.19_amd64\.deb was downloaded and is not what Debian forky published/);
    aptFetches(content);
    expect(await download()).toBe(content);
  });

  it('is not used with a sum that can be forged', async () => {
    aptFetches(content, `MD5Sum:${createHash('md5').update(content).digest('hex')}`);
    await expect(download()).rejects.toThrow(/is not what Debian forky published/);
  });

  it('comes from a newer suite where it is named, and from no other one otherwise', async () => {
    aptFetches(content);
    await openApt(join(folder, 'apt'), { name: 'sid', current: true, newer: { suite: 'experimental', packages: ['podman', 'netavark'] } });
    const told = (name: string) => readFileSync(join(folder, 'apt', name), 'utf8');
    expect(told('sources.list').match(/ (sid|experimental) main$/gm)).toEqual([' sid main', ' experimental main']);
    expect(told('preferences')).toBe('Package: podman netavark\nPin: release a=experimental\nPin-Priority: 990\n');
    await openApt(join(folder, 'apt'), suite);
    expect(told('preferences')).toBe('');
    expect(told('sources.list').match(/ \w+ main$/gm)).toEqual([' forky main']);
  });

  it('does not make apt believe a list whose signature was verified once', async () => {
    aptFetches(content);
    mkdirSync(join(folder, 'apt/lists'), { recursive: true });
    writeFileSync(join(folder, 'apt/lists/mirror_Packages'), 'Package: tini');
    await openApt(join(folder, 'apt'), suite);
    expect(readdirSync(join(folder, 'apt/lists'))).toEqual(['partial']);
  });
});
