import { describe, expect, it } from '@jest/globals';
import { differences } from './host-count';

const before = { containers: 2, networks: 3, volumes: 1, links: 4, firewallRules: 20 };

describe('what changed on an engine and its host', () => {
  it('must be nothing where nothing did', () => {
    expect(differences(before, { ...before })).toEqual([]);
  });

  it('must be told kind by kind, with both counts', () => {
    expect(differences(before, { containers: 3, networks: 2, volumes: 0, links: 6, firewallRules: 21 })).toEqual([
      'containers: 2 before the run, 3 after it',
      'networks: 3 before the run, 2 after it',
      'volumes: 1 before the run, 0 after it',
      'links of the host: 4 before the run, 6 after it',
      'firewall rules of the host: 20 before the run, 21 after it',
    ]);
  });

  it('must not be told of what could not be counted both times', () => {
    expect(differences({ ...before, firewallRules: null }, { ...before, links: null })).toEqual([]);
    expect(differences({ ...before, links: 0 }, { ...before, links: 1 })).toEqual(['links of the host: 0 before the run, 1 after it']);
  });
});
