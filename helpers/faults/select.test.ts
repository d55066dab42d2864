import { describe, expect, it } from '@jest/globals';
import { faults } from '../../fixtures/faults';
import type { Fault } from '../../fixtures/faults/model';
import { UserError } from '../base/user-error';
import { chooseFaults, faultById } from './select';

const fault = (id: string, features: Partial<Fault> = {}) =>
  ({ kind: 'engine', id, title: id, daemonArgs: [], kills: ['a'], ...features }) as Fault;
const all = [
  fault('engine.one'),
  fault('engine.two', { kills: ['b'] }),
  fault('engine.new', { engines: { kind: 'docker', versions: '>=27' } }),
  fault('podman.one', { engines: { kind: 'podman' } }),
];
const old = { id: 'docker-26.1.5', kind: 'docker' };
const ids = (chosen: readonly Fault[]) => chosen.map(({ id }) => id);

describe('the faults of a matrix', () => {
  it('must be those that the engine can have and that turn a selected claim red', () => {
    expect(ids(chooseFaults(all, { engine: old, claims: ['a', 'b'] }))).toEqual(['engine.one', 'engine.two']);
    expect(ids(chooseFaults(all, { engine: { id: 'docker-28.5.2+ipv6', kind: 'docker' }, claims: ['a'] }))).toEqual([
      'engine.one',
      'engine.new',
    ]);
    expect(ids(chooseFaults(all, { engine: { id: 'podman-5.4.2', kind: 'podman' }, claims: ['a'] }))).toEqual(['podman.one']);
  });

  it('must fit the firewall backend of the engine, where they break one', () => {
    const both = [fault('any'), fault('nft', { engines: { kind: 'docker', backend: 'nftables' } })];
    expect(ids(chooseFaults(both, { engine: { id: 'docker-29.7.2+nftables', kind: 'docker' }, claims: ['a'] }))).toEqual(['any', 'nft']);
    expect(ids(chooseFaults(both, { engine: { id: 'docker-29.7.2', kind: 'docker' }, claims: ['a'] }))).toEqual(['any']);
    expect(() => chooseFaults(both, { engine: old, claims: ['a'], fault: ['nft'] })).toThrow('The fault nft cannot be injected');
  });

  it('must each be in just one of so many samples', () => {
    const engine = { id: 'docker-28.5.2', kind: 'docker' };
    const claims = [...new Set(faults.flatMap(({ kills }) => kills))];
    const samples = [1, 2, 3].flatMap((index) => ids(chooseFaults(faults, { engine, claims, sample: `${index}/3` })));
    expect(samples.sort()).toEqual(ids(chooseFaults(faults, { engine, claims })).sort());
  });

  it('must be refused with a remedy where there are none', () => {
    const refused = (choice: Partial<Parameters<typeof chooseFaults>[1]>) => () =>
      chooseFaults(all, { engine: old, claims: ['a'], ...choice });
    expect(refused({ fault: ['engine.three'] })).toThrow(UserError);
    expect(refused({ fault: ['engine.three'] })).toThrow('There is no fault "engine.three".');
    expect(refused({ fault: ['engine.new'] })).toThrow('The fault engine.new cannot be injected in docker-26.1.5.');
    expect(refused({ claims: ['c'] })).toThrow('No fault that docker-26.1.5 can have turns any of these claims red.');
    for (const sample of ['0/2', '3/2', 'half']) expect(refused({ sample })).toThrow('is not a part of the faults');
  });

  it('must be found by their ids', () => {
    expect(faultById('engine.two', all).id).toBe('engine.two');
    expect(() => faultById('engin.two', all)).toThrow('There is no fault');
  });
});
