import { createServer } from 'node:http';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { hostPort80Name } from '../containers/nginx';
import { connect } from '../engine/connect';
import { cleanUp, engineAnswers, listening, temporaryDirectory } from '../selftest/fake-engine';
import { EngineHost } from '../vantage/host';
import { holderOfPort80 } from './host-port-80';
import { runLabel } from './objects';

afterAll(cleanUp);

interface Listed {
  Id: string;
  Names: string[];
  Labels: Record<string, string>;
  Ports: { PublicPort?: number; Type: string }[];
  HostConfig: { NetworkMode: string };
}

const container = (name: string, features: Partial<Listed> = {}): Listed => ({
  Id: name,
  Names: [`/${name}`],
  Labels: {},
  Ports: [],
  HostConfig: { NetworkMode: 'bridge' },
  ...features,
});

const publishing = (name: string, PublicPort: number, Type = 'tcp') => container(name, { Ports: [{ PublicPort, Type }] });
const inHostMode = (name: string, features: Partial<Listed> = {}) => container(name, { HostConfig: { NetworkMode: 'host' }, ...features });

/** The row of /proc/net/tcp for a socket that listens on a port of all addresses. */
const listener = (port: number, state = '0A') =>
  `   0: 00000000:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1`;

/** Who holds port 80 of a host with these sockets, on whose engine these containers run. */
async function holder(sockets: string, containers: readonly Listed[]): Promise<string | undefined> {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/containers/json')) response.setHeader('Content-Type', 'application/json').end(JSON.stringify(containers));
    else engineAnswers(request, response);
  });
  const socket = path.join(temporaryDirectory(), 'e.sock');
  await listening(server, socket);
  const { docker } = await connect({ kind: 'unix', path: socket, found: 'a test' });
  // a host on which every command prints these sockets
  const host = new EngineHost({ kind: 'lab', enter: ['printf', '%s\n', sockets] }, docker);
  return holderOfPort80(docker, host);
}

describe("the holder of the host's port 80", () => {
  it('must be nobody where no socket listens there, whatever containers there are', async () => {
    expect(await holder(listener(8080), [publishing('web', 8080), inHostMode('agent')])).toBeUndefined();
    expect(await holder(listener(80, '06'), [])).toBeUndefined();
  });

  it('must be the container that publishes it, by name', async () => {
    expect(
      await holder(listener(80), [publishing('other', 8080), publishing('web', 80), publishing('dns', 80, 'udp'), inHostMode('agent')]),
    ).toBe('the container web, which publishes it');
  });

  it('must be presumed to be a container in host mode where none publishes it', async () => {
    expect(await holder(listener(80), [inHostMode('nginx-host'), publishing('other', 8080)])).toBe(
      'a container in host mode, presumably nginx-host',
    );
    expect(await holder(listener(80), [inHostMode('one'), inHostMode('two')])).toBe('a container in host mode, presumably one of one, two');
  });

  it('must not be presumed to be a container of this suite, which takes no port of others', async () => {
    expect(await holder(listener(80), [inHostMode('helper', { Labels: { [runLabel]: 'r1' } })])).toBe(
      'a process of the host that is no container',
    );
  });

  it('must be a process where no container can be it', async () => {
    expect(await holder(listener(80), [])).toBe('a process of the host that is no container');
  });

  it('must be nobody where it is another run of this suite, because that one ends', async () => {
    expect(await holder(listener(80), [inHostMode(hostPort80Name, { Labels: { [runLabel]: 'r2' } })])).toBeUndefined();
  });
});
