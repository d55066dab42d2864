import { claim, control, describe, expect, lab, scene, serving, tellsWhoAsks } from '../../helpers';

describe('a daemon that is started without docker-proxy', () => {
  const street = scene(async () => {
    const { make, host, ask } = await lab(['--userland-proxy=false']);
    const { subnet, gateway } = make.subnet();
    const net = await make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } });
    const [server, peer] = await Promise.all([
      make.server({
        member: 'server',
        ...serving(tellsWhoAsks),
        HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
      }),
      make.container({ member: 'peer', HostConfig: { NetworkMode: net.name } }),
    ]);
    return { make, host, ask, net, server, peer, throughHost: `http://${gateway}:8080` };
  });

  claim('publishing.without-proxy.loopback-leads-to-the-container', async () => {
    const { host, server } = await street();
    expect(await host.fetches('http://127.0.0.1:8080')).toBeReached({ by: server });
    await control(async () => expect(await host.commandLines('dockerd')).not.toEqual([]));
    expect(await host.commandLines('docker-proxy')).toEqual([]);
  });

  claim('publishing.without-proxy.container-reaches-itself', async () => {
    const { server, throughHost } = await street();
    expect(await server.fetches(throughHost)).toBeReached({ by: server });
  });

  claim('publishing.without-proxy.peer-is-seen-with-its-own-address', async () => {
    const { net, server, peer, throughHost } = await street();
    const answer = await peer.fetches(throughHost);
    expect(answer).toBeReached({ by: server });
    expect(answer).toMatchObject({ body: (await peer.endpoint(net.name)).IPAddress });
  });

  claim('publishing.without-proxy.ipv6-does-not-lead-to-ipv4', async () => {
    const { host, server } = await street();
    const answers = async () => expect(await host.fetches('http://127.0.0.1:8080')).toBeReached({ by: server });
    await control(answers);
    expect(await host.fetches('http://[::1]:8080')).toBeOutcome('refused');
    await control(answers);
  });

  claim('publishing.without-proxy.port-of-a-process-is-still-refused', async () => {
    const { make, ask, net } = await street();
    await make.server({ HostConfig: { NetworkMode: 'host' } });
    const start = async (HostPort: string) => {
      const container = await make.container({
        started: false,
        ExposedPorts: { '80/tcp': {} },
        HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort }] } },
      });
      const { status } = await ask('POST', `/containers/${container.id}/start`);
      return { refused: status >= 400, running: (await container.inspect()).State.Running };
    };
    await control(async () => expect(await start('8081')).toEqual({ refused: false, running: true }));
    expect(await start('80')).toEqual({ refused: true, running: false });
  });
});
