import { describe, expect, test } from '@jest/globals';
import { hitsInTraces, parseNftables, parseSave } from './firewall';
import { droppedBy, fieldOf, hasFlag, readTraces } from './trace';
import { rulesOf, sourcePortsOf } from './watch';

/** What `nft -a monitor` of nftables 1.1.7 printed of a packet that a set of somebody's own held, shortened. */
const packet =
  'iif "va" ether saddr 3e:bf:df:01:80:b9 ether daddr 82:14:e9:c6:58:1e ip saddr 10.0.0.1 ip daddr 10.0.0.2 ip protocol tcp ip length 60 tcp sport 40000 tcp dport 80 tcp flags == syn tcp window 64240 ';
const printed = `trace id d5a47913 netdev own seen packet: iif "va" arp operation request 
trace id d5a47913 netdev own seen unknown rule handle 3 (verdict continue)
trace id d5a47913 netdev own seen policy accept 
trace id de915a21 netdev own seen packet: ${packet}
trace id de915a21 netdev own seen unknown rule handle 2 (verdict continue)
trace id de915a21 netdev own seen policy accept 
trace id de915a21 inet guard pass packet: iif "br0" oif "br0" ip saddr 10.0.0.77 ip daddr 10.0.0.2 tcp sport 40000 tcp dport 80 
trace id de915a21 inet guard pass rule ip saddr @b drop # handle 3 (verdict drop)
# new generation 16 by process 32565 (nft)
`;

describe('what the kernel tells of packets that are followed', () => {
  const traces = readTraces('host', printed, 'own');

  test('each packet with the rules that it met, and what it was when it met them', () => {
    expect(traces).toEqual([
      { place: 'host', packet: 'iif "va" arp operation request', steps: [] },
      {
        place: 'host',
        packet: packet.trim(),
        steps: [
          {
            table: 'inet guard',
            chain: 'pass',
            handle: 3,
            text: 'ip saddr @b drop',
            verdict: 'drop',
            packet: 'iif "br0" oif "br0" ip saddr 10.0.0.77 ip daddr 10.0.0.2 tcp sport 40000 tcp dport 80',
          },
        ],
      },
    ]);
    expect(traces.map(droppedBy).map((step) => step?.text)).toEqual([undefined, 'ip saddr @b drop']);
    expect(fieldOf(packet, 'ip saddr')).toBe('10.0.0.1');
    expect(fieldOf(packet, 'ip6 saddr')).toBeUndefined();
  });

  test("a number that comes again is that of another packet, where the suite's own table sees it first", () => {
    const again = readTraces(
      'host',
      'trace id 1 netdev own seen packet: a \ntrace id 1 ip x y packet: a1 \ntrace id 1 netdev own seen packet: b \n',
      'own',
    );
    expect(again.map((trace) => trace.packet)).toEqual(['a', 'b']);
  });

  test.each([
    ['tcp flags == syn tcp window 1', ['syn']],
    ['tcp flags == 0x18 tcp window 63', ['psh', 'ack']],
    ['tcp flags == fin | ack', ['fin', 'ack']],
    ['arp operation request', []],
  ])('flags of TCP: %s', (text, flags) => {
    expect((['fin', 'syn', 'rst', 'psh', 'ack'] as const).filter((flag) => hasFlag(text, flag))).toEqual(flags);
  });

  test('a policy that drops, a jump and a rule of which nothing is said but its verdict', () => {
    const [trace] = readTraces(
      'host',
      'trace id 1 ip filter FORWARD packet: iif "a" \ntrace id 1 ip filter FORWARD rule jump X # handle 4 (verdict jump X)\ntrace id 1 ip filter X rule drop # handle 9 (verdict drop)\ntrace id 1 ip filter FORWARD policy drop \n',
      'own',
    );
    expect(trace?.steps.map(({ chain, handle, text, verdict }) => [chain, handle, text, verdict])).toEqual([
      ['FORWARD', 4, 'jump X', 'jump'],
      ['X', 9, 'drop', 'drop'],
      ['FORWARD', undefined, 'policy drop', 'drop'],
    ]);
  });

  test('rules are those that their programs show', () => {
    const set = { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '@b' };
    const ruleset = JSON.stringify({
      nftables: [
        { rule: { family: 'ip', table: 'filter', chain: 'FORWARD', handle: 4, expr: [] } },
        { rule: { family: 'ip', table: 'filter', chain: 'FORWARD', handle: 7, expr: [] } },
        { chain: { family: 'inet', table: 'guard', name: 'pass', hook: 'forward', policy: 'accept' } },
        { rule: { family: 'inet', table: 'guard', chain: 'pass', handle: 3, expr: [{ match: set }, { drop: null }] } },
      ],
    });
    const rules = [
      ...parseSave('*filter\n:FORWARD DROP [0:0]\n[1:2] -A FORWARD -j LOG\n[3:4] -A FORWARD -p tcp -j REJECT\n', 'iptables'),
      ...parseNftables(ruleset),
    ];
    const step = { table: 'ip filter', chain: 'FORWARD', packet: '' };
    const met = hitsInTraces(
      'host',
      [
        ...traces,
        { place: 'host', packet: '', steps: [{ ...step, handle: 7, text: 'counter reject', verdict: 'drop' }] },
        { place: 'host', packet: '', steps: [{ ...step, handle: undefined, text: 'policy drop', verdict: 'drop' }] },
        {
          place: 'host',
          packet: '',
          steps: [{ ...step, table: 'inet web', handle: 2, text: 'tcp dport vmap { 80 : drop }', verdict: 'drop' }],
        },
      ],
      rules,
      ruleset,
    );
    expect(met.map(({ rule, followed }) => [rule.backend, rule.table, rule.text, rule.effect, followed])).toEqual([
      ['nft', 'inet guard', 'handle 3: ip saddr @b drop', 'drops', true],
      ['iptables', 'filter', '-A FORWARD -p tcp -j REJECT', 'rejects', true],
      ['iptables', 'filter', 'policy DROP', 'drops', true],
      ['nft', 'inet web', 'handle 2: tcp dport vmap { 80 : drop }', 'drops', true],
    ]);
  });
});

describe('the table that follows packets', () => {
  test('marks them before any other rule, drops none, and goes with the program that made it', () => {
    const lines = rulesOf('own', ['v1', 'v2'], { sourcePorts: [21000, 21009], behind: { address: '172.17.0.3', port: 80 } });
    expect(lines.filter((line) => line.startsWith('add table'))).toEqual(
      ['netdev', 'arp', 'inet'].map((family) => `add table ${family} own { flags owner; }`),
    );
    expect(lines).toContain('add chain netdev own seen { type filter hook ingress devices = { v1, v2 } priority -2147483640; }');
    expect(lines).toContain('add rule inet own seen tcp sport 21000-21009 meta nftrace set 1');
    expect(lines).toContain('add rule netdev own seen ip saddr 172.17.0.3 tcp sport 80 meta nftrace set 1');
    expect(lines).toContain('add rule arp own seen meta nftrace set 1');
    // by the chain of that name the watch sees that its events come
    expect(lines.join('\n')).not.toContain('ready');
    expect(lines.join('\n')).not.toMatch(/drop|reject/);
  });

  test('without links nothing comes in that could be followed', () => {
    expect(rulesOf('own', [], { sourcePorts: [1, 2], behind: undefined }).join('\n')).not.toContain('netdev');
  });

  test('ports of the probe are below those that kernels choose', () => {
    expect([sourcePortsOf(0), sourcePortsOf(0.9999)]).toEqual([
      [21000, 21009],
      [29990, 29999],
    ]);
  });
});
