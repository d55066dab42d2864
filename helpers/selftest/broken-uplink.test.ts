import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import type { Lab } from '../lab';
import { brokenLab, usersContainer, labTimeLimit, onHost, runTimeLimit } from './broken-lab';
import { commandLine, type CommandOptions, type Ended } from './command-line';

const timeLimit = labTimeLimit + 2 * runTimeLimit;

let lab: Lab | undefined;
let folder: string | undefined;
afterEach(async () => {
  await lab?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  lab = folder = undefined;
});

const [gateway, gateway6, named] = ['198.18.0.1', 'fd00:18::1', '198.18.0.9'];

/** A user's engine whose host has an uplink: behind it is a namespace that is gateway and name server. */
async function withUplink(...daemonArgs: string[]): Promise<Lab> {
  lab = await brokenLab(...daemonArgs);
  const id = await usersContainer(lab, '--network', 'none', '--cap-add', 'NET_ADMIN');
  await onHost(
    lab,
    [
      `pid=$(docker inspect --format '{{.State.Pid}}' ${id})`,
      'beyond() { busybox nsenter -t "$pid" -n "$@"; }',
      'ip link add uplink type veth peer name plug netns "$pid"',
      `ip address add 198.18.0.2/24 dev uplink; ip -6 address add fd00:18::2/64 dev uplink nodad; ip link set uplink up`,
      `beyond ip address add ${gateway}/24 dev plug; beyond ip address add ${named}/24 dev plug; beyond ip -6 address add ${gateway6}/64 dev plug nodad; beyond ip link set plug up`,
      `ip route add default via ${gateway}; ip -6 route add default via ${gateway6}`,
      `echo nameserver ${gateway} >/etc/resolv.conf`,
      `beyond dnsmasq --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts --local=/#/ --bind-interfaces --listen-address=${gateway}`,
    ].join('\n'),
  );
  return lab;
}

/** `run`, as a user types it who has set DOCKER_HOST to the lab. */
function runOn({ socketPath }: Lab, args: readonly string[], { env = {} }: CommandOptions = {}): Promise<Ended> {
  return commandLine(['run', ...args], { env: { DOCKER_HOST: `unix://${socketPath}`, ...env }, timeout: runTimeLimit });
}

const egress = catalogue
  .filter(({ area }) => area === 'egress')
  .map(({ id }) => id)
  .sort();

