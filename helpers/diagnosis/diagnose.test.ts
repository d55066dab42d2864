import { describe, expect, test } from '@jest/globals';
import { droppedInDockerUser, ids, printedByNginx01, routeAnswers } from '../selftest/diagnosis-recordings';
import { answeredBy, betweenPeers, failed, hostPort, wire } from '../selftest/diagnosis-scenes';
import { curlDropped, curlMissing, curlNoRoute, curlReached, curlRefused, World } from '../selftest/diagnosis-world';
import { recording } from '../world/evidence';
import { Diagnosis } from './diagnose';
import type { FailedProbe } from './observe';

const neighbour = 'http://172.17.0.3:80';

/** A probe of nginx02 by nginx01 that timed out. */
function probe(world: World, features: Partial<FailedProbe> = {}): FailedProbe {
  return { from: world.inside('nginx01'), origin: neighbour, outcome: failed('timed-out'), expectedId: ids.nginx02, ...features };
}

const causeIn = (world: World, features?: Partial<FailedProbe>) => new Diagnosis(world.surroundings).causeOf(probe(world, features));

describe('a cause is found', () => {
  test('by what a rule met during one more probe', async () => {
    const world = new World();
    world.states.host = [{ iptables: droppedInDockerUser.before }, { iptables: droppedInDockerUser.after }].map((it) => ({
      ...world.states.host[0],
      ...it,
    }));
    expect(await causeIn(world)).toMatchObject({
      code: 'host.firewall',
      remedy:
        'iptables -t filter -D DOCKER-USER -p tcp -m tcp --dport 80 -j DROP  # somebody may have set it on purpose: it is your decision',
      evidence: [
        { where: 'host', what: 'counters of iptables before and after one more probe', answer: expect.stringContaining('2 packets more') },
      ],
    });
    expect(world.probes).toBe(1);
  });

  test('by the way of its packets, where they can be followed; what other packets met in the meantime is no cause', async () => {
    const world = new World();
    const states = [droppedInDockerUser.before, droppedInDockerUser.after];
    world.states.host = states.map((iptables) => ({ ...world.states.host[0], iptables }));
    world.followed.host = `trace id 1 netdev x seen packet: iif "${wire.nginx01}" tcp sport 21000 tcp dport 80
trace id 1 inet guard pass packet: iif "docker0" tcp sport 21000 tcp dport 80
trace id 1 inet guard pass rule ip saddr @blocked drop # handle 3 (verdict drop)
`;
    expect(await causeIn(world)).toMatchObject({
      code: 'host.firewall',
      summary: 'a rule in inet guard/pass of host drops the packets: handle 3: ip saddr @blocked drop',
      remedy: 'nft delete rule inet guard pass handle 3  # somebody may have set it on purpose: it is your decision',
      evidence: [{ what: 'what packets of one more probe met, which were followed' }],
    });
    expect(world.ran.find((line) => line.includes(' curl '))).toMatch(/--local-port 2\d{4}-2\d{4} /);
  });

  test("nothing is changed on a host that is the user's, unless that was allowed", async () => {
    const world = new World();
    world.access = { kind: 'here', samePids: true };
    await causeIn(world);
    expect(world.ran.join('\n')).not.toMatch(/dnc-watch|--local-port/);
  });

  test('a known one is recognised without one more probe', async () => {
    const world = new World();
    world.states.nginx01 = [{ ...printedByNginx01, route: `@ 172.17.0.3\n${routeAnswers.none}` }];
    world.curl = [curlNoRoute];
    const diagnosis = new Diagnosis(world.surroundings);
    const first = await diagnosis.causeOf(probe(world));
    expect(first.code).toBe('source.no-route');
    const made = world.probes;
    expect(await diagnosis.causeOf(probe(world))).toBe(first);
    expect(world.probes).toBe(made);
  });

  test('another one of the same kind is not taken for it', async () => {
    const world = new World();
    const diagnosis = new Diagnosis(world.surroundings);
    world.container('nginx02').State = 'exited';
    expect((await diagnosis.causeOf(probe(world))).summary).toMatch(/^nginx02 does not run/);
    world.container('nginx01').State = 'exited';
    const other = await diagnosis.causeOf(
      probe(world, { from: world.inside('nginx02'), origin: 'http://172.17.0.2:80', expectedId: ids.nginx01 }),
    );
    expect(other.summary).toMatch(/^nginx01 does not run/);
    expect(world.probes).toBe(2);
  });

  test('what a rule met for an earlier claim is told from what it meets for this one', async () => {
    const world = new World();
    const at = (packets: number) => ({
      ...world.states.host[0],
      iptables: droppedInDockerUser.after.replace('[2:120] -A DOCKER-USER', `[${packets}:0] -A DOCKER-USER`),
    });
    world.states.host = [at(2), at(4), at(6)];
    const diagnosis = new Diagnosis(world.surroundings);
    const first = await diagnosis.causeOf(probe(world));
    expect(first).toMatchObject({ code: 'host.firewall' });
    // since the last look it met the failed probe of the next claim: that is enough to recognise it
    expect(await diagnosis.causeOf(probe(world))).toBe(first);
    expect(world.probes).toBe(1);
  });

  test('nothing of it is evidence of the claim', async () => {
    const world = new World();
    expect(
      await recording(
        () => causeIn(world),
        (error) => {
          throw error;
        },
      ),
    ).toEqual([]);
  });

  test('its evidence tells how long the look took', async () => {
    const world = new World();
    world.container('nginx02').State = 'paused';
    const { evidence } = await causeIn(world);
    expect(evidence).toEqual([
      { atMs: 0, durationMs: expect.any(Number), kind: 'api', where: 'engine', what: 'state of nginx02', answer: 'paused' },
    ]);
  });
});

