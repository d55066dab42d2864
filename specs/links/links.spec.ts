import { ask, asksNobodyElse, claim, control, describe, eventually, expect, make, read, scene } from '../../helpers';

const start = (id: string) => ask('POST', `/containers/${id}/start`);
const linkTo = (source: { containerName: string }, name: string) => `${source.containerName}:${name}`;

/** The environment of the first process of a container, as `NAME=value`, without what every container is told of itself. */
async function environmentOf(container: Parameters<typeof read>[0]): Promise<string[]> {
  return (await read(container, ['cat', '/proc/1/environ']))
    .split('\0')
    .filter((variable) => variable !== '' && !variable.startsWith('HOSTNAME='));
}

/** The variables of a container whose names begin as those of a link do, without that beginning. */
async function variablesOf(container: Parameters<typeof environmentOf>[0], link: string): Promise<string[]> {
  const prefix = `${link.toUpperCase().replaceAll('-', '_')}_`;
  return (await environmentOf(container)).flatMap((variable) => (variable.startsWith(prefix) ? variable.slice(prefix.length) : []));
}

describe('a link on the default bridge', () => {
  /** The source, which exposes a port of its own besides that of its image, a recipient, and another container. */
  const linked = scene(async () => {
    const [name, hostName] = [make.name('link'), make.name('host')];
    const source = await make.server({
      member: 'source',
      Hostname: hostName,
      ExposedPorts: { '5432/tcp': {} },
      Env: ['SECRET=of the source'],
    });
    const [recipient, other] = await Promise.all([
      make.claimed.container({ member: 'recipient', HostConfig: { Links: [linkTo(source, name)] } }),
      make.container({ member: 'other', HostConfig: asksNobodyElse }),
    ]);
    return { name, hostName, source, recipient, other };
  });

  claim('link.default.names-lead-to-the-source', async () => {
    const { name, hostName, source, recipient } = await linked();
    for (const it of [name, source.containerName, hostName]) expect(await recipient.fetches(`http://${it}`)).toBeReached({ by: source });
  });

  claim('link.default.is-the-recipients-alone', async () => {
    const { name, source, recipient, other } = await linked();
    const bothReachIt = async () => {
      expect(await recipient.fetches(`http://${name}`)).toBeReached({ by: source });
      expect(await other.fetches(source)).toBeReached({ by: source });
    };
    await control(bothReachIt);
    expect(await other.fetches(`http://${name}`)).toBeOutcome('name-unknown');
    await control(bothReachIt);
  });

  claim('link.default.variables-tell-the-ports', async () => {
    const { name, source, recipient } = await linked();
    const { IPAddress } = await source.endpoint('bridge');
    const ofPort = (port: number) => [
      `PORT_${port}_TCP=tcp://${IPAddress}:${port}`,
      `PORT_${port}_TCP_ADDR=${IPAddress}`,
      `PORT_${port}_TCP_PORT=${port}`,
      `PORT_${port}_TCP_PROTO=tcp`,
    ];
    const expected = [`NAME=/${recipient.containerName}/${name}`, `PORT=tcp://${IPAddress}:80`, ...ofPort(80), ...ofPort(5432)];
    expect(await variablesOf(recipient, name)).toEqual(expect.arrayContaining(expected));
  });

  claim('link.default.variables-copy-the-sources', async () => {
    const { name, recipient } = await linked();
    expect(await variablesOf(recipient, name)).toContain('ENV_SECRET=of the source');
  });

  claim('link.inspect.lists-both-ends', async () => {
    const { name, source, recipient } = await linked();
    const { Links } = (await recipient.inspect()).HostConfig as { Links?: string[] };
    expect(Links).toEqual([`/${source.containerName}:/${recipient.containerName}/${name}`]);
  });

  claim('link.default.follows-a-restarted-source', async () => {
    const source = await make.server({ member: 'source' });
    const recipient = await make.claimed.container({ member: 'recipient', HostConfig: { Links: [linkTo(source, 'source')] } });
    const before = await source.origin();
    // the default bridge is everybody's: who comes meanwhile may get another address that is free
    const restarted = async () => {
      await source.stop();
      await make.container({ member: 'instead' });
      await source.start();
      return source.origin();
    };
    await control(async () => expect(await eventually(restarted, (origin) => origin !== before, { within: 10_000 })).not.toBe(before));
    expect(
      await eventually(
        () => recipient.fetches('http://source'),
        ({ kind }) => kind === 'reached',
        { within: 5000 },
      ),
    ).toBeReached({ by: source });
  });

  claim('link.default.source-elsewhere-is-refused', async () => {
    const net = await make.network();
    const far = await make.container({ member: 'far', HostConfig: { NetworkMode: net.name } });
    const recipient = await make.claimed.container({ started: false, HostConfig: { Links: [linkTo(far, 'source')] } });
    expect((await start(recipient.id)).status).toBeGreaterThanOrEqual(400);
    expect(await ask('POST', '/networks/bridge/connect', { Container: far.id })).toMatchObject({ status: 200 });
    expect(await start(recipient.id)).toMatchObject({ status: 204 });
  });

  claim('link.default.missing-source-is-refused', async () => {
    const nobody = make.name('nobody');
    const { status, message } = await make.tryContainer({ HostConfig: { Links: [`${nobody}:source`] } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toEqual(expect.stringContaining(nobody));
  });
});

describe('a link on a user-defined network', () => {
  const linked = scene(async () => {
    const [net, name] = [await make.network(), make.name('link')];
    const on = (endpoint: object = {}, more: object = {}) => ({
      HostConfig: { NetworkMode: net.name, ...more },
      NetworkingConfig: { EndpointsConfig: { [net.name]: endpoint } },
    });
    const source = await make.server({ member: 'source', Env: ['SECRET=of the source'], ...on() });
    const [recipient, other] = await Promise.all([
      make.claimed.container({ member: 'recipient', ...on({ Links: [linkTo(source, name)] }) }),
      make.container({ member: 'other', ...on({}, asksNobodyElse) }),
    ]);
    return { name, source, recipient, other };
  });

  claim('link.user-network.name-leads-to-the-source', async () => {
    const { name, source, recipient } = await linked();
    expect(await recipient.fetches(`http://${name}`)).toBeReached({ by: source });
  });

  claim('link.user-network.is-the-recipients-alone', async () => {
    const { name, source, recipient, other } = await linked();
    const bothReachIt = async () => {
      expect(await recipient.fetches(`http://${name}`)).toBeReached({ by: source });
      expect(await other.fetches(`http://${source.containerName}`)).toBeReached({ by: source });
    };
    await control(bothReachIt);
    expect(await other.fetches(`http://${name}`)).toBeOutcome('name-unknown');
    await control(bothReachIt);
  });

  claim('link.user-network.sets-no-variables', async () => {
    const { name, source, recipient, other } = await linked();
    await control(async () => expect(await recipient.fetches(`http://${name}`)).toBeReached({ by: source }));
    expect(await environmentOf(recipient)).toEqual(await environmentOf(other));
  });
});
