import { createServer } from 'node:http';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, listening, temporaryDirectory } from '../selftest/fake-engine';
import { connect } from './connect';
import type { EngineFacts } from '../claim/engine-facts';
import { gatherFacts } from './facts';

afterAll(cleanUp);

const docker28 = { Version: '28.5.2+dfsg3', ApiVersion: '1.51', Components: [{ Name: 'Engine' }, { Name: 'containerd' }] };
const info = {
  KernelVersion: '6.18.0',
  SecurityOptions: ['name=seccomp,profile=builtin'],
  FirewallBackend: { Driver: 'iptables' },
  Plugins: { Network: ['bridge', 'host', 'null'] },
};
const bridge = { Id: 'b', EnableIPv6: false, IPAM: { Config: [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.1' }] } };

interface Answers {
  version?: object;
  info?: object;
  bridge?: object | number;
  host?: object | number;
}

/** The facts of an engine that gives these answers. */
async function factsFrom({
  version = docker28,
  info: said = info,
  bridge: network = bridge,
  host = { Id: 'h', Driver: 'host' },
}: Answers): Promise<EngineFacts> {
  const answers: Record<string, object | number> = {
    '/version': version,
    '/info': said,
    '/networks/bridge': network,
    '/networks/host': host,
  };
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (request.url === '/_ping') response.setHeader('Api-Version', '1.51').end('OK');
    else if (typeof answer === 'number') response.writeHead(answer, { 'Content-Type': 'application/json' }).end('{"message":"no"}');
    else response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer ?? {}));
  });
  const socket = path.join(temporaryDirectory(), 'e.sock');
  await listening(server, socket);
  const { docker } = await connect({ kind: 'unix', path: socket, found: 'a test' });
  return gatherFacts(docker);
}

describe('the facts of an engine', () => {
  it('must be those of a Docker, its version without what a distribution adds', async () => {
    expect(await factsFrom({})).toEqual({
      id: 'docker-28.5.2',
      kind: 'docker',
      name: 'Docker Engine',
      version: '28.5.2',
      apiVersion: '1.51',
      kernel: '6.18.0',
      firewallBackend: 'iptables',
      rootless: false,
      usernsRemap: false,
      inSwarm: false,
      ipv4Forwarding: true,
      networkDrivers: ['bridge', 'host', 'null'],
      addressPools: [],
      defaultBridge: { id: 'b', subnet: '172.17.0.0/16', gateway: '172.17.0.1', ipv6: false, options: {} },
      hostNetwork: true,
      evidence: {
        version: [
          expect.objectContaining({
            what: 'GET /version (Version, ApiVersion, Components)',
            answer: expect.stringContaining('28.5.2+dfsg3'),
          }),
        ],
        info: [expect.objectContaining({ answer: expect.stringContaining('seccomp') })],
        defaultBridge: [expect.objectContaining({ kind: 'api', where: 'engine', answer: expect.stringContaining('172.17.0.0/16') })],
        hostNetwork: [expect.objectContaining({ what: 'GET /networks/host (Id, Driver)' })],
      },
    });
  });

  it('must be those of a Podman where a component says so', async () => {
    expect(await factsFrom({ version: { Version: '5.8.6', ApiVersion: '1.44', Components: [{ Name: 'Podman Engine' }] } })).toMatchObject({
      id: 'podman-5.8.6',
      kind: 'podman',
      name: 'Podman',
    });
  });

  it('must call unknown what an older engine does not say', async () => {
    expect(await factsFrom({ version: { Version: '20.10.24', ApiVersion: '1.41' }, info: {} })).toMatchObject({
      id: 'docker-20.10.24',
      kernel: 'unknown',
      firewallBackend: 'unknown',
      rootless: false,
      networkDrivers: [],
      addressPools: [],
    });
  });

  it('must tell a rootless engine, and pools that its operator chose', async () => {
    const facts = await factsFrom({
      info: { ...info, SecurityOptions: ['name=rootless'], DefaultAddressPools: [{ Base: '10.0.0.0/8', Size: 24 }] },
    });
    expect(facts).toMatchObject({ rootless: true, addressPools: ['10.0.0.0/8 in /24'] });
    expect(await factsFrom({ info: { ...info, Rootless: true } })).toMatchObject({ rootless: true });
  });

  it.each([
    [{ LocalNodeState: 'active' }, true],
    [{ LocalNodeState: 'locked' }, true],
    [{ LocalNodeState: 'inactive' }, false],
    [null, false],
  ])('must tell an engine that is part of a swarm: %j', async (Swarm, inSwarm) => {
    expect(await factsFrom({ info: { ...info, Swarm } })).toMatchObject({ inSwarm });
  });

  it('must tell the router that an operator chose for the default bridge', async () => {
    const Config = [{ Subnet: '10.99.0.0/24', Gateway: '10.99.0.1', AuxiliaryAddresses: { DefaultGatewayIPv4: '10.99.0.254' } }];
    expect((await factsFrom({ bridge: { Id: 'b', IPAM: { Config } } })).defaultBridge).toMatchObject({
      gateway: '10.99.0.1',
      router: '10.99.0.254',
    });
  });

  it('must tell that there is no default bridge, and must not take another failure for that', async () => {
    const without = await factsFrom({ bridge: 404 });
    expect(without.defaultBridge).toBeUndefined();
    expect(without.evidence.defaultBridge).toEqual([expect.objectContaining({ answer: expect.stringContaining('404') })]);
    expect((await factsFrom({ bridge: { Id: 'b', IPAM: { Config: null } } })).defaultBridge).toBeUndefined();
    await expect(factsFrom({ bridge: 500 })).rejects.toMatchObject({ statusCode: 500 });
  });

  it('must tell that host mode is no network', async () => {
    const facts = await factsFrom({ host: 404 });
    expect(facts.hostNetwork).toBe(false);
    expect(facts.evidence.hostNetwork).toEqual([expect.objectContaining({ answer: expect.stringContaining('404') })]);
  });

  it('must take the IPv4 range of a bridge that carries IPv6 as well', async () => {
    const both = { Id: 'b', EnableIPv6: true, IPAM: { Config: [{ Subnet: 'fd00::/64' }, { Subnet: '10.99.0.0/24' }] } };
    expect((await factsFrom({ bridge: both })).defaultBridge).toEqual({
      id: 'b',
      subnet: '10.99.0.0/24',
      gateway: undefined,
      ipv6: true,
      options: {},
    });
  });
});
