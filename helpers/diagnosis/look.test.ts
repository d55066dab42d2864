import { describe, expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../claim/eventually';
import { openClient } from '../engine/client';
import { nginx02 } from '../selftest/diagnosis-scenes';
import { EngineHost } from '../vantage/host';
import { processesOn, proxiesAmong, readProcesses, statesIn, type LookingFrom } from './look';

const access = { kind: 'here', samePids: true } as const;
/** never asked in these tests */
const docker = openClient();
const here: LookingFrom = { docker, access, host: new EngineHost(access, docker) };

const printed = [
  '/proc/1/status:Name:\tsystemd',
  '/proc/1/status:State:\tS (sleeping)',
  '/proc/320/status:Name:\tnginx',
  '/proc/320/status:State:\tT (stopped)',
  '/proc/334/status:Name:\tdocker-proxy',
  '/proc/334/status:State:\tT (stopped)',
  '/proc/335/status:Name:\tdocker-proxy',
  '/proc/335/status:State:\tS (sleeping)',
  '/proc/350/status:Name:\tnginx',
  '/proc/350/status:State:\tS (sleeping)',
  '/proc/360/status:Name:\tpasta.avx2',
  '/proc/360/status:State:\tt (tracing stop)',
  'lrwxrwxrwx 1 root root 0 Nov 29 14:54 /proc/1/ns/pid',
  'lrwxrwxrwx 1 root root 0 Nov 29 14:54 /proc/320/ns/pid -> pid:[4026532252]',
  'lrwxrwxrwx 1 root root 0 Nov 29 14:54 /proc/334/ns/pid -> pid:[4026531836]',
  'lrwxrwxrwx 1 root root 0 Nov 29 14:54 /proc/335/ns/pid -> pid:[4026531836]',
  'lrwxrwxrwx 1 root root 0 Nov 29 14:54 /proc/350/ns/pid -> pid:[4026532252]',
  '',
].join('\n');

describe('the processes of a host', () => {
  test('are read with their names, states and namespaces', () => {
    expect(readProcesses(printed).slice(0, 3)).toEqual([
      { pid: 1, name: 'systemd', state: 'S (sleeping)', namespace: undefined },
      { pid: 320, name: 'nginx', state: 'T (stopped)', namespace: 'pid:[4026532252]' },
      { pid: 334, name: 'docker-proxy', state: 'T (stopped)', namespace: 'pid:[4026531836]' },
    ]);
  });

  test.each(['', '\n', 'grep: not found', '/proc/7/status:State:\tS (sleeping)'])('nothing but %j', (text) => {
    expect(readProcesses(text)).toEqual([]);
  });

  test('one that ended between the two looks has no state, no namespace', () => {
    expect(readProcesses('/proc/7/status:Name:\tsh\n')).toEqual([{ pid: 7, name: 'sh', state: '', namespace: undefined }]);
  });

  test('a real one: stopped, it is seen so, in the namespace of this process', async () => {
    const child = spawn('sleep', ['60']);
    try {
      child.kill('SIGSTOP');
      const seen = await eventually(
        async () => (await processesOn(here))?.find(({ pid }) => pid === child.pid),
        (it) => it?.state === 'T (stopped)',
        { within: 5000 },
      );
      expect(seen).toEqual({
        pid: child.pid,
        name: 'sleep',
        state: 'T (stopped)',
        namespace: execFileSync('readlink', ['/proc/self/ns/pid'], { encoding: 'utf8' }).trim(),
      });
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  test('are not seen from a helper container', async () => {
    expect(await processesOn({ ...here, access: { kind: 'helper', containerId: 'h' } })).toBeUndefined();
  });
});

describe("an engine's programs for published ports", () => {
  test('are known by name, and those that a signal stopped apart', () => {
    expect(proxiesAmong(readProcesses(printed))).toEqual({
      all: ['docker-proxy (process 334)', 'docker-proxy (process 335)', 'pasta.avx2 (process 360)'],
      stopped: ['docker-proxy (process 334)'],
      leading: [],
    });
  });

  test.each(['dockerd', 'rootlesskit', 'rootlessport', 'conmon', 'podman', 'pasta', 'slirp4netns', 'netavark'])('%s is one', (name) => {
    expect(proxiesAmong([{ pid: 5, name, state: 'S (sleeping)', namespace: undefined }]).all).toEqual([`${name} (process 5)`]);
  });

  test('are told with where they lead', () => {
    const line =
      '/proc/7/status:Name:\tdocker-proxy\n/proc/7/cmdline:docker-proxy -proto tcp -host-ip 0.0.0.0 -container-ip 172.17.0.2 -container-port 8080 \n';
    expect(proxiesAmong(readProcesses(line)).leading).toEqual([{ process: 'docker-proxy (process 7)', address: '172.17.0.2', port: 8080 }]);
  });

  test.each(['my-docker-proxy', 'docker-proxy2', 'podman-helper', 'nginx'])('%s is none', (name) => {
    expect(proxiesAmong([{ pid: 5, name, state: 'T (stopped)', namespace: undefined }])).toEqual({ all: [], stopped: [], leading: [] });
  });
});

describe("the processes of a container's PID namespace", () => {
  const processes = readProcesses(printed);
  const container = nginx02();

  test('are those that share the namespace of its first one', () => {
    expect(statesIn(container, processes, here)).toEqual(['T (stopped), process 320', 'S (sleeping), process 350']);
  });

  test('are none where it does not run, its process is not seen, or its namespace is not', () => {
    for (const pid of [0, 99, 1]) expect(statesIn({ ...container, pid }, processes, here)).toEqual([]);
  });

  test("are none where process numbers are another namespace's", () => {
    expect(statesIn(container, processes, { ...here, access: { kind: 'here', samePids: false } })).toEqual([]);
  });
});
