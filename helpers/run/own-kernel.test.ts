import { describe, expect, it, jest } from '@jest/globals';
import { claimById } from '../../fixtures/claims';
import { run } from '../base/process';
import { onlyOwnKernelJudges } from './own-kernel';

jest.mock('../base/process', () => ({ run: jest.fn() }));

const [ipvlan, vlan, other] = [
  claimById('ipvlan.l3.default-route-names-no-gateway'),
  claimById('macvlan.subinterface.comes-and-goes-with-its-network'),
  claimById('bridge.default.peers-reach-each-other'),
];
const engine = 'docker-28';
const silent = () => undefined;

/** A machine whose kernel makes no links of these kinds, as root sees it. */
function machineWithout(...kinds: string[]): void {
  jest.spyOn(process, 'getuid').mockReturnValue(0);
  jest.mocked(run).mockResolvedValue({ exitCode: 0, stdout: kinds.map((kind) => `${kind}\n`).join(''), stderr: '' });
}

describe('a kernel of its own', () => {
  it('must be started unasked where nothing else judges any of the claims that are named', async () => {
    machineWithout('ipvlan', 'vlan');
    const told: string[] = [];
    const claims = [ipvlan, vlan];
    expect(await onlyOwnKernelJudges({ engine, claim: claims.map(({ id }) => id) }, claims, (line) => told.push(line))).toBe(true);
    expect(told).toEqual([expect.stringContaining('kernel')]);
  });

  it('must not be where one of them needs none, is selected in another way, or can be judged here', async () => {
    machineWithout('ipvlan');
    expect(await onlyOwnKernelJudges({ engine, claim: [ipvlan.id, other.id] }, [ipvlan, other], silent)).toBe(false);
    expect(await onlyOwnKernelJudges({ engine, claim: ['ipvlan.*'] }, [ipvlan], silent)).toBe(false);
    expect(await onlyOwnKernelJudges({ engine }, [ipvlan], silent)).toBe(false);
    expect(await onlyOwnKernelJudges({ engine, claim: [vlan.id] }, [vlan], silent)).toBe(false);
  });

  it('must not be for an engine that cannot be had on one', async () => {
    machineWithout('ipvlan');
    expect(await onlyOwnKernelJudges({ engine: 'podman-5.8', claim: [ipvlan.id] }, [ipvlan], silent)).toBe(false);
  });
});