describe('one more probe', () => {
  test('has shorter time limits', async () => {
    const world = new World();
    await causeIn(world);
    expect(world.ran.find((line) => line.includes(' curl '))).toContain('--connect-timeout 0.9 --max-time 1.2');
  });

  test('that gets through: what broke does so no longer', async () => {
    const world = new World();
    world.curl = [curlReached('nginx02')];
    const cause = await causeIn(world);
    expect(cause).toMatchObject({ code: 'unknown', summary: expect.stringContaining('got through') });
    expect(cause.evidence.map(({ where, what }) => `${where} ${what}`)).toContain('nginx02 listening');
  });

  test('that gets through where the first one did as well is no news', async () => {
    const world = new World();
    world.curl = [curlReached('other')];
    expect((await causeIn(world, { outcome: answeredBy('other') })).summary).not.toContain('got through');
  });

  test('that cannot look tells nothing: the first one counts', async () => {
    const world = new World();
    world.curl = [curlMissing];
    world.container('nginx02').State = 'paused';
    expect(await causeIn(world)).toMatchObject({ code: 'target.paused' });
  });

  test('that ends in another way counts more than the first', async () => {
    const world = new World();
    world.curl = [curlRefused];
    world.states.nginx02 = [{ ...world.states.nginx02[0], listening: '' }];
    expect(await causeIn(world)).toMatchObject({ code: 'target.not-listening' });
  });

  test('is made twice where the kernel had given up asking for the neighbour', async () => {
    const world = new World();
    world.curl = [curlNoRoute, curlDropped];
    await causeIn(world);
    expect(world.probes).toBe(2);
  });
});

describe('no cause is known', () => {
  test('then what could not be looked at is a part of the answer, and no sign of its absence', async () => {
    const world = new World();
    world.states.host = [{ ...world.states.host[0], iptables: '', nftables: '' }];
    expect((await causeIn(world)).summary).toMatch(
      /The packet filter of host could not be looked at \(neither iptables-save nor nft showed anything\), and may be why$/,
    );
  });

  test('then everything that was collected is the evidence', async () => {
    const cause = await causeIn(new World());
    expect(cause).toMatchObject({
      code: 'unknown',
      summary: expect.stringMatching(/^nothing that was looked at explains what http:\/\/172\.17\.0\.3:80 gave: timed-out/),
      remedy: 'Look through what was collected.',
    });
    expect(new Set(cause.evidence.map(({ where }) => where))).toEqual(new Set(['host', 'nginx01', 'nginx02']));
  });

  test('it is looked for anew the next time', async () => {
    const world = new World();
    const diagnosis = new Diagnosis(world.surroundings);
    await diagnosis.causeOf(probe(world));
    await diagnosis.causeOf(probe(world));
    expect(world.probes).toBe(2);
  });

  test("without the engine's host, it says how to look there", async () => {
    const world = new World();
    world.access = { kind: 'helper', containerId: 'h' };
    expect(await causeIn(world)).toMatchObject({
      code: 'unknown',
      summary: expect.stringContaining("without the engine's host"),
      remedy: expect.stringContaining('--privileged-diagnosis'),
    });
  });
});

