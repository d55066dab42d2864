import { claim, expect, host, mustNotReach, openPorts, project, reach } from 'docker-network-conformance';

const shop = project('shop');
const web = shop.service('web');
const api = shop.service('api');
const db = shop.service('db');

claim({
  id: 'shop.web-is-published',
  title: 'The host must reach web on its port 8080',
  check: () => reach(host, 'http://127.0.0.1:8080/'),
});

claim({
  id: 'shop.web-reaches-api',
  title: 'web must get a page of api',
  check: async () => {
    const { status } = await reach(web, api, 'http://api/');
    expect(status).toBe(200);
  },
});

claim({
  id: 'shop.api-reaches-db',
  title: 'api must reach the database',
  check: () => reach(api, db, 5432),
});

claim({
  id: 'shop.web-is-kept-from-db',
  title: 'web must not reach the database',
  check: () => mustNotReach(web, db, { port: 5432, control: api }),
});

claim({
  id: 'shop.db-is-open-on-one-port',
  title: 'The database must be open on port 5432 alone',
  check: async () => expect(await openPorts(db)).toEqual(['5432/tcp']),
});
