import { describe, expect, test } from '@jest/globals';
import { parseDescriptors, parseHosts, parseQueues, parseTrafficActions } from './namespace-parts';

describe('what commands print', () => {
  test('tc -s -j qdisc: queues with where they hang and what they dropped', () => {
    const printed =
      '[{"kind":"noqueue","handle":"0:","dev":"lo","root":true,"drops":0},{"kind":"tbf","handle":"30:","dev":"veth1","parent":"1:3","options":{},"drops":3}]';
    expect(parseQueues(printed)).toEqual([
      { link: 'lo', kind: 'noqueue', place: '0: of root', dropped: 0, waiting: 0 },
      { link: 'veth1', kind: 'tbf', place: '30: of 1:3', dropped: 3, waiting: 0 },
    ]);
    expect(parseQueues('tc: not found')).toEqual([]);
  });

  test('processes with their descriptors; one that has ended has no limits', () => {
    expect(parseDescriptors('356 20 Max open files            20                   4096                 files     \n357 0 \n')).toEqual([
      { process: 356, used: 20, limit: 20 },
    ]);
  });

  test('tc -s filter show: what actions did, by link and way', () => {
    const printed = [
      '@ veth1 ingress',
      'filter parent ffff: protocol ip pref 49152 u32 chain 0 ',
      'filter parent ffff: protocol ip pref 49152 u32 chain 0 fh 800::800 order 2048 key ht 800 bkt 0 terminal flowid not_in_hw ',
      '  match 00000050/0000ffff at 20',
      '\taction order 1: mirred (Egress Redirect to device mirror) stolen',
      ' \tindex 1 ref 1 bind 1 installed 1 sec used 1 sec firstused 1 sec',
      '\tAction statistics:',
      '\tSent 60 bytes 1 pkt (dropped 0, overlimits 0 requeues 0) ',
      '@ veth1 egress',
    ];
    expect(parseTrafficActions(printed.join('\n'))).toEqual([
      {
        link: 'veth1',
        way: 'ingress',
        filter: 'protocol ip pref 49152 u32',
        action: 'mirred (Egress Redirect to device mirror) stolen',
        packets: 1,
      },
    ]);
    expect(parseTrafficActions('')).toEqual([]);
  });

  test('a hosts file: addresses by name, without remarks', () => {
    expect(parseHosts('127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # both\n\n172.17.0.3 web db\n')).toEqual({
      localhost: ['127.0.0.1', '::1'],
      'ip6-localhost': ['::1'],
      web: ['172.17.0.3'],
      db: ['172.17.0.3'],
    });
  });
});
