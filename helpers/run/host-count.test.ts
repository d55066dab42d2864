import { describe, expect, it } from '@jest/globals';
import { keptObjects } from '../../fixtures/engines/kept-objects';
import {
  cniAfterItsContainers,
  podman4AfterItsContainers,
  podman4RulesOfAContainer,
  podman5AfterItsContainers,
  podman5ChainOfAContainer,
} from '../selftest/firewall-recordings';
import { firewallObjects } from './firewall-objects';
import { differences, noteOnKept, withoutKept, type Counted } from './host-count';

const objects = { containers: 2, networks: 3, volumes: 1, links: 4, firewallRules: 20 };
const counts = (more: Partial<Counted['objects']> = {}, names: Partial<Counted['names']> = {}): Counted => ({
  objects: { ...objects, ...more },
  names: { links: [], firewallRules: [], ...names },
  kept: { links: 0, firewallRules: 0 },
});

describe('what changed on an engine and its host', () => {
  it('must be nothing where nothing did', () => {
    expect(differences(counts(), counts())).toEqual([]);
  });

  it('must be told kind by kind, with both counts', () => {
    expect(differences(counts(), counts({ containers: 3, networks: 2, volumes: 0, links: 6, firewallRules: 21 }))).toEqual([
      'containers: 2 before the run, 3 after it',
      'networks: 3 before the run, 2 after it',
      'volumes: 1 before the run, 0 after it',
      'links of the host: 4 before the run, 6 after it',
      'firewall rules of the host: 20 before the run, 21 after it',
    ]);
  });

  it('must not be told of what could not be counted both times', () => {
    expect(differences(counts({ firewallRules: null }), counts({ links: null }))).toEqual([]);
    expect(differences(counts({ links: 0 }), counts({ links: 1 }))).toEqual(['links of the host: 0 before the run, 1 after it']);
  });

  it('must name what came and what went, also a rule that is there once more, and not too many', () => {
    const [jump, drop] = ['ip filter FORWARD -j DOCKER-USER', 'ip filter FORWARD -j DROP'];
    expect(
      differences(counts({ firewallRules: 1 }, { firewallRules: [jump] }), counts({ firewallRules: 2 }, { firewallRules: [jump, jump] })),
    ).toEqual([`firewall rules of the host: 1 before the run, 2 after it (+ ${jump})`]);
    expect(
      differences(counts({ firewallRules: 2 }, { firewallRules: [jump, drop] }), counts({ firewallRules: 1 }, { firewallRules: [jump] })),
    ).toEqual([`firewall rules of the host: 2 before the run, 1 after it (- ${drop})`]);
    expect(differences(counts({ links: 1 }, { links: ['lo'] }), counts({ links: 6 }, { links: ['lo', 'a', 'b', 'c', 'd', 'e'] }))).toEqual([
      'links of the host: 1 before the run, 6 after it (+ a, + b, + c, and 2 more)',
    ]);
  });
});

describe('what an engine keeps for ever', () => {
  const { links, firewall } = keptObjects.podman;
  const numbers = ({ others, kept }: ReturnType<typeof withoutKept>) => ({ others: others?.length ?? null, kept });
  const counted = (printed: string) => numbers(withoutKept(firewallObjects(printed), firewall));
  const insideNat = (more: string) => podman4AfterItsContainers.replace(/COMMIT\n== ip6/, `${more}COMMIT\n== ip6`);

  it.each([
    ['netavark with iptables', podman4AfterItsContainers, 11],
    ['netavark with nftables', podman5AfterItsContainers, 17],
    ['CNI', cniAfterItsContainers, 12],
  ])('must be counted apart: %s', (_, printed, kept) => {
    expect(counted(printed)).toEqual({ others: 0, kept });
  });

  it('must not hide what is left of a container or a network', () => {
    expect(counted(insideNat(podman4RulesOfAContainer))).toEqual({ others: 3, kept: 11 });
    expect(counted(insideNat(':NETAVARK-1D8721804F16F - [0:0]\n'))).toEqual({ others: 1, kept: 11 });
    expect(counted(podman5AfterItsContainers.replace(/}\n$/, `${podman5ChainOfAContainer}}\n`))).toEqual({ others: 2, kept: 17 });
    expect(counted(podman5AfterItsContainers.replace('invalid drop\n', 'invalid drop\n\t\tip saddr 10.88.0.0/16 accept\n'))).toEqual({
      others: 1,
      kept: 17,
    });
    expect(counted(cniAfterItsContainers.replace(/COMMIT\n$/, ':CNI-DN-0123456789abcdef01234 - [0:0]\nCOMMIT\n'))).toEqual({
      others: 1,
      kept: 12,
    });
  });

  it('must be the bridge of the default network, where CNI made it, and no other link', () => {
    expect(withoutKept(['lo', 'cni-podman0'], links)).toEqual({ others: ['lo'], kept: 1 });
    expect(numbers(withoutKept(['lo', 'cni-podman1', 'podman0', 'veth0'], links))).toEqual({ others: 4, kept: 0 });
  });

  it('must be nothing of an engine that makes its rules when it starts', () => {
    expect(numbers(withoutKept(firewallObjects(podman4AfterItsContainers), keptObjects.docker.firewall))).toEqual({ others: 11, kept: 0 });
  });

  it('must be unknown where nobody can tell', () => {
    expect(withoutKept(undefined, firewall)).toEqual({ others: null, kept: 0 });
  });

  it('must be noted when the run made it appear', () => {
    const at = (firewallRules: number, bridges = 0) => ({ ...counts(), kept: { firewallRules, links: bridges } });
    expect(noteOnKept(at(0), at(11), 'Podman')).toEqual([
      expect.stringContaining('Podman keeps 11 firewall chains and rules that it made'),
    ]);
    expect(noteOnKept(at(0), at(12, 1), 'Podman')).toEqual([
      expect.stringContaining('12 firewall chains and rules and a bridge without ports'),
    ]);
    expect(noteOnKept(at(11), at(11), 'Podman')).toEqual([]);
  });
});
