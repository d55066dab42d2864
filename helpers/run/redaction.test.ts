import { describe, expect, it } from '@jest/globals';
import { sampleResults } from '../results/sample-results';
import { redacted, Redaction } from './redaction';

const id = 'c0ffee'.repeat(10) + 'beef';

function strangers(): Redaction {
  const redaction = new Redaction();
  redaction.keep('172.17.0.0/16');
  redaction.add('container', 'acme-payroll-db', 'nginx');
  redaction.add('network', 'acme_default');
  redaction.add('id', id);
  redaction.add('link', 'enp5s0', 'br-0123456789ab');
  redaction.add('host', 'laptop-of-kim');
  redaction.add('address', '192.168.7.42/24', '172.17.0.9', '172.20.0.1');
  redaction.addRange('192.168.7.42/24');
  redaction.add('name-server', '10.1.2.3');
  redaction.add('domain', 'corp.example.com');
  redaction.add('listener', '0.0.0.0:5432', '[::]:22');
  redaction.add('mac', '02:42:ac:11:00:09');
  redaction.add('text', 'postgres -c shared_buffers=1GB');
  return redaction;
}

describe('evidence of a run', () => {
  it.each<[string, string, string]>([
    [
      'a list of containers',
      `{"Names":["/acme-payroll-db"],"Id":"${id}","Command":"postgres -c shared_buffers=1GB"}`,
      '{"Names":["/[container-1]"],"Id":"[id-1]","Command":"[text-1]"}',
    ],
    [
      'what docker ps prints',
      `${id.slice(0, 12)}   postgres   0.0.0.0:5432->5432/tcp   acme-payroll-db`,
      '[id-1]   postgres   [listener-1]->5432/tcp   [container-1]',
    ],
    [
      'sockets with their processes',
      'LISTEN 0 128 [::]:22 [::]:* users:(("sshd",pid=812,fd=4))',
      'LISTEN 0 128 [listener-1] [::]:* users:(("[process-1]",pid=812,fd=4))',
    ],
    ['a resolv.conf', 'nameserver 10.1.2.3\nsearch corp.example.com', 'nameserver [name-server-1]\nsearch [domain-1]'],
    ['addresses of the host and of its neighbours', 'enp5s0 192.168.7.42/24 via 192.168.7.1', '[link-1] [address-1]/24 via [address-2]'],
    ['an address of the Internet, and one that was burnt in', 'to 93.184.216.34 at 3c:22:fb:01:02:03', 'to [address-1] at [mac-1]'],
    ['IPv6 of the world', 'inet6 2a01:4f8:1:2::3/64', 'inet6 [address-1]/64'],
    ['a route as the kernel has it', 'enp5s0 2A07A8C0 010014AC', '[link-1] [address-1] [address-2]'],
    [
      'a rule with a comment',
      '-A FORWARD -i br-0123456789ab -m comment --comment "office of kim" -j DROP',
      '-A FORWARD -i [link-1] -m comment --comment "…" -j DROP',
    ],
    ['the name of the host', 'Hostname: laptop-of-kim', 'Hostname: [host-1]'],
    ['a neighbour on the default bridge', '172.17.0.9 at 02:42:ac:11:00:09', '[address-1] at [mac-1]'],
    ['an end that was cut within a name', 'network acme_def… (5000 characters in all)', 'network … (5000 characters in all)'],
  ])('must not tell of others: %s', (_, told, shown) => {
    expect(strangers().text(told)).toBe(shown);
  });

  it.each([
    '172.17.0.3 -> 172.17.0.1:80',
    'nginx answered, http://127.0.0.1:32768/',
    '{"Name":"bridge","Driver":"bridge","MacAddress":"02:42:ac:11:00:02"}',
    'LISTEN 0.0.0.0:80 users:(("docker-proxy",pid=7,fd=4))',
    '::1 0.0.0.0:0 ff02::1 2001:db8::7 fe80::42:acff:fe11:2',
    '198.51.100.7',
    'engine 28.5.2, 2026-11-30T12:00:00.5Z, 10:42:17',
    'eth0@if7',
    'net:[4026531840]',
  ])('must keep what is its own, or says nothing of anybody: %s', (text) => {
    expect(strangers().text(text)).toBe(text);
  });

  it('must give two mentions of one thing the same placeholder, in all claims and topologies', () => {
    const redaction = strangers();
    const [claim] = sampleResults().claims;
    const step = { atMs: 0, durationMs: 0, kind: 'api' as const, where: 'engine', what: 'GET /networks', answer: 'acme_default' };
    if (!claim) throw new Error('no claim');
    const reason = 'port 5432 is held by acme-payroll-db';
    const cause = {
      code: 'port.taken',
      summary: reason,
      remedy: 'docker stop acme-payroll-db',
      evidence: [{ ...step, answer: 'acme-payroll-db on acme_default' }],
    };
    const link = { name: 'enp5s0', index: 2, peerIndex: 2, macAddress: '3c:22:fb:01:02:03', addresses: ['192.168.7.42/24'] };
    const topologies = [{ name: 'pair', host: { id: 'net:[1]', links: [link], gateways: ['192.168.7.1'] }, networks: [], containers: [] }];
    const results = redacted(
      sampleResults({
        topologies,
        claims: [
          { ...claim, evidence: [step, step] },
          { ...claim, id: 'other', verdict: 'deviates', reason, cause, evidence: [step] },
        ],
      }),
      redaction,
    );
    expect(results.claims.map(({ evidence }) => evidence.map(({ answer }) => answer))).toEqual([
      ['[network-1]', '[network-1]'],
      ['[network-1]'],
    ]);
    expect(results.claims[1]).toMatchObject({
      reason,
      cause: { summary: reason, remedy: cause.remedy, evidence: [{ answer: '[container-1] on [network-1]' }] },
    });
    expect(results.topologies[0]?.host).toEqual({
      id: 'net:[1]',
      links: [{ ...link, name: '[link-1]', macAddress: '[mac-1]', addresses: ['[address-2]/24'] }],
      gateways: ['[address-1]'],
    });
    expect(results.notes.at(-1)).toContain('--full-evidence');
  });

  it('must not say that it hides something where it hides nothing', () => {
    const untouched = sampleResults({ claims: [], topologies: [] });
    expect(redacted(untouched, new Redaction())).toEqual(untouched);
  });
});
