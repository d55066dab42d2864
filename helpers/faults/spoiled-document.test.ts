import { describe, expect, it } from '@jest/globals';
import { emptyAt, hasAt, setAt } from './spoiled-document';

const network = () => ({
  Name: 'bridge',
  Containers: { a: { Name: 'nginx01' }, b: { Name: 'nginx02' } },
  Peers: [{ Name: 'x' }],
  Options: null,
});

describe('a spoiled document', () => {
  it('must have another value at a place, at all members of a map or list, and nowhere else', () => {
    const document = network();
    setAt(document, ['Containers', '*', 'Name'], 'somebody');
    setAt(document, ['Peers', '*', 'Name'], 'y');
    expect(document).toEqual({ ...network(), Containers: { a: { Name: 'somebody' }, b: { Name: 'somebody' } }, Peers: [{ Name: 'y' }] });
  });

  it('must get a member that it did not have, but nothing below what is not there', () => {
    const document = network();
    setAt(document, ['Scope'], 'local');
    setAt(document, ['IPAM', 'Driver'], 'default');
    setAt(document, ['Options', 'mtu'], '1500');
    expect(document).toEqual({ ...network(), Scope: 'local' });
  });

  it('must lose all members of a list or map', () => {
    const document = network();
    emptyAt(document, ['Containers']);
    emptyAt(document, ['Peers']);
    expect(document).toEqual({ ...network(), Containers: {}, Peers: [] });
    const list = [1, 2];
    emptyAt(list, []);
    expect(list).toEqual([]);
  });

  it('must say whether it has a value at one of the places', () => {
    expect(hasAt(network(), ['Containers', '*', 'Name'], 'nginx02')).toBe(true);
    expect(hasAt(network(), ['Containers', 'a'], { Name: 'nginx01' })).toBe(true);
    expect(hasAt(network(), ['Containers', 'c', 'Name'], undefined)).toBe(false);
  });
});
