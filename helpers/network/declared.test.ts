import { describe, expect, it } from '@jest/globals';
import { Declared } from './declared';
import type { ClaimDeclaration } from './types';

const good: ClaimDeclaration = { id: 'shop.web', title: 'web must reach api', check: () => undefined };

function declared(): Declared {
  const all = new Declared('/project/network', 'dnc-n1');
  all.loading('/project/network/back/shop.spec.mjs');
  return all;
}

describe('what specs declare', () => {
  it('must know of each claim where it stands', () => {
    const all = declared();
    all.claim(good);
    expect(all.claims).toEqual([
      { ...good, level: 'must', area: 'network.back', section: 'shop', file: '/project/network/back/shop.spec.mjs' },
    ]);
  });

  it.each([
    [{ ...good, id: 'shop web' }, /"shop web" needs an id of words/],
    [{ title: good.title, check: good.check }, /The claim needs an id/],
    [{ ...good, title: ' ' }, /needs a title/],
    [{ ...good, level: 'may' }, /has a level that is none of must, should and observed/],
    [{ ...good, check: true }, /needs a check, which is a function/],
  ])('must refuse what is no claim: %j', (declaration, message) => {
    expect(() => declared().claim(declaration as ClaimDeclaration)).toThrow(message);
  });

  it('must refuse an id that is there', () => {
    const all = declared();
    all.claim(good);
    expect(() => all.claim(good)).toThrow(/two claims "shop.web"/);
  });

  it('must find compose files from the folder of the spec, and give each file one project', () => {
    const all = declared();
    const [one, same, other] = ['../../compose.yaml', '../../compose.yaml', 'Other-Shop/compose.yaml'].map((file) => all.compose(file, {}));
    expect(one).toEqual({ file: '/project/compose.yaml', project: 'dnc-n1-project', timeout: 120, profiles: [] });
    expect(same).toBe(one);
    expect(other?.project).toBe('dnc-n1-othershop1');
  });
});
