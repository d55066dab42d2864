import { describe, expect, test } from '@jest/globals';
import { droppedInDockerUser, printedByHost, rulesetWithForeignTable, savedByLegacy } from '../selftest/diagnosis-recordings';
import { docker29Ruleset } from '../selftest/firewall-recordings';
import { couldMatch, hits, hitsInTraces, parseNftables, parseSave, type Backend, type Rule } from './firewall';

describe('iptables-save -c', () => {
  test('rules and policies, each with table, chain, effect and count', () => {
    expect(parseSave(droppedInDockerUser.after, 'iptables')).toEqual([
      { backend: 'iptables', table: 'filter', chain: 'FORWARD', text: 'policy DROP', effect: 'drops', packets: 0 },
      { backend: 'iptables', table: 'filter', chain: 'FORWARD', text: '-A FORWARD -j DOCKER-USER', effect: 'other', packets: 14 },
      { backend: 'iptables', table: 'filter', chain: 'FORWARD', text: '-A FORWARD -j DOCKER-FORWARD', effect: 'other', packets: 12 },
      {
        backend: 'iptables',
        table: 'filter',
        chain: 'DOCKER-USER',
        text: '-A DOCKER-USER -p tcp -m tcp --dport 80 -j DROP',
        effect: 'drops',
        packets: 2,
      },
    ]);
  });

  test('several tables', () => {
    const rules = parseSave(printedByHost.iptables, 'iptables');
    expect([...new Set(rules.map(({ table }) => table))]).toEqual(['raw', 'filter', 'nat']);
    expect(rules.filter(({ effect }) => effect === 'diverts').map(({ table, text }) => `${table} ${text}`)).toEqual([
      'nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 32768 -j DNAT --to-destination 172.17.0.3:80',
    ]);
    expect(
      rules.filter(({ text }) => text.startsWith('policy')).map(({ chain, effect, packets }) => `${chain} ${effect} ${packets ?? ''}`),
    ).toContain('PREROUTING accepts 12');
  });

  test('a program that saw nothing, or says something else, tells no rules', () => {
    expect(parseSave('', 'iptables')).toEqual([]);
    expect(
      parseSave(
        'iptables-save v1.8.13: Could not fetch rule set generation id: Permission denied\nx [1:60] -A FORWARD -j DROP\n :INPUT DROP [0:0]\n',
        'iptables',
      ),
    ).toEqual([]);
    expect(parseSave(savedByLegacy, 'iptables-legacy').map(({ backend, text }) => `${backend} ${text}`)).toContain(
      'iptables-legacy -A FORWARD -p tcp -j DROP',
    );
  });

  test.each<[string, Rule['effect']]>([
    ['DROP', 'drops'],
    ['NFQUEUE --queue-num 0', 'drops'],
    ['QUEUE', 'drops'],
    ['TARPIT', 'drops'],
    ['REJECT --reject-with tcp-reset', 'rejects'],
    ['DNAT --to-destination 172.17.0.3:80', 'diverts'],
    ['REDIRECT --to-ports 9', 'diverts'],
    ['TPROXY --on-port 1', 'diverts'],
    ['ACCEPT', 'accepts'],
    ['MASQUERADE', 'other'],
    ['LOG --log-prefix DROP', 'other'],
  ])('what becomes of a packet: %s', (target, effect) => {
    expect(parseSave(`*filter\n[10:200] -A FORWARD -p tcp -j ${target}\n`, 'iptables')).toMatchObject([{ effect, packets: 10 }]);
  });

  test('a rule outside of any table has none', () => {
    expect(parseSave('[1:2] -A FORWARD -j DROP\n', 'iptables')).toMatchObject([{ table: '' }]);
  });

  test('a rule without a target only counts', () => {
    expect(parseSave('*filter\n[1:2] -A FORWARD -p tcp\n', 'iptables')).toMatchObject([{ effect: 'other' }]);
  });
});

