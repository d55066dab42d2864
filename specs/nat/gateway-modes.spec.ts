import {
  claim,
  control,
  describe,
  expect,
  externalHost,
  freePorts,
  host,
  lab,
  make,
  networkView,
  scene,
  serving,
  tellsWhoAsks,
} from '../../helpers';

type OwnLab = Awaited<ReturnType<typeof lab>>;
type Mode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated' | 'bogus';

const mode = (name: Mode) => ({ 'com.docker.network.bridge.gateway_mode_ipv4': name });

/** A server on a network with these options, which publishes its port 80 and listens at 81 as well. */
async function serverOn(Options: Record<string, string>, { make: making }: Pick<OwnLab, 'make'> = { make }, HostPort = '') {
  const net = await making.claimed.network({ Options });
  const second = 'server { listen 81; root /usr/share/nginx/html; }';
  const server = await making.server({
    member: 'server',
    ...serving(tellsWhoAsks, second),
    HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort }] } },
  });
  const { IPAddress } = await server.endpoint(net.name);
  return { net, server, published: `http://${IPAddress}`, unpublished: `http://${IPAddress}:81` };
}

describe('the gateway mode of a network', () => {
  claim('nat.gateway-mode.unknown-one-is-refused', async () => {
    await control(async () => expect(await make.tryNetwork({ Options: mode('nat') })).toMatchObject({ status: 201 }));
    expect(await make.tryNetwork({ Options: mode('bogus') })).toMatchObject({ status: 400 });
  });

  claim('nat.gateway-mode.isolated-is-for-internal-networks', async () => {
    await control(async () => expect(await make.tryNetwork({ Options: mode('isolated'), Internal: true })).toMatchObject({ status: 201 }));
    expect((await make.tryNetwork({ Options: mode('isolated') })).status).toBeGreaterThanOrEqual(400);
  });
});

describe('a network in gateway mode isolated', () => {
  claim('nat.isolated.host-has-no-address', async () => {
    const [usual, isolated] = [make.subnet(), make.subnet()];
    await make.network({ Internal: true, IPAM: { Config: [{ Subnet: usual.subnet }] } });
    await make.claimed.network({ Internal: true, Options: mode('isolated'), IPAM: { Config: [{ Subnet: isolated.subnet }] } });
    const { addresses } = await networkView(host);
    const ofHostIn = ({ subnet }: { subnet: string }) => addresses.filter((address) => address.startsWith(subnet.replace(/0\/24$/, '')));
    await control(() => expect(ofHostIn(usual)).toEqual([usual.gateway]));
    expect(ofHostIn(isolated)).toEqual([]);
  });

  claim('nat.isolated.peers-reach-each-other', async () => {
    const net = await make.claimed.network({ Internal: true, Options: mode('isolated') });
    const [server, peer] = await Promise.all([
      make.server({ member: 'server', HostConfig: { NetworkMode: net.name } }),
      make.container({ member: 'peer', HostConfig: { NetworkMode: net.name } }),
    ]);
    expect(await peer.fetches(await server.origin(net.name))).toBeReached({ by: server });
  });
});

describe('a network beside whose host there are other machines', () => {
  const town = scene(async () => {
    const own = await lab();
    const [far, further, routed] = await Promise.all([
      externalHost(own, { member: 'far', ...serving(tellsWhoAsks) }),
      externalHost(own, { member: 'further' }),
      serverOn(mode('routed'), own),
    ]);
    return { own, far, further, routed };
  });

  claim('nat.routed.published-port-is-open-to-neighbours', async () => {
    const { far, routed } = await town();
    const answer = await far.machine.fetches(routed.published);
    expect(answer).toBeReached({ by: routed.server });
    expect(answer).toMatchObject({ body: far.address });
  });

  claim('nat.routed.unpublished-port-is-closed-to-neighbours', async () => {
    const { own, far, routed } = await town();
    const bothAnswer = async () => {
      expect(await own.host.fetches(routed.unpublished)).toBeReached({ by: routed.server });
      expect(await far.machine.fetches(routed.published)).toBeReached({ by: routed.server });
    };
    await control(bothAnswer);
    expect(await far.machine.fetches(routed.unpublished)).toBeOutcome('timed-out');
    await control(bothAnswer);
  });

  claim('nat.routed.egress-keeps-the-containers-address', async () => {
    const { far, routed } = await town();
    const answer = await routed.server.fetches(`http://${far.address}`);
    expect(answer).toBeReached({ by: far.machine });
    expect(answer).toMatchObject({ body: (await routed.server.endpoint(routed.net.name)).IPAddress });
  });

  claim('nat.unprotected.every-port-is-open-to-neighbours', async () => {
    const { own, far } = await town();
    const { server, unpublished } = await serverOn(mode('nat-unprotected'), own);
    expect(await far.machine.fetches(unpublished)).toBeReached({ by: server });
  });

  claim('nat.trusted-interface.opens-published-ports', async () => {
    const { own, far, further } = await town();
    const { server, published } = await serverOn({ 'com.docker.network.bridge.trusted_host_interfaces': far.link }, own);
    expect(await far.machine.fetches(published)).toBeReached({ by: server });
    const throughHost = async () =>
      expect(await further.machine.fetches(`http://${further.hostAddress}:${await server.hostPort(80)}`)).toBeReached({ by: server });
    await control(throughHost);
    expect(await further.machine.fetches(published)).toBeOutcome('timed-out');
    await control(throughHost);
  });
});

describe('a routed network', () => {
  claim('nat.routed.takes-no-port-of-the-host', async () => {
    const asked = `${await freePorts(host)}`;
    const { net, server, published } = await serverOn(mode('routed'), { make }, asked);
    const nat = await make.network();
    const usual = await make.server({
      member: 'usual',
      HostConfig: { NetworkMode: nat.name, PortBindings: { '80/tcp': [{ HostPort: '' }] } },
    });
    const bothAnswer = async () => {
      expect(await host.fetches(published)).toBeReached({ by: server });
      expect(await host.fetches(`http://127.0.0.1:${await usual.hostPort(80)}`)).toBeReached({ by: usual });
    };
    await control(bothAnswer);
    const bindings = (await server.inspect()).NetworkSettings.Ports?.['80/tcp'] ?? [];
    expect(bindings.filter(({ HostIp }) => HostIp !== '::')).toEqual([{ HostIp: '0.0.0.0', HostPort: '' }]);
    for (const address of ['127.0.0.1', (await server.endpoint(net.name)).Gateway])
      expect(await host.fetches(`http://${address}:${asked}`)).toBeOutcome('refused');
    await control(bothAnswer);
  });

  claim('nat.routed.published-port-is-open-to-other-networks', async () => {
    const [{ server, published }, net] = await Promise.all([serverOn(mode('routed')), make.network()]);
    const stranger = await make.container({ member: 'stranger', HostConfig: { NetworkMode: net.name } });
    expect(await stranger.fetches(published)).toBeReached({ by: server });
  });
});