describe('what cannot be looked at', () => {
  test('a namespace that cannot be entered counts as unknown, not as empty', async () => {
    const world = new World();
    world.container('nginx02').Pid = 99;
    const known = await causeIn(world);
    expect(known).toMatchObject({ code: 'unknown' });
    world.states.nginx01 = [{}];
    expect(await causeIn(world)).toMatchObject({ code: 'unknown' });
  });

  test('a host whose look prints nothing', async () => {
    const world = new World();
    world.states.host = [{}];
    expect((await causeIn(world)).summary).toContain("without the engine's host");
  });

  test("on another computer's PID namespace, process numbers mean nothing, and nobody is entered by them", async () => {
    const world = new World();
    world.access = { kind: 'here', samePids: false };
    await causeIn(world);
    expect(world.ran.filter((line) => line.includes('nsenter'))).toEqual([]);
  });

  test('a helper that may enters the first process of the host', async () => {
    const world = new World();
    world.access = { kind: 'helper', containerId: 'h', privileged: true };
    await causeIn(world);
    expect(world.ran.filter((line) => line.includes('-t 1 -m -n')).length).toBeGreaterThan(0);
  });

  test("the container's own resolv.conf is read, not the host's", async () => {
    const world = new World();
    await causeIn(world);
    expect(world.ran.some((line) => line.includes('-t 272 -n ') && line.includes('cat /proc/272/root/etc/resolv.conf'))).toBe(true);
  });
});

describe('what the kernel is asked', () => {
  const questions = (world: World, pattern: RegExp) =>
    world.ran
      .filter((line) => pattern.test(line))
      .flatMap((line) => [...line.matchAll(/ip -j route get ([^;]*) 2>&1/g)].map(([, it = '']) => it))
      .filter((it) => !it.includes(' mark '));

  test('the way of what is marked, where rules of policy routing name marks', async () => {
    const world = new World();
    await causeIn(world);
    expect(world.ran.join('\n')).toContain('ip -j route get 172.17.0.3 mark "$mark"');
  });

  test('the way to the target, and on the host that of a packet from the client', async () => {
    const world = new World();
    await causeIn(world);
    expect(new Set(questions(world, /^host sh -c echo '--section/))).toEqual(
      new Set(['172.17.0.3', '172.17.0.3 ipproto tcp dport 80', '172.17.0.3 from 172.17.0.2 iif docker0']),
    );
    expect(new Set(questions(world, /-t 272 -n/))).toEqual(new Set(['172.17.0.3', '172.17.0.3 ipproto tcp dport 80']));
    expect(new Set(questions(world, /-t 320 -n/))).toEqual(
      new Set(['172.17.0.2', '172.17.0.2 from 172.17.0.3 ipproto tcp sport 80', '172.17.0.3']),
    );
  });

  test('a packet from another network arrives at the bridge of that one', async () => {
    const world = new World();
    await causeIn(world, { from: world.inside('other') });
    expect(questions(world, /^host sh -c echo '--section/)).toContain(
      `172.17.0.3 from 172.18.0.2 iif ${betweenPeers().host?.links[2]?.name ?? ''}`,
    );
  });

  test('from the host, the server is asked for its way to the bridge', async () => {
    const world = new World();
    await causeIn(world, { from: world.host });
    expect(new Set(questions(world, /-t 320 -n/))).toEqual(
      new Set(['172.17.0.1', '172.17.0.1 from 172.17.0.3 ipproto tcp sport 80', '172.17.0.3']),
    );
  });

  test('at a port of the host, a client is asked for its way there, too', async () => {
    const world = new World();
    await causeIn(world, { origin: `http://172.17.0.1:${hostPort}` });
    expect(new Set(questions(world, /-t 272 -n/))).toEqual(
      new Set(['172.17.0.1', `172.17.0.1 ipproto tcp dport ${hostPort}`, '172.17.0.3']),
    );
  });
});
