import { describe, expect, it } from '@jest/globals';
import type Dockerode from 'dockerode';
import { engineWith } from '../selftest/samples';
import { newNetworksOf } from './new-networks';

const exhausted = '(HTTP code 400) unexpected - all predefined address pools have been fully subnetted ';

/** An engine that gives its networks this, and refuses those without a range if it has none left. */
function engineThatGives(network: object, refusal?: string) {
  const made: { Name: string; IPAM?: object }[] = [];
  const removed: string[] = [];
  const docker = {
    createNetwork: (body: { Name: string; IPAM?: object }) => {
      if (refusal !== undefined && body.IPAM === undefined) return Promise.reject(new Error(refusal));
      made.push(body);
      return Promise.resolve({ inspect: () => Promise.resolve(network), remove: () => Promise.resolve(removed.push(body.Name)) });
    },
  } as unknown as Dockerode;
  return { docker, made, removed };
}

const look = (docker: Dockerode, kind: 'docker' | 'podman' = 'docker') => newNetworksOf(engineWith({ kind }), docker, 'r1', { run: 'r1' });

describe('what a network gets that asks for nothing', () => {
  it('must be what one has that was made for that, and is removed', async () => {
    const { docker, made, removed } = engineThatGives({ Options: { a: 'b' }, EnableIPv4: false, EnableIPv6: true });
    expect(await look(docker)).toMatchObject({ options: { a: 'b' }, ipv4: false, ipv6: true, evidence: [{ kind: 'api' }] });
    expect(made).toEqual([{ Name: 'dnc-look-r1', Labels: { run: 'r1' } }]);
    expect(removed).toEqual(['dnc-look-r1']);
  });

  it("must tell a range that is narrower than any of Docker's own, and no other", async () => {
    const withRange = (Subnet: string) => ({ IPAM: { Config: [{ Subnet: 'fd00::/64' }, { Subnet }] } });
    expect(await look(engineThatGives(withRange('10.77.0.8/29')).docker)).toMatchObject({ narrow: '10.77.0.8/29' });
    expect(await look(engineThatGives(withRange('192.168.0.0/24')).docker)).not.toHaveProperty('narrow');
    // the range is the suite's own
    expect(await look(engineThatGives(withRange('198.51.100.248/29'), exhausted).docker)).not.toHaveProperty('narrow');
  });

  it('must be looked at in a range of its own where others use up all that the engine has', async () => {
    const { docker, removed } = engineThatGives({ Options: null }, exhausted);
    expect(await look(docker)).toMatchObject({
      options: {},
      ipv4: true,
      ipv6: false,
      withoutRange: 'address pools have been fully subnetted',
    });
    expect(removed).toHaveLength(1);
  });

  it('must be unknown on an engine that makes none, and on a Podman, which has no such options', async () => {
    expect(await look(engineThatGives({}, 'forbidden').docker)).toBeUndefined();
    const podman = engineThatGives({});
    expect(await look(podman.docker, 'podman')).toBeUndefined();
    expect(podman.made).toEqual([]);
  });
});
