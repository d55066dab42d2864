import { describe, expect, it } from '@jest/globals';
import semver from 'semver';
import { versionOf } from './version';

describe('the version of an engine', () => {
  it.each([
    ['28.5.2', '28.5.2'],
    ['28.5.2+dfsg4', '28.5.2'],
    ['29.0.0-rc.1', '29.0.0'],
    ['v27.0.1', '27.0.1'],
  ])('%s is that of a release', (said, release) => {
    expect(versionOf(said)).toEqual({ name: release, comparable: release });
  });

  it.each(['dev', 'library-import', 'my build', ''])('"%s" is newer than every release, and can be compared', (said) => {
    const { name, comparable } = versionOf(said);
    expect(semver.gt(comparable, '99.0.0')).toBe(true);
    expect(name).toMatch(/^[\w.-]+$/);
  });
});
