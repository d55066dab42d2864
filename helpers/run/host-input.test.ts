import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { describe, expect, it } from '@jest/globals';
import { engineWith } from '../selftest/samples';
import type { VantagePoint } from '../world/vantage-point';
import { hostInput } from './host-input';

const header = '  sl  local_address rem_address   st\n';
const host = {
  name: 'host',
  exec: () => Promise.resolve({ exitCode: 0, stdout: header + header, stderr: '' }),
} as unknown as VantagePoint;

/** An engine whose containers hear a server in host mode from there, and from its network, or do not; it knows what is left on it. */
function engineHeard(heard: { fromHost: boolean; fromNetwork: boolean }, gateway = '172.18.0.1') {
  const left: string[] = [];
  const remove = (name: string) => () => Promise.resolve(void left.splice(left.indexOf(name), 1));
  const docker = {
    createNetwork: ({ Name }: { Name: string }) => {
      left.push(Name);
      return Promise.resolve({
        id: 'n',
        inspect: () => Promise.resolve({ IPAM: { Config: [{ Gateway: 'fd00::1' }, { Gateway: gateway }] } }),
        remove: remove(Name),
      });
    },
    createContainer: ({ HostConfig: { NetworkMode = '' } }: Dockerode.ContainerCreateOptions & { HostConfig: Dockerode.HostConfig }) => {
      left.push(NetworkMode);
      return Promise.resolve({ id: NetworkMode, start: () => Promise.resolve(), remove: remove(NetworkMode) });
    },
    getContainer: (id: string) => ({
      exec: ({ Cmd }: { Cmd: string[] }) => {
        expect(Cmd.at(-1)).toContain(`TCP4:${gateway}:`);
        const ExitCode = (id === 'host' ? heard.fromHost : heard.fromNetwork) ? 0 : 1;
        return Promise.resolve({ start: () => Promise.resolve(Readable.from([]).resume()), inspect: () => Promise.resolve({ ExitCode }) });
      },
    }),
    modem: { demuxStream: () => undefined },
  } as unknown as Dockerode;
  return { docker, left };
}

const look = async (heard: { fromHost: boolean; fromNetwork: boolean }, engine = engineWith({ kind: 'docker', rootless: false })) => {
  const { docker, left } = engineHeard(heard);
  const found = await hostInput(engine, { docker, host, image: 'tools', runId: 'r1', labels: {}, newNetworks: undefined });
  expect(left).toEqual([]);
  return found;
};

describe('whether a host takes in what containers send to it', () => {
  it('must be seen from a network where the host itself can reach its server', async () => {
    expect(await look({ fromHost: true, fromNetwork: true })).toMatchObject({ takesIn: true });
    const refused = await look({ fromHost: true, fromNetwork: false });
    expect(refused).toMatchObject({ takesIn: false });
    expect(refused?.evidence.length).toBeGreaterThan(0);
  });

  it('must be unknown where not even the host reaches it, and on engines whose host is another one', async () => {
    expect(await look({ fromHost: false, fromNetwork: false })).toBeUndefined();
    for (const engine of [engineWith({ kind: 'podman' }), engineWith({ rootless: true })])
      expect(await look({ fromHost: true, fromNetwork: false }, engine)).toBeUndefined();
  });
});