describe("a user's engine whose host has an uplink", () => {
  it(
    'must be green while containers get out, and red with the cause where the host forwards nothing to the uplink',
    async () => {
      const own = await withUplink();
      const whole = ['--area', 'egress', '--reach', `${named}:80`, '--privileged-diagnosis'];
      const green = await runOn(own, whole);
      expect(green.unjudged()).toEqual([]);
      expect({ status: green.status, conforming: green.with('conforms') }).toEqual({ status: 0, conforming: egress });
      expect(green.printed).not.toContain('Not looked at');

      await onHost(
        own,
        'iptables -I FORWARD -o uplink -j DROP; iptables -I DOCKER-USER -o uplink -j DROP; ip6tables -I FORWARD -o uplink -j DROP',
      );
      const red = await runOn(own, whole);
      expect(red.unjudged()).toEqual([]);
      // dockerd asks for containers on networks of their own by itself, and not by way of the host's FORWARD
      expect({ status: red.status, deviating: red.with('deviates') }).toEqual({
        status: 1,
        deviating: egress.filter((id) => id !== 'egress.user-network.name-servers-answer'),
      });
      const { reason, cause } = red.claim('egress.default-bridge.reaches-what-its-host-reaches');
      expect(reason).toMatch(/expected: reached\nactual: +timed-out/);
      expect(cause).toMatchObject({ code: 'host.firewall', summary: expect.stringContaining('-o uplink -j DROP') });
      // what the user named alone, too
      await onHost(
        own,
        `iptables -D FORWARD -o uplink -j DROP; iptables -D DOCKER-USER -o uplink -j DROP; iptables -I DOCKER-USER -d ${named} -j DROP`,
      );
      const byName = await runOn(own, [
        ...whole,
        '--claim',
        'egress.default-bridge.reaches-what-its-host-reaches',
        'egress.default-bridge.name-servers-answer',
      ]);
      expect(byName.with('deviates')).toEqual(['egress.default-bridge.reaches-what-its-host-reaches']);
    },
    timeLimit,
  );

  it(
    'must not deviate where its operator lets containers of the default bridge keep their addresses, and say so',
    async () => {
      const ended = await runOn(await withUplink('--ip-masq=false'), ['--area', 'egress']);
      expect(ended.with('deviates', 'error')).toEqual([]);
      expect(ended.with('blocked')).toEqual(egress.filter((id) => id.startsWith('egress.default-bridge.')));
      expect(ended.claim('egress.default-bridge.reaches-what-its-host-reaches').reason).toContain(
        'com.docker.network.bridge.enable_ip_masquerade=false',
      );
      expect(ended.claim('egress.user-network.reaches-what-its-host-reaches').verdict).toBe('conforms');
    },
    timeLimit,
  );

  it(
    'must say first what nobody looked at where there is no uplink, in seconds',
    async () => {
      lab = await brokenLab();
      const ended = await runOn(lab, ['--claim', 'egress', 'publishing.neighbours']);
      expect(ended.results().notLookedAt?.map(({ subject, reason }) => [subject, reason])).toEqual([
        ['egress', 'the host has no gateway'],
        ['published-ports-from-beside', expect.stringContaining('--engine')],
        ['egress-by-ipv6', 'the host has no IPv6 gateway'],
      ]);
      expect(ended.printed).toMatch(/^ Not looked at: whether containers reach the world \(the host has no gateway\) ·/m);
      expect(ended.status).toBe(0);
      const named = await runOn(lab, ['--claim', 'egress.default-bridge.reaches-what-its-host-reaches', '--reach', '198.18.0.9:80']);
      expect(named.claim('egress.default-bridge.reaches-what-its-host-reaches')).toMatchObject({
        verdict: 'blocked',
        reason: '198.18.0.9:80, which --reach names, does not answer the host itself',
      });
    },
    timeLimit,
  );
});

describe("a user's engine for which the image of most claims cannot be made", () => {
  it(
    'must end the run with 4, with 0 where less is asked, and not be asked where claims are named',
    async () => {
      lab = await brokenLab();
      await onHost(lab, `docker tag ${lab.image.reference} nginx:latest`);
      folder = mkdtempSync(path.join(tmpdir(), 'keyless-'));
      mkdirSync(path.join(folder, 'bin'));
      // as it is where the keys are missing: apt fetches nothing
      writeFileSync(path.join(folder, 'bin', 'apt-get'), '#!/bin/sh\necho "E: NO_PUBKEY" >&2\nexit 100\n', { mode: 0o755 });
      const env = { XDG_CACHE_HOME: path.join(folder, 'cache'), PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` };
      const areas = ['--area', 'document', 'dns', 'publishing', 'errors'];
      const ended = await runOn(lab, areas, { env });
      expect(ended.status).toBe(4);
      expect(ended.printed).toMatch(/^ exit status 4: only \d+ of \d+ applicable claims could be judged \([\d.]+ %\), and 50 % must be/m);
      const { judgedShare = 1 } = ended.results().summary;
      expect(judgedShare).toBeLessThan(0.5);
      const less = await runOn(lab, [...areas, '--min-judged', '10%'], { env });
      expect(less.status).toBe(0);
      const name = await runOn(lab, ['--claim', 'dns.forward.asks-the-given-server'], { env });
      expect({ status: name.status, blocked: name.with('blocked') }).toEqual({ status: 0, blocked: ['dns.forward.asks-the-given-server'] });
    },
    timeLimit,
  );
});
