import type { Project } from '../trace/projects';

/** A shop: web in front, api between, and what only api may reach behind. */
export const shop: Project = {
  id: 'shop',
  title: 'a shop',
  networks: { front: {}, back: { internal: true }, side: {} },
  projects: {
    shop: {
      web: { networks: { front: {} }, ports: ['18080:80'] },
      api: {
        networks: { front: {}, back: {} },
        command: 'echo hello >/tmp/index.html; exec busybox httpd -f -p 0.0.0.0:3000 -h /tmp',
      },
      db: {
        networks: { back: {} },
        command: "exec socat TCP-LISTEN:5432,fork,reuseaddr SYSTEM:'dd bs=8 count=1 >/dev/null 2>&1; printf N'",
      },
      cache: { networks: { back: {} }, command: "exec socat TCP-LISTEN:6379,bind=127.0.0.1,fork,reuseaddr SYSTEM:'read l; echo +PONG'" },
      jobs: {
        networks: { side: {} },
        ports: ['18000:8000'],
        command: 'echo hello >/tmp/index.html; exec busybox httpd -f -p 0.0.0.0:8000 -h /tmp',
      },
    },
  },
  trace: [],
  cause: undefined,
};

/** What a user writes who has such a shop. */
export const shopSpec = `
import { claim, container, eventually, expect, external, host, mustNotReach, openPorts, probe, project, reach } from 'docker-network-conformance';

const shop = project('shop');
const [web, api, db, cache, jobs] = ['web', 'api', 'db', 'cache', 'jobs'].map((it) => shop.service(it));
const that = (id, check) => claim({ id, title: \`\${id} must be so\`, check });

that('holds.web-reaches-api', () => reach(web, api, 3000));
that('holds.page-of-api', async () => {
  expect((await reach(web, api, 'http://api:3000/')).status).toBe(200);
});
that('holds.by-name-of-the-container', () => reach(container('shop-web-1'), 'shop-api-1:3000'));
that('holds.by-label', () => reach(container({ label: 'com.docker.compose.service=api' }), db, 5432));
that('holds.host-reaches-web', async () => {
  await reach(host, web, 80);
  await reach(host, 'http://localhost:18080/');
});
that('holds.web-is-kept-from-db', () => mustNotReach(web, db, { port: 5432, control: api }));
that('holds.web-is-kept-from-dbs-name', () => mustNotReach(web, 'db:5432', { control: [api] }));
that('holds.ports-of-web', async () => expect(await openPorts(web)).toEqual(['80/tcp']));
that('holds.cache-listens-for-itself', async () => expect(await openPorts(cache)).toEqual([]));
that('holds.nobody-knows-cache', async () => {
  const seen = await eventually(() => probe(web, cache, 80), (it) => !it.reached, { within: 100 });
  expect([seen.reached, seen.cause.code]).toEqual([false, 'name.no-shared-network']);
});

that('breaks.cache', () => reach(api, cache, 6379));
that('breaks.without-waiting', () => { reach(api, cache, 6379); });
that('breaks.web-is-kept-from-api', () => mustNotReach(web, api, { port: 3000, control: db }));
that('breaks.jobs-is-kept-from-web', () => mustNotReach(api, web, { port: 80, control: host }));
that('breaks.published', () => mustNotReach(api, jobs, { port: 8000, control: host }));
that('breaks.missing', () => reach(web, shop.service('ap'), 3000));
that('breaks.expectation', async () => expect(await openPorts(web)).toEqual(['443/tcp']));

that('blocked.control-fails', () => mustNotReach(api, db, { port: 5432, control: web }));
that('blocked.from-an-address', () => reach(external('192.0.2.1'), web, 80));

that('wrong.no-control', () => mustNotReach(web, db, { port: 5432 }));
that('wrong.own-control', () => mustNotReach(web, db, { port: 5432, control: web }));
that('wrong.must-not-of-the-missing', () => mustNotReach(shop.service('wep'), db, { port: 5432, control: api }));
that('wrong.no-port', () => reach(web, api));
that('wrong.nothing-asked', () => undefined);
that('wrong.throws', () => { throw new RangeError('a mistake'); });
`;
