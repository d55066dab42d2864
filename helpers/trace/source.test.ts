import { describe, expect, it } from '@jest/globals';
import { member } from './sample-facts';
import { sourceOf } from './source';

const inventory = {
  members: [
    member('web'),
    member('db', { status: 'exited' }),
    member('db2', { service: 'db' }),
    member('other', { service: 'web', project: 'store', name: 'store-web-1' }),
  ],
  networks: [],
};

describe('the source of a trace', () => {
  it('must be found by name, and by service where one project has it', () => {
    expect(sourceOf('shop-web-1', inventory)?.name).toBe('shop-web-1');
    expect(sourceOf('web', inventory, 'store')?.name).toBe('store-web-1');
    expect(sourceOf('host', inventory)).toBeUndefined();
  });

  it('must be a replica that runs', () => {
    expect(sourceOf('db', inventory)?.name).toBe('shop-db2-1');
  });

  it.each<[string, string | undefined, RegExp]>([
    ['web', undefined, /service of several projects: shop, store/],
    ['wbe', undefined, /no container or service "wbe"/],
    ['db', 'nowhere', /no container of a compose project "nowhere"/],
    ['host', 'shop', /no container or service "host" in the project shop/],
  ])('must be refused where it is none, or several: %s in %s', (name, project, message) => {
    expect(() => sourceOf(name, inventory, project)).toThrow(
      expect.objectContaining({ status: 2, message: expect.stringMatching(message) as unknown }),
    );
  });
});
