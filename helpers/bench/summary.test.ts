import { describe, expect, it } from '@jest/globals';
import type { ContenderId } from './contenders';
import type { Measurement } from './measure';
import { ratios, table } from './summary';

const medians: Record<ContenderId, number> = {
  suite: 3000,
  script: 4000,
  'bare-calls': 1500,
  'suite-with-helper': 3200,
  'suite-with-lab': 4400,
  lab: 900,
  'bare-daemon': 1000,
};
const measurements = Object.entries(medians).map(([id, median]): Measurement<ContenderId> => ({
  id: id as ContenderId,
  title: id,
  median,
  min: median - 100,
  max: median + 100,
  samples: [median],
}));

describe('the summary of a bench', () => {
  it('divides medians', () => {
    expect(ratios(measurements).map(({ value }) => value)).toEqual([0.75, 2, 0.8, 1.4, 0.9]);
  });

  it('says which bars are met and which are missed', () => {
    const lines = table(measurements, ratios(measurements)).split('\n');
    expect(lines[1]).toMatch(/^suite +3000 +2900 +3100$/);
    expect(lines).toContainEqual(expect.stringMatching(/^suite \/ script +0\.75 +<= 0\.8 +met +aim 0\.6$/));
    expect(lines).toContainEqual(expect.stringMatching(/bare daemon +1\.40 +<= 1\.3 +missed$/));
    expect(lines).toContainEqual(expect.stringMatching(/^suite \/ bare API calls +2\.00$/));
  });
});
