import { describe, expect, it } from '@jest/globals';
import { isCollection, mutations, reasons } from './kinds';

/** The wrong values of a value, by kind. */
function wrong(value: unknown): Record<string, unknown> {
  return Object.fromEntries(mutations.filter(({ fits }) => fits(value)).map(({ kind, instead }) => [kind, instead(value as never)]));
}

describe('the wrong values of a field', () => {
  it('must be of the sort of the right one, and nothing', () => {
    expect(wrong('172.17.0.2')).toEqual({ 'other-address': '192.0.2.77', emptied: '' });
    expect(wrong('172.17.0.2/16')).toEqual({ 'other-address': '192.0.2.77/16', 'other-length': '172.17.0.2/15', emptied: '' });
    expect(wrong('fd00::2/64')).toEqual({ 'other-address': '2001:db8::77/64', 'other-length': 'fd00::2/63', emptied: '' });
    expect(wrong('0.0.0.0/0')).toMatchObject({ 'other-length': '0.0.0.0/1' });
    expect(wrong('02:42:ac:11:00:02')).toEqual({ 'other-mac': '00:00:5e:00:53:4d', emptied: '' });
    expect(wrong('0123456789abcdef')).toEqual({ 'other-digits': '123456789abcdef0', emptied: '' });
    expect(wrong('32768')).toEqual({ 'other-number': '32769', emptied: '' });
    expect(wrong('bridge')).toEqual({ 'other-word': 'other-bridge', emptied: '' });
  });

  it('must be something where nothing was said', () => {
    expect(wrong('')).toEqual({ filled: 'filled' });
    expect(wrong(null)).toEqual({ filled: { filled: 'filled' } });
  });

  it('must be another number, and the other of two states', () => {
    expect(wrong(0)).toEqual({ 'other-number': 1 });
    expect(wrong(true)).toEqual({ flipped: false });
    expect(wrong(false)).toEqual({ flipped: true });
  });

  it('must be null for a list or a map, except an empty one, which says the same', () => {
    expect(wrong(['bridge'])).toEqual({ null: null });
    expect(wrong({ '80/tcp': null })).toEqual({ null: null });
    expect(wrong([])).toEqual({});
    expect(wrong({})).toEqual({});
  });

  it('must not be made of a structure, which the API always sends', () => {
    expect(wrong({ Running: true, Pid: 7 })).toEqual({});
  });

  it('must never be the right one', () => {
    for (const value of ['192.0.2.1', '::', 'ffffffffffff', '99999', 'x', 'A1:B2:C3:D4:E5:F6', -1, false, null, '']) {
      const others = Object.values(wrong(value));
      expect(others.length).toBeGreaterThan(0);
      expect(others).not.toContain(value);
    }
  });

  it('must each have a kind of its own, and a reason', () => {
    expect(new Set(mutations.map(({ kind }) => kind)).size).toBe(mutations.length);
    for (const reason of Object.values(reasons)) expect(reason).toMatch(/\w+ \w+/);
  });
});

describe('a collection', () => {
  it('must be told from a structure by its keys', () => {
    for (const collection of [[], ['a'], {}, { bridge: {} }, { '80/tcp': null }, { 'com.docker.network.bridge.name': 'docker0' }])
      expect(isCollection(collection)).toBe(true);
    for (const other of [{ Id: 'x', Name: 'y' }, 'text', 1, null, undefined]) expect(isCollection(other)).toBe(false);
  });
});