describe('nft -j list ruleset', () => {
  test('only what the programs of iptables do not show, policies first', () => {
    const common = { backend: 'nft', table: 'inet t' } as const;
    const match = (left: object, right: unknown) => ({ match: { op: '==', left: { payload: left }, right } });
    expect(parseNftables(rulesetWithForeignTable)).toStrictEqual([
      { ...common, chain: 'f', text: 'policy drop', effect: 'drops', packets: undefined, hook: 'forward' },
      {
        ...common,
        chain: 'f',
        text: `handle 2 ${JSON.stringify([match({ protocol: 'tcp', field: 'dport' }, 80), { drop: null }])}`,
        effect: 'drops',
        packets: 0,
        hook: 'forward',
      },
      {
        ...common,
        chain: 'f',
        text: expect.stringMatching(/^handle 4 .*"reject"/),
        effect: 'rejects',
        packets: undefined,
        hook: 'forward',
      },
      {
        ...common,
        chain: 'f',
        text: expect.stringMatching(/^handle 5 .*"accept"/),
        effect: 'accepts',
        packets: undefined,
        hook: 'forward',
      },
      { ...common, chain: 'side', text: 'handle 7 [{"accept":null}]', effect: 'accepts', packets: 0 },
    ]);
  });

  const ruleset = (...entries: object[]) => JSON.stringify({ nftables: entries });
  const rule = (features: object) => ({ rule: { family: 'inet', table: 't', chain: 'c', handle: 1, ...features } });

  test.each<[string, Rule['effect']]>([
    ['drop', 'drops'],
    ['queue', 'drops'],
    ['reject', 'rejects'],
    ['dnat', 'diverts'],
    ['redirect', 'diverts'],
    ['tproxy', 'diverts'],
    ['accept', 'accepts'],
    ['jump', 'other'],
  ])('what becomes of a packet: %s', (verb, effect) => {
    expect(parseNftables(ruleset(rule({ expr: [{ counter: { packets: 3, bytes: 180 } }, { [verb]: null }] })))).toEqual([
      { backend: 'nft', table: 'inet t', chain: 'c', text: `handle 1 [{"${verb}":null}]`, effect, packets: 3 },
    ]);
  });

  test('a rule without statements, and one that a counter with a name counts', () => {
    expect(parseNftables(ruleset(rule({})))).toMatchObject([{ text: 'handle 1 []', effect: 'other', packets: undefined }]);
    expect(parseNftables(ruleset(rule({ expr: [{ counter: 'mine' }] })))).toMatchObject([{ packets: undefined }]);
  });

  test.each(['filter', 'nat', 'mangle', 'raw', 'security'])(
    'a table called %s is that of iptables in the families of IP, and in no other',
    (table) => {
      const tableOf = (family: string) => parseNftables(ruleset(rule({ family, table })));
      expect(tableOf('ip')).toEqual([]);
      expect(tableOf('ip6')).toEqual([]);
      expect(tableOf('inet')).toHaveLength(1);
      expect(tableOf('bridge')).toHaveLength(1);
    },
  );

  test('other tables of the families of IP are shown by nft alone', () => {
    expect(
      parseNftables(
        ruleset({ chain: { family: 'ip', table: 'docker-bridges', name: 'filter-FORWARD', hook: 'forward', policy: 'accept' } }),
      ),
    ).toEqual([
      {
        backend: 'nft',
        table: 'ip docker-bridges',
        chain: 'filter-FORWARD',
        text: 'policy accept',
        effect: 'accepts',
        packets: undefined,
        hook: 'forward',
      },
    ]);
  });

  test('the tables of Docker, with what it says of each rule', () => {
    const rules = parseNftables(docker29Ruleset);
    expect(rules.flatMap(({ chain, effect, comment, hook }) => (comment === undefined ? [] : [{ chain, effect, comment, hook }]))).toEqual([
      { chain: 'nat-prerouting-and-output', effect: 'diverts', comment: 'DNAT', hook: undefined },
      { chain: 'raw-PREROUTING', effect: 'drops', comment: 'DROP DIRECT ACCESS', hook: 'prerouting' },
      { chain: 'filter-forward-in__docker0', effect: 'accepts', comment: 'ICC', hook: undefined },
      { chain: 'filter-forward-in__docker0', effect: 'drops', comment: 'UNPUBLISHED PORT DROP', hook: undefined },
      { chain: 'filter-forward-out__docker0', effect: 'accepts', comment: 'OUTGOING', hook: undefined },
      { chain: 'nat-postrouting-out__docker0', effect: 'other', comment: 'MASQUERADE', hook: undefined },
    ]);
    // only a rule with a counter can tell what it met: the verdict maps that lead to them have none
    expect(rules.filter(({ text, packets }) => text.includes('vmap') && packets !== undefined)).toEqual([]);
    expect(new Set(rules.map(({ table }) => table))).toEqual(new Set(['ip docker-bridges']));
  });

  test('a step of a packet is the rule of Docker that it met', () => {
    const step = { table: 'ip docker-bridges', chain: 'raw-PREROUTING', handle: 27, text: 'counter drop', verdict: 'drop', packet: '' };
    expect(
      hitsInTraces('host', [{ place: 'host', packet: '', steps: [step] }], parseNftables(docker29Ruleset), docker29Ruleset),
    ).toMatchObject([
      { rule: { backend: 'nft', effect: 'drops', comment: 'DROP DIRECT ACCESS', text: 'handle 27: counter drop' }, followed: true },
    ]);
  });

  test('the hook is that of the very chain: same family, table and name', () => {
    const chain = (features: object) => ({ chain: { family: 'inet', table: 't', name: 'c', ...features } });
    const others = [
      chain({ family: 'bridge', hook: 'input' }),
      chain({ table: 'u', hook: 'output' }),
      chain({ name: 'd', hook: 'prerouting' }),
    ];
    expect(parseNftables(ruleset(...others, rule({})))).toEqual([expect.not.objectContaining({ hook: expect.anything() })]);
    expect(parseNftables(ruleset(...others, chain({ hook: 'forward' }), rule({})))).toMatchObject([{ hook: 'forward' }]);
  });

  test('a policy in a chain without a hook', () => {
    expect(parseNftables(ruleset({ chain: { family: 'inet', table: 't', name: 'c', policy: 'drop' } }))).toStrictEqual([
      { backend: 'nft', table: 'inet t', chain: 'c', text: 'policy drop', effect: 'drops', packets: undefined },
    ]);
  });

  test('a program that is absent, or complains, tells no rules', () => {
    expect(parseNftables('')).toEqual([]);
    expect(parseNftables('sh: nft: not found')).toEqual([]);
  });
});

