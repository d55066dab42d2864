import { describe, expect, test } from '@jest/globals';
import { parseDescriptors, parseQueues } from './namespace-parts';

describe('what commands print', () => {
  test('tc -s -j qdisc: queues with where they hang and what they dropped', () => {
    const printed =
      '[{"kind":"noqueue","handle":"0:","dev":"lo","root":true,"drops":0},{"kind":"tbf","handle":"30:","dev":"veth1","parent":"1:3","options":{},"drops":3}]';
    expect(parseQueues(printed)).toEqual([
      { link: 'lo', kind: 'noqueue', place: '0: of root', dropped: 0 },
      { link: 'veth1', kind: 'tbf', place: '30: of 1:3', dropped: 3 },
    ]);
    expect(parseQueues('tc: not found')).toEqual([]);
  });

  test('processes with their descriptors; one that has ended has no limits', () => {
    expect(parseDescriptors('356 20 Max open files            20                   4096                 files     \n357 0 \n')).toEqual([
      { process: 356, used: 20, limit: 20 },
    ]);
  });
});
