import { claims, control, expect, lab, mustRun, read } from '../../helpers';

const linksPage = { docs: 'docs.docker.com/engine/network/links' };
/** Docker's guide of old, the only page that says what links are for without inter-container communication. */
const oldGuide = { docs: 'github.com/moby/moby/blob/v1.12.6/docs/userguide/networking/default_network/container-communication.md' };
const linkTest = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' };

/** A listening port of the source that it does not expose. */
const notExposed = 81;

/**
 * A source that listens on two ports and exposes one, on the default bridge of an engine with --icc=false, and a recipient
 * of a link to it.
 * @param key of a lab for itself
 */
async function linked(key?: string) {
  const own = await lab(['--icc=false'], key);
  const config = `server { listen ${notExposed}; root /usr/share/nginx/html; }`;
  const source = await own.make.server({ ExposedPorts: { '80/tcp': {} } });
  await mustRun(source, ['sh', '-c', `echo '${config}' >/etc/nginx/conf.d/second.conf && nginx -s reload`]);
  const recipient = await own.make.claimed.container({ HostConfig: { Links: [`${source.containerName}:source`] } });
  return { own, source, recipient };
}

export default claims([
  // links on a default bridge without inter-container communication
  {
    id: 'icc.links.open-what-is-exposed',
    level: 'must',
    title: "With --icc=false, a --link on the default bridge must open its source's exposed TCP ports",
    sources: [linksPage, oldGuide, linkTest],
    observedBy: 'curl inside the recipient fetches the source under the name of the link; a container without a link is kept out.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['icc.bridges-are-not-filtered', 'icc.servers-are-closed', 'icc.links-are-lost'],
    check: async () => {
      const { own, source, recipient } = await linked();
      const stranger = await own.make.container();
      const strangerIsKeptOut = async () => expect(await stranger.fetches(await source.origin())).toBeOutcome('timed-out');
      await control(strangerIsKeptOut);
      expect(await recipient.fetches('http://source:80')).toBeReached({ by: source });
    },
  },
  {
    id: 'icc.links.open-nothing-else',
    level: 'must',
    title: 'With --icc=false, a --link must not open ports of its source that are not exposed',
    sources: [oldGuide],
    observedBy: 'curl inside the recipient fetches a port on which the source listens and that it does not expose; the host gets through.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      'icc.bridges-are-not-filtered',
      {
        id: 'icc.more-is-exposed',
        title: 'The engine is told that a source exposes one more port',
        api: [{ method: 'POST', path: /^\/containers\/create/, does: 'asks', at: ['ExposedPorts', '81/tcp'], value: {} }],
      },
    ],
    check: async () => {
      const { own, source, recipient } = await linked();
      const origin = await source.origin('bridge', notExposed);
      const listens = async () => expect(await own.host.fetches(origin)).toBeReached({ by: source });
      await control(listens);
      expect(await recipient.fetches(origin)).toBeOutcome('timed-out');
      await control(listens);
    },
  },
  {
    id: 'icc.links.close-with-their-recipient',
    level: 'must',
    title: 'The rules that a --link makes with --icc=false must be gone once its container is removed',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux_test.go' }, linkTest],
    observedBy: "The rules of the host that name both containers' addresses, while the recipient runs and when it is removed.",
    requires: ['docker-engine', 'own-lab'],
    faults: [
      'icc.links-are-lost',
      {
        id: 'icc.recipient-goes-on',
        title: 'The API says that a container was stopped and removed, which goes on',
        api: [
          { method: 'POST', path: /^\/containers\/[^/]+\/stop/, does: 'pretends', status: 204 },
          { method: 'DELETE', path: /^\/containers\/[^/]+$/, does: 'pretends', status: 204 },
        ],
      },
    ],
    check: async () => {
      // an engine leaves the rules of a link whose source ended first, and gives its addresses to others
      const { own, source, recipient } = await linked('links that close');
      const [from, to] = await Promise.all([recipient, source].map(async (container) => (await container.endpoint('bridge')).IPAddress));
      const opened = async () =>
        (await read(own.host, ['sh', '-ec', 'iptables -S; nft list ruleset']))
          .split('\n')
          .filter((rule) => [from, to].every((address) => rule.split(/[ /]/).includes(address ?? '')));
      await control(async () => {
        for (const address of [from, to]) expect(address).toMatch(/\d/);
        expect(await opened()).not.toEqual([]);
      });
      await recipient.stop();
      await recipient.remove();
      expect(await opened()).toEqual([]);
    },
  },
  {
    id: 'icc.links.close-when-they-are-removed',
    level: 'must',
    title: 'With --icc=false, removing a --link must close its source to a recipient that goes on',
    sources: [linkTest, { docs: 'docs.docker.com/reference/cli/docker/container/rm/#link' }],
    observedBy: "curl inside the recipient fetches the source's address, before and after the link is removed; the host gets through.",
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'icc.links-are-not-removed',
        title: 'The API grants the removal of every link, and removes none',
        api: [{ method: 'DELETE', path: /^\/containers\/.*link=/, does: 'pretends', status: 204 }],
      },
    ],
    check: async () => {
      const { own, source, recipient } = await linked('links that close');
      const origin = await source.origin();
      await control(async () => expect(await recipient.fetches(origin)).toBeReached({ by: source }));
      const { status } = await own.ask('DELETE', `/containers/${recipient.containerName}/source?link=1`);
      expect(status).toBe(204);
      expect(await recipient.fetches(origin)).toBeOutcome('timed-out');
      await control(async () => expect(await own.host.fetches(origin)).toBeReached({ by: source }));
    },
  },
]);
