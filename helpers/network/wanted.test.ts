import { describe, expect, it } from '@jest/globals';
import { endpoint, member } from '../trace/sample-facts';
import type { Inventory } from '../trace/inventory';
import { container, project } from './api';
import { membersOf, nameFor } from './wanted';

const web = member('web');
const [api1, api2] = [1, 2].map((it) => member('api', { name: `shop-api-${it}`, id: `${it}`.repeat(64) })) as [typeof web, typeof web];
const once = member('api', { name: 'shop-api-run-1', labels: { 'com.docker.compose.oneoff': 'True' } });
const ended = member('job', { status: 'exited', labels: { role: 'job' } });
const inventory: Inventory = { members: [web, api1, api2, once, ended], networks: [] };
const named = (found: Parameters<typeof container>[0]) => membersOf(container(found), inventory).map(({ name }) => name);

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe('a place', () => {
  it('must be all replicas of a service, and nothing that was run once', () => {
    expect(membersOf(project('shop').service('api'), inventory).map(({ name }) => name)).toEqual(['shop-api-1', 'shop-api-2']);
  });

  it('must be found by name, id and label', () => {
    expect(named('shop-web-1')).toEqual(['shop-web-1']);
    expect(named('2'.repeat(12))).toEqual(['shop-api-2']);
    expect(named({ label: 'role' })).toEqual(['shop-job-1']);
    expect(named({ label: 'role=job' })).toEqual(['shop-job-1']);
  });

  it.each([
    [container('shop-wep-1'), /there is no container shop-wep-1; there are shop-api-1, /, 'Did you mean shop-web-1?'],
    [container({ label: 'role=none' }), /there is no container role=none/, 'docker ps --all shows what there is.'],
    [
      project('shop').service('apis'),
      /the project shop has no container of a service "apis"; there are api, job, web/,
      'Did you mean api?',
    ],
    [project('shops').service('api'), /no container runs of a compose project "shops"; there are shop/, expect.stringContaining('up -d')],
  ])('must be missed with what there is: %j', (place, message, remedy) => {
    const missed = () => membersOf(place, inventory);
    expect(missed).toThrow(message);
    expect(thrownBy(missed)).toEqual(expect.objectContaining({ remedy }));
  });

  it('must need something to be found by', () => {
    expect(() => container({})).toThrow(/needs a name, a label or a service/);
  });
});

describe('what a place is called', () => {
  it('must be its service, else its name, where the engine resolves them', () => {
    expect(nameFor(web, api1)).toBe('api');
    expect(nameFor(web, { ...api1, service: undefined })).toBe('shop-api-1');
    expect(nameFor(web, member('db'))).toBe('db');
  });

  it('must be its address where nobody has a name', () => {
    const inDefault = (address: string) => ({ endpoints: { bridge: endpoint(address, 'x') }, networkMode: 'bridge' });
    expect(nameFor(member('web', inDefault('172.17.0.2')), member('db', inDefault('172.17.0.3')))).toBe('172.17.0.3');
  });

  it('must be its name also where they share no network, as a user would try', () => {
    expect(nameFor(web, member('db', { endpoints: { shop_back: endpoint('172.19.0.2', 'db') } }))).toBe('db');
  });
});
