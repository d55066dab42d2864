import { describe, expect, it } from '@jest/globals';
import { aptError, chooseMirror, parseUris } from './apt';

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
    expect(chooseMirror('http://deb.debian.org/debian-security/ Debian\nhttp://mirror.example/debian/ Debian\n')).toBe('http://mirror.example/debian');
    expect(chooseMirror('http://mirror.example/debian \n')).toBe('http://mirror.example/debian');
  });

  it('tells no mirror on a machine that is not a Debian', () => {
    expect(chooseMirror('http://archive.ubuntu.com/ubuntu/ Ubuntu\nhttps://download.docker.com/linux/debian Docker\n')).toBe('http://deb.debian.org/debian');
    expect(chooseMirror('')).toBe('http://deb.debian.org/debian');
  });

  it('becomes an error that says what to do', () => {
    expect(aptError('apt cannot fetch it', 'W: one\nE: Temporary failure resolving x\n')).toMatchObject({
      message: 'apt cannot fetch it: Temporary failure resolving x',
      remedy: expect.stringContaining('Debian mirror'),
    });
    expect(aptError('apt cannot fetch it', 'W: GPG error: NO_PUBKEY 6ED0E7B82643E131')).toMatchObject({ remedy: expect.stringContaining('debian-archive-keyring') });
    expect(aptError('apt cannot download it', 'E: write (28: No space left on device)')).toMatchObject({ message: expect.stringContaining('is full') });
  });
});