describe('rules that met packets between two looks', () => {
  const before = parseSave(droppedInDockerUser.before, 'iptables');
  const after = parseSave(droppedInDockerUser.after, 'iptables');

  test('with how many', () => {
    expect(hits('host', before, after).map(({ place, rule, packets }) => `${place} ${rule.text} ${packets}`)).toEqual([
      'host -A FORWARD -j DOCKER-USER 2',
      'host -A DOCKER-USER -p tcp -m tcp --dport 80 -j DROP 2',
    ]);
  });

  test('none without two looks, and none for a rule that is new', () => {
    expect(hits('host', undefined, after)).toEqual([]);
    expect(hits('host', before, undefined)).toEqual([]);
    expect(hits('host', before, before)).toEqual([]);
    expect(hits('host', before.slice(0, -1), after).map(({ rule }) => rule.chain)).toEqual(['FORWARD']);
  });

  test('a counter that somebody put back to zero is no hit', () => {
    expect(hits('host', after, before)).toEqual([]);
  });

  test('equal rules of one chain are told apart by their order', () => {
    const equal = (...counts: number[]) =>
      parseSave(['*filter', ...counts.map((packets) => `[${packets}:0] -A FORWARD -j DROP`)].join('\n'), 'iptables');
    expect(hits('host', equal(5, 1, 9), equal(5, 2, 9))).toMatchObject([{ packets: 1, rule: { packets: 2 } }]);
  });

  test.each<[string, Partial<Rule>]>([
    ['program', { backend: 'iptables-legacy' }],
    ['table', { table: 'raw' }],
    ['chain', { chain: 'INPUT' }],
    ['text', { text: '-A FORWARD -j ACCEPT' }],
  ])('equal rules of another %s are other rules', (_, features) => {
    const rule: Rule = { backend: 'iptables', table: 'filter', chain: 'FORWARD', text: '-A FORWARD -j DROP', effect: 'drops', packets: 5 };
    expect(hits('host', [rule], [{ ...rule, ...features, packets: 6 }])).toEqual([]);
    expect(hits('host', [rule], [{ ...rule, packets: 6 }])).toHaveLength(1);
  });

  test('what nothing counts met nothing that could be seen', () => {
    const rule: Rule = { backend: 'nft', table: 'inet t', chain: 'f', text: 'handle 2 []', effect: 'drops', packets: undefined };
    expect(hits('host', [rule], [rule])).toEqual([]);
    expect(hits('host', [rule], [{ ...rule, packets: 1 }])).toMatchObject([{ packets: 1 }]);
  });
});

