import { describe, expect, it } from '@jest/globals';
import semver from 'semver';
import { backendInId, versionInId, versionOf } from './version';

describe('the version of an engine', () => {
  it.each([
    ['28.5.2', '28.5.2'],
    ['28.5.2+dfsg4', '28.5.2'],
    ['29.0.0-rc.1', '29.0.0'],
    ['v27.0.1', '27.0.1'],
  ])('%s is that of a release', (said, release) => {
    expect(versionOf(said)).toEqual({ name: release, comparable: release });
  });

  it.each([
    ['docker-28.5.2', '28.5.2'],
    ['docker-28.5.2+rootless', '28.5.2'],
    ['docker-29.7.2-1f0c5a3e+rootless', '29.7.2'],
    ['docker-dev-12345678', '9999.0.0+dev'],
  ])('is part of the id %s', (id, expected) => {
    expect(versionInId(id)).toBe(expected);
  });

  it('tells the firewall backend by the mode in its id', () => {
    expect(['docker-29.7.2+nftables', 'docker-29.7.2', 'docker-29.7.2+cgroup-v2'].map(backendInId)).toEqual([
      'nftables',
      'iptables',
      'iptables',
    ]);
  });

  it.each(['dev', 'library-import', 'my build', ''])('"%s" is newer than every release, and can be compared', (said) => {
    const { name, comparable } = versionOf(said);
    expect(semver.gt(comparable, '99.0.0')).toBe(true);
    expect(name).toMatch(/^[\w.-]+$/);
  });
});
