import { afterEach, describe, expect, it, jest } from '@jest/globals';
import * as api from './api';
import { networkKey } from './network-key';
import type { Network } from './types';

const realm = globalThis as Record<symbol, unknown>;
const [web, db] = [api.container('web'), api.project('shop').service('db')];

afterEach(() => {
  realm[networkKey] = undefined;
});

/** What stands behind the names, as far as it is told what is asked. */
function standIn(): jest.Mocked<Network> {
  const told = () => jest.fn<() => Promise<never>>().mockResolvedValue(undefined as never);
  const network = {
    claim: jest.fn(),
    compose: jest.fn(() => ({ name: 'dnc-1', service: api.container })),
    reach: told(),
    mustNotReach: told(),
    probe: told(),
    openPorts: told(),
    eventually: told(),
  } as unknown as jest.Mocked<Network>;
  realm[networkKey] = network;
  return network;
}

describe('what the package exports', () => {
  it('must name places', () => {
    expect(web).toEqual({ kind: 'container', name: 'web', found: { name: 'web' } });
    expect(db).toEqual({ kind: 'container', name: 'shop/db', found: { project: 'shop', service: 'db' } });
    expect(api.container({ label: 'role=db' }).name).toBe('role=db');
    expect(api.host).toEqual({ kind: 'host', name: 'host' });
    expect(api.external('10.1.2.3')).toEqual({ kind: 'external', name: '10.1.2.3', address: '10.1.2.3' });
    expect(api.external()).toEqual({ kind: 'external', name: 'external' });
  });

  it('must hand everything else to the run', async () => {
    const network = standIn();
    const declaration = { id: 'a', title: 'a', check: () => undefined };
    api.claim(declaration);
    expect(network.claim).toHaveBeenCalledWith(declaration);
    expect(api.compose('compose.yaml').name).toBe('dnc-1');
    await api.reach(web, db, 5432);
    expect(network.reach).toHaveBeenCalledWith(web, db, 5432);
    await api.probe(web, 'http://db/');
    expect(network.probe).toHaveBeenCalledWith(web, 'http://db/', undefined);
    await api.mustNotReach(web, db, { port: 5432, control: api.host });
    expect(network.mustNotReach).toHaveBeenCalledWith(web, db, { port: 5432, control: api.host });
    await api.openPorts(web);
    expect(network.openPorts).toHaveBeenCalledWith(web);
    await api.eventually(
      () => Promise.resolve(1),
      () => true,
      { within: 10 },
    );
    expect(network.eventually).toHaveBeenCalled();
    api.expect(1).toBe(1);
  });

  it('must say how specs are judged where nobody judges them', () => {
    expect(() => api.claim({ id: 'a', title: 'a', check: () => undefined })).toThrow(/run --specs FOLDER/);
  });

  it('must refuse a "must not" without its control where types are checked', () => {
    standIn();
    // @ts-expect-error -- the control is what this is about
    void api.mustNotReach(web, db, { port: 5432 });
    // @ts-expect-error -- and that there is one
    void api.mustNotReach(web, db, { port: 5432, control: [] });
  });
});
