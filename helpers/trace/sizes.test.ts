import { describe, expect, it } from '@jest/globals';
import { sizesIn } from './sizes';

describe('sizes of packets', () => {
  it('must tell where they begin to vanish', () => {
    expect(sizesIn('128 passes\n1280 passes\n1400 vanishes\n1500 vanishes\n')).toEqual({ passes: 1280, vanishes: 1400 });
  });

  it.each(['128 passes\n1500 passes\n', '128 vanishes\n1500 vanishes\n', '128 passes\n1280 vanishes\n1500 passes\n', ''])(
    'must say nothing where all pass, none do, or it was chance: %j',
    (printed) => {
      expect(sizesIn(printed)).toBeUndefined();
    },
  );
});