describe('whether a rule could have met the probe', () => {
  const flow = { source: '172.17.0.2', destinations: ['172.17.0.3'], ports: [80, 32768] };
  const could = (text: string, backend: Backend = 'iptables') => couldMatch({ text, backend }, flow);

  test.each([
    '-A FORWARD -j DROP',
    'policy DROP',
    '-A FORWARD -p tcp -j DROP',
    '-A FORWARD ! -p udp -j DROP',
    '-A FORWARD -p tcp -m tcp --dport 80 -j DROP',
    '-A FORWARD -p tcp -m tcp --dport 32768 -j DROP',
    '-A FORWARD -p tcp -m tcp ! --dport 443 -j DROP',
    '-A FORWARD -p tcp -m tcp --sport 80 -j DROP',
    '-A FORWARD -p tcp -m tcp --sport 4711 -j DROP',
    '-A FORWARD -p tcp -m tcp --dport 80:90 -j DROP',
    '-A FORWARD -s 172.17.0.2/32 -j DROP',
    '-A FORWARD -s 172.17.0.3/32 -d 172.17.0.2/32 -j DROP',
    '-A FORWARD -d 172.17.0.0/16 -j DROP',
    '-A FORWARD ! -s 10.0.0.0/8 -j DROP',
    '-A FORWARD -d a-name-that-nobody-knows -j DROP',
    '-A FORWARD -m something --new 7 -j DROP',
    '-A DOCKER-FORWARD -i docker0 -o docker0 -j DROP',
  ])('it could: %s', (text) => {
    expect(could(text)).toBe(true);
  });

  test.each([
    '-A FORWARD -p udp -j DROP',
    '-A FORWARD -p icmp -j DROP',
    '-A FORWARD ! -p tcp -j DROP',
    '-A FORWARD -p tcp -m tcp --dport 443 -j DROP',
    '-A FORWARD -p tcp -m tcp --dport 8 -j DROP',
    '-A FORWARD -p tcp -m tcp --dport 443',
    '-A FORWARD -s 10.0.0.0/8 -j DROP',
    '-A FORWARD -s 172.17.0.4/32 -j DROP',
    '-A FORWARD -s 172.17.0.2/32 -d 172.17.0.9/32 -j DROP',
    '-A FORWARD -d fd00::1/128 -j DROP',
  ])('it could not: %s', (text) => {
    expect(could(text)).toBe(false);
  });

  test('from the host every address could be its own', () => {
    const fromHost = { ...flow, source: undefined };
    expect(couldMatch({ text: '-A OUTPUT -s 10.0.0.1/32 -j DROP', backend: 'iptables' }, fromHost)).toBe(true);
    expect(couldMatch({ text: '-A OUTPUT -p udp -j DROP', backend: 'iptables' }, fromHost)).toBe(false);
  });

  test('rules of IPv6 meet probes over IPv6 only', () => {
    expect(could('-A FORWARD -j DROP', 'ip6tables')).toBe(false);
    expect(
      couldMatch(
        { text: '-A FORWARD -d fd00::3/128 -j DROP', backend: 'ip6tables' },
        { ...flow, source: 'fd00::2', destinations: ['fd00::3'] },
      ),
    ).toBe(true);
    expect(
      couldMatch(
        { text: '-A FORWARD -d fd00::3/128 -j DROP', backend: 'ip6tables' },
        { ...flow, source: 'fd00::2', destinations: ['fd00::3', '172.17.0.3'] },
      ),
    ).toBe(true);
    expect(
      couldMatch(
        { text: '-A FORWARD -d fd00::4/128 -j DROP', backend: 'ip6tables' },
        { ...flow, source: 'fd00::2', destinations: ['fd00::3'] },
      ),
    ).toBe(false);
  });

  describe('in nftables', () => {
    const match = (field: string, right: unknown, { protocol = 'tcp', op = '==' } = {}) => ({
      match: { op, left: { payload: { protocol, field } }, right },
    });
    const handle = (...parts: object[]) => could(`handle 2 ${JSON.stringify([...parts, { drop: null }])}`, 'nft');

    test.each<[string, object[]]>([
      ['nothing is asked', []],
      ['its port', [match('dport', 80)]],
      ['the port that it leads from', [match('dport', 32768)]],
      ['another source port', [match('sport', 4711)]],
      ['a set of ports', [match('dport', { set: [80, 443] })]],
      ['not that port', [match('dport', 443, { op: '!=' })]],
      ['its own address', [match('saddr', '172.17.0.2', { protocol: 'ip' })]],
      ['the target as the source of an answer', [match('saddr', '172.17.0.3', { protocol: 'ip' })]],
      ['a network', [match('daddr', { prefix: { addr: '10.0.0.0', len: 8 } }, { protocol: 'ip' })]],
      ['another field', [match('ttl', 1, { protocol: 'ip' })]],
      ['a field with a name', [match('protocol', 'tcp', { protocol: 'ip' })]],
      ['a link', [{ match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'docker0' } }]],
    ])('it could: %s', (_, parts) => {
      expect(handle(...parts)).toBe(true);
    });

    test.each<[string, object[]]>([
      ['another port', [match('dport', 443)]],
      ['a port of UDP', [match('dport', 80, { protocol: 'udp' })]],
      ['a source port of UDP', [match('sport', 80, { protocol: 'udp' })]],
      ["somebody else's address", [match('saddr', '10.0.0.1', { protocol: 'ip' })]],
      ['another destination', [match('daddr', '10.0.0.1', { protocol: 'ip' })]],
      ['its address and another port', [match('saddr', '172.17.0.2', { protocol: 'ip' }), match('dport', 443)]],
    ])('it could not: %s', (_, parts) => {
      expect(handle(...parts)).toBe(false);
    });

    test('handles have any number of digits', () => {
      expect(could(`handle 12 ${JSON.stringify([match('dport', 443)])}`, 'nft')).toBe(false);
    });

    test('a policy could, and from the host every address could be its own', () => {
      expect(could('policy drop', 'nft')).toBe(true);
      const text = `handle 2 ${JSON.stringify([match('saddr', '10.0.0.1', { protocol: 'ip' })])}`;
      expect(couldMatch({ text, backend: 'nft' }, { ...flow, source: undefined })).toBe(true);
    });

    test('the rules of a recording', () => {
      const rules = parseNftables(rulesetWithForeignTable);
      expect(rules.filter((rule) => couldMatch(rule, flow)).map(({ text }) => text.split(' ').slice(0, 2).join(' '))).toEqual([
        'policy drop',
        'handle 2',
        'handle 4',
        'handle 7',
      ]);
      expect(
        rules.filter((rule) => couldMatch(rule, { ...flow, ports: [81] })).map(({ text }) => text.split(' ').slice(0, 2).join(' ')),
      ).toEqual(['policy drop', 'handle 4', 'handle 7']);
    });
  });
});
