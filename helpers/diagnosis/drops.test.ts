import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { run } from '../base/process';
import { dropsScript, etherTypes, readDrops, removeLeftInstances } from './drops';

/** What tracing of Linux 6.18 printed of two questions that a filter of traffic control took; a line of each kind. */
const printed = `# tracer: nop
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
            curl-8087    [000] ..s1.  1985.100000: netif_receive_skb: dev=va skbaddr=00000000250b58e0 len=60
            curl-8087    [000] ..s2.  1985.100020: kfree_skb: skbaddr=00000000250b58e0 rx_sk=0000000000000000 protocol=2048 location=sk_stream_kill_queues+0x57/0xf0 reason: QUEUE_PURGE
              sh-32620   [000] ...1.  1985.706646: tracing_mark_write: dnc-probe-begins
            curl-8087    [000] b....  1985.919188: net_dev_queue: dev=vb skbaddr=00000000b9081646 len=74
            curl-8087    [001] ..s1.  1985.919195: netif_receive_skb: dev=va skbaddr=00000000b9081646 len=60
            curl-8087    [000] ..s1.  1985.919202: kfree_skb: skbaddr=00000000b9081646 rx_sk=0000000000000000 protocol=2048 location=tcf_classify+0x1a6/0x2c0 reason: TC_INGRESS
            curl-8087    [000] ..s1.  1985.985671: netif_receive_skb: dev=va skbaddr=00000000b9081646 len=60
          <idle>-0       [000] ..s1.  1986.985697: kfree_skb: skbaddr=00000000b9081646 rx_sk=0000000000000000 protocol=34525 location=ip6_mc_input+0x1a6/0x2c0 reason: NOT_SPECIFIED
`;

describe('what the kernel dropped', () => {
  test('each packet with its way, the function and the reason', () => {
    expect(readDrops(printed)).toEqual([
      {
        protocol: etherTypes.ipv4,
        reason: 'QUEUE_PURGE',
        by: 'sk_stream_kill_queues',
        links: [{ name: 'va', way: 'in', bytes: 60 }],
        early: true,
      },
      {
        protocol: etherTypes.ipv4,
        reason: 'TC_INGRESS',
        by: 'tcf_classify',
        links: [
          { name: 'vb', way: 'out', bytes: 74 },
          { name: 'va', way: 'in', bytes: 60 },
        ],
        early: false,
      },
      // a second later, another packet is at that place in memory
      { protocol: etherTypes.ipv6, reason: 'NOT_SPECIFIED', by: 'ip6_mc_input', links: [], early: false },
    ]);
    expect(readDrops('')).toEqual([]);
  });
});

/** Two links in a namespace of their own, one of which takes nothing; it prints what the kernel dropped, and which instances are left. */
const dropped = (folder: string) => `set -u
ip link add va type veth peer name vb; ip link set va up; ip link set vb up
ip address add 192.0.2.1/24 dev va
tc qdisc add dev vb clsact; tc filter add dev vb ingress bpf direct-action bytecode '1,6 0 0 2'
( ${dropsScript(folder, ['va', 'vb'], [], 10)} ) & notes=$!
n=0; until [ -e ${folder}/ready ] || [ $n -ge 500 ]; do sleep 0.02; n=$((n+1)); done
ip neighbour add 192.0.2.9 lladdr 02:00:00:00:00:09 dev va
for it in 1 2 3; do bash -c 'echo >/dev/udp/192.0.2.9/9'; done
: >${folder}/end
wait $notes`;

const inTracing = (command: string) => [
  'unshare',
  '--mount',
  'sh',
  '-c',
  `mount -t tracefs tracefs /sys/kernel/tracing && cd /sys/kernel/tracing && ${command}`,
];
const [program = '', ...args] = inTracing('[ -d events/skb/kfree_skb ]');
/** Whether this is a user, and a kernel, that trace. */
const traces = spawnSync(program, args).status === 0;

describe('the kernel notes', () => {
  (traces ? test : test.skip)(
    'what it drops, with the links by which it came and its reason, and nothing is left',
    async () => {
      const { stdout, exitCode } = await run(['unshare', '--net', '--mount', 'bash', '-c', dropped(`/tmp/dnc-drops-test-${process.pid}`)]);
      expect(exitCode).toBe(0);
      const udp = readDrops(stdout).filter(({ protocol, reason }) => protocol === etherTypes.ipv4 && reason === 'TC_INGRESS');
      expect(udp.map(({ links, early }) => ({ way: links.map(({ name, way }) => `${way} ${name}`), early }))).toEqual(
        Array(3).fill({ way: ['out va', 'in vb'], early: false }),
      );
      expect((await run(inTracing('ls instances'))).stdout).not.toContain(`dnc-drops-test-${process.pid}`);
    },
    60_000,
  );

  (traces ? test : test.skip)('what a killed run has left is removed, and what is in use is not', async () => {
    const names = ['left', 'used'].map((it) => `dnc-drops-test-${process.pid}-${it}`);
    const script = `mkdir ${names.map((it) => `instances/${it}`).join(' ')}; exec 3<instances/${names[1]}/trace_pipe
      ${removeLeftInstances}
      ls instances; exec 3<&-; rmdir instances/${names[1]}`;
    const there = (await run(inTracing(script))).stdout.split('\n').filter((it) => names.includes(it));
    expect(there).toEqual([names[1]]);
  });
});
