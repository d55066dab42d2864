import { claim, control, describe, expect, lab, mustRun, read } from '../../helpers';

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

describe('links on a default bridge without inter-container communication', () => {
  claim('icc.links.open-what-is-exposed', async () => {
    const { own, source, recipient } = await linked();
    const stranger = await own.make.container();
    const strangerIsKeptOut = async () => expect(await stranger.fetches(await source.origin())).toBeOutcome('timed-out');
    await control(strangerIsKeptOut);
    expect(await recipient.fetches('http://source:80')).toBeReached({ by: source });
  });

  claim('icc.links.open-nothing-else', async () => {
    const { own, source, recipient } = await linked();
    const origin = await source.origin('bridge', notExposed);
    const listens = async () => expect(await own.host.fetches(origin)).toBeReached({ by: source });
    await control(listens);
    expect(await recipient.fetches(origin)).toBeOutcome('timed-out');
    await control(listens);
  });

  claim('icc.links.close-with-their-recipient', async () => {
    // an engine leaves the rules of a link whose source ended first, and gives its addresses to others
    const { own, source, recipient } = await linked('links that close');
    const [from, to] = await Promise.all([recipient, source].map(async (container) => (await container.endpoint('bridge')).IPAddress));
    const opened = async () =>
      (await read(own.host, ['iptables', '-S'])).split('\n').filter((rule) => rule.includes(`${from}/32`) && rule.includes(`${to}/32`));
    await control(async () => {
      for (const address of [from, to]) expect(address).toMatch(/\d/);
      expect(await opened()).not.toEqual([]);
    });
    await recipient.stop();
    await recipient.remove();
    expect(await opened()).toEqual([]);
  });
});
