import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { run } from '../base/process';
import type { VantagePoint } from '../world/vantage-point';
import { acceptedAt, acceptedIn, listenersOn, socketsIn, viewOf } from './view';

/** Rows as the kernel prints them: number, own end, other end, state, …, uid, timeout, inode. */
const row = (own: string, other: string, state: string, inode: number) =>
  `   0: ${own} ${other} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100`;
const printed = `@ tcp
  sl  local_address rem_address   st
${row('0100007F:1538', '00000000:0000', '0A', 11)}
${row('020012AC:9C40', '630012AC:1538', '02', 12)}
${row('020012AC:9C41', '030012AC:1538', '06', 13)}
@ tcp6
  sl  local_address rem_address   st
${row('00000000000000000000000000000000:0050', '00000000000000000000000000000000:0000', '0A', 14)}
@ udp
  sl  local_address rem_address   st
${row('00000000:0035', '00000000:0000', '07', 15)}
@ udp6
@ processes
/proc/7/comm:postgres
/proc/9/comm:nginx: master
/proc/7/fd:
lrwx------ 1 root root 64 Dec  1 05:00 3 -> socket:[11]
/proc/9/fd:
lrwx------ 1 root root 64 Dec  1 05:00 4 -> socket:[14]
`;

describe('the sockets of a place', () => {
  it('must be read with their states and processes', () => {
    expect(socketsIn(printed)).toEqual([
      {
        transport: 'tcp',
        address: '127.0.0.1',
        port: 5432,
        state: 'listening',
        remoteAddress: '0.0.0.0',
        remotePort: 0,
        process: 'postgres (process 7)',
      },
      {
        transport: 'tcp',
        address: '172.18.0.2',
        port: 40_000,
        state: 'connecting',
        remoteAddress: '172.18.0.99',
        remotePort: 5432,
        process: undefined,
      },
      {
        transport: 'tcp',
        address: '::',
        port: 80,
        state: 'listening',
        remoteAddress: '::',
        remotePort: 0,
        process: 'nginx: master (process 9)',
      },
      { transport: 'udp', address: '0.0.0.0', port: 53, state: 'listening', remoteAddress: '0.0.0.0', remotePort: 0, process: undefined },
    ]);
  });

  it('must be found by port and transport', () => {
    const view = { links: {}, gateways: [], routes: {}, accepted: 0, sockets: socketsIn(printed) };
    expect([listenersOn(view, 53, 'udp').length, listenersOn(view, 53, 'tcp').length, listenersOn(undefined, 80, 'tcp').length]).toEqual([
      1, 0, 0,
    ]);
  });

  it('must be counted as they are taken', () => {
    const snmp = 'Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails\nTcp: 1 200 120000 -1 5 7 0\n';
    expect([acceptedIn(snmp), acceptedIn('')]).toEqual([7, Number.NaN]);
  });
});

it('must see by reading what a command sees', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const place: VantagePoint = { name: 'here', exec: (argv) => run(argv) };
    const [asked, read] = [await viewOf(place), await viewOf({ ...place, process: process.pid })];
    expect({ ...read, sockets: listenersOn(read, port, 'tcp') }).toEqual({
      ...asked,
      accepted: read.accepted,
      sockets: listenersOn(asked, port, 'tcp'),
    });
    expect(listenersOn(read, port, 'tcp')).toEqual([
      expect.objectContaining({ address: '127.0.0.1', process: expect.stringContaining(`(process ${process.pid})`) }),
    ]);
    expect(await acceptedAt({ ...place, process: process.pid })).toBeGreaterThanOrEqual(asked.accepted);
  } finally {
    server.close();
  }
});
