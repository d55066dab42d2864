import { describe, expect, test } from '@jest/globals';
import { betweenPeers, fromHost, recorded } from '../selftest/diagnosis-scenes';
import { docker29Ruleset } from '../selftest/firewall-recordings';
import { causeFrom, everything } from './cause';
import type { Finding } from './layers/layer';

const evidenceOf = (...seen: Finding['seen']) => causeFrom('some.code', { summary: 'it broke', remedy: 'mend it', seen }, 12).evidence;
const state = recorded('host', {
  link: '[{"ifname":"lo","ifindex":1},\n{"ifname":"docker0","ifindex":2}]\n',
  sysctl: '/proc/sys/net/ipv4/ip_forward:0\n/proc/sys/net/ipv4/conf/all/rp_filter:1\n',
  neighbour: '[{"dst": \n',
  nftables: docker29Ruleset,
});

describe('the evidence of a finding', () => {
  test('has code, words and remedy beside it', () => {
    expect(causeFrom('some.code', { summary: 'it broke', remedy: 'mend it', seen: [] }, 12)).toEqual({
      code: 'some.code',
      summary: 'it broke',
      remedy: 'mend it',
      evidence: [],
    });
  });

  test('is a section, or only the lines of it that tell', () => {
    expect(evidenceOf({ of: state, section: 'sysctl' })).toEqual([
      {
        atMs: 0,
        durationMs: 12,
        kind: 'host',
        where: 'host',
        what: 'sysctl',
        answer: '/proc/sys/net/ipv4/ip_forward:0\n/proc/sys/net/ipv4/conf/all/rp_filter:1',
      },
    ]);
    expect(evidenceOf({ of: state, section: 'sysctl', lines: /ip_forward/ })).toMatchObject([
      { answer: '/proc/sys/net/ipv4/ip_forward:0' },
    ]);
  });

  test('of a JSON list, the elements that tell', () => {
    expect(evidenceOf({ of: state, section: 'link', lines: /docker0/ })).toMatchObject([{ answer: '{"ifname":"docker0","ifindex":2}' }]);
    expect(evidenceOf({ of: state, section: 'neighbour', lines: /dst/ })).toMatchObject([{ answer: '[{"dst":' }]);
  });

  test('of a ruleset of nftables, the rules that tell', () => {
    expect(evidenceOf({ of: state, section: 'nftables', lines: /"dnat"/ })).toMatchObject([
      { answer: expect.stringMatching(/^\{"rule":.*"nat-prerouting-and-output".*"dnat":\{"addr":"172\.17\.0\.2","port":80\}.*\}$/) },
    ]);
  });

  test('says that there was nothing', () => {
    expect(evidenceOf({ of: state, section: 'iptables' })).toMatchObject([{ what: 'iptables', answer: 'nothing' }]);
    expect(evidenceOf({ of: state, section: 'link', lines: /veth/ })).toMatchObject([{ answer: 'nothing' }]);
  });

  test('can be words', () => {
    expect(evidenceOf({ where: 'engine', what: 'state', answer: 'paused' })).toEqual([
      { atMs: 0, durationMs: 12, kind: 'api', where: 'engine', what: 'state', answer: 'paused' },
    ]);
  });

  test('leaves out what could not be looked at', () => {
    expect(evidenceOf({ of: undefined, section: 'link' })).toEqual([]);
  });

  test('is shortened, and says so', () => {
    const long = recorded('host', { routes: 'x'.repeat(2001) });
    expect(evidenceOf({ of: long, section: 'routes' })[0]?.answer).toBe(`${'x'.repeat(2000)}… (2001 characters in all)`);
    expect(evidenceOf({ of: recorded('host', { routes: 'x'.repeat(2000) }), section: 'routes' })[0]?.answer).toBe('x'.repeat(2000));
  });
});

describe('where no cause is known, everything', () => {
  test('of each namespace once', () => {
    const places = (scene: Parameters<typeof everything>[0]) =>
      new Set(everything(scene).flatMap((it) => ('of' in it ? [it.of?.place] : [])));
    expect(places(betweenPeers())).toEqual(new Set(['nginx01', 'host', 'nginx02']));
    const fromTheHost = everything(fromHost()).filter((it) => 'of' in it && it.of?.place === 'host' && it.section === 'link');
    expect(fromTheHost).toHaveLength(1);
  });

  test('and what rules met', () => {
    const scene = betweenPeers();
    expect(everything(scene)[0]).toEqual({ where: 'host', what: 'rules that met packets of one more probe', answer: 'none' });
    scene.hits = [
      {
        place: 'host',
        packets: 2,
        rule: { backend: 'iptables', table: 'filter', chain: 'FORWARD', text: '-A FORWARD -j LOG', effect: 'other', packets: 9 },
      },
    ];
    expect(everything(scene)[0]).toMatchObject({ answer: 'host iptables filter/FORWARD: -A FORWARD -j LOG: 2 packets more' });
  });

  test('of what could be looked at', () => {
    expect(everything({ ...betweenPeers(), source: undefined, host: undefined, target: undefined })).toHaveLength(1);
  });
});
