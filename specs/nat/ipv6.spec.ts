import {
  claim,
  control,
  describe,
  eventually,
  expect,
  externalHost,
  freePorts,
  host,
  lab,
  make,
  networkView,
  overIPv6,
  scene,
  serving,
  tellsWhoAsks,
} from '../../helpers';

type OwnLab = Awaited<ReturnType<typeof lab>>;
type Mode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated';

const mode = (name: Mode) => ({ 'com.docker.network.bridge.gateway_mode_ipv6': name });

/** A server on a network with IPv6 in this mode, which publishes its port 80 and listens at 81 as well. */
async function serverOn(name: Mode, { make: making }: Pick<OwnLab, 'make'>, HostPort = '') {
  const six = making.subnet6();
  const net = await making.claimed.network({ EnableIPv6: true, Options: mode(name), IPAM: { Config: [{ Subnet: six.subnet }] } });
  const server = await making.server({
    member: 'server',
    ...serving(tellsWhoAsks, 'server { listen [::]:81; root /usr/share/nginx/html; }'),
    HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort }] } },
  });
  const { GlobalIPv6Address: address } = await server.endpoint(net.name);
  return { net, server, address, gateway: six.gateway, published: `http://[${address}]`, unpublished: `http://[${address}]:81` };
}

type From = Pick<Awaited<ReturnType<typeof serverOn>>['server'], 'fetches'>;

/** Milliseconds for the kernel to see that nobody else has an address of a bridge, as it does before Engine 28. */
const duplicateDetection = 8000;

/** Fetches over IPv6 what may only just have got its address. */
const fetched = (from: From, origin: string) =>
  eventually(
    () => from.fetches(origin),
    ({ kind }) => kind === 'reached',
    { within: duplicateDetection },
  );

describe('a host with IPv6 beside which there is another machine with IPv6', () => {
  const town = scene(async () => {
    const own = await lab();
    const [machineWithLink, usual, routed] = await Promise.all([
      externalHost(own, { member: 'far', ...serving(tellsWhoAsks) }),
      serverOn('nat', own),
      serverOn('routed', own),
    ]);
    const far = { machine: machineWithLink.machine, ...(await overIPv6(own, machineWithLink)) };
    const throughHost = `http://[${far.hostAddress}]:${await usual.server.hostPort(80)}`;
    return { own, far, usual, routed, throughHost };
  });

  claim('nat.ipv6.egress-has-the-hosts-address', async () => {
    const { far, usual } = await town();
    const answer = await fetched(usual.server, `http://[${far.address}]`);
    expect(answer).toBeReached({ by: far.machine });
    expect(answer).toMatchObject({ body: far.hostAddress });
  });

  claim('nat.ipv6.published-port-sees-the-remote-address', async () => {
    const { far, usual, throughHost } = await town();
    const answer = await fetched(far.machine, throughHost);
    expect(answer).toBeReached({ by: usual.server });
    expect(answer).toMatchObject({ body: far.address });
  });

  claim('nat.ipv6.direct-access-is-closed', async () => {
    const { own, far, usual, throughHost } = await town();
    const bothPortsListen = async () => {
      for (const origin of [usual.published, usual.unpublished]) expect(await fetched(own.host, origin)).toBeReached({ by: usual.server });
      expect(await fetched(far.machine, throughHost)).toBeReached({ by: usual.server });
    };
    await control(bothPortsListen);
    for (const origin of [usual.published, usual.unpublished]) expect(await far.machine.fetches(origin)).toBeOutcome('timed-out');
    await control(bothPortsListen);
  });

  claim('nat.ipv6.routed-published-port-is-open', async () => {
    const { far, routed } = await town();
    const answer = await fetched(far.machine, routed.published);
    expect(answer).toBeReached({ by: routed.server });
    expect(answer).toMatchObject({ body: far.address });
  });

  claim('nat.ipv6.routed-unpublished-port-is-closed', async () => {
    const { own, far, routed } = await town();
    const bothAnswer = async () => {
      expect(await fetched(own.host, routed.unpublished)).toBeReached({ by: routed.server });
      expect(await fetched(far.machine, routed.published)).toBeReached({ by: routed.server });
    };
    await control(bothAnswer);
    expect(await far.machine.fetches(routed.unpublished)).toBeOutcome('timed-out');
    await control(bothAnswer);
  });

  claim('nat.ipv6.routed-egress-keeps-the-containers-address', async () => {
    const { far, routed } = await town();
    const answer = await fetched(routed.server, `http://[${far.address}]`);
    expect(answer).toBeReached({ by: far.machine });
    expect(answer).toMatchObject({ body: routed.address });
  });

  claim('nat.ipv6.unprotected-opens-every-port', async () => {
    const { own, far } = await town();
    const { server, unpublished } = await serverOn('nat-unprotected', own);
    expect(await fetched(far.machine, unpublished)).toBeReached({ by: server });
  });
});

describe('a network whose gateway mode is of IPv6 alone', () => {
  claim('nat.ipv6.routed-takes-no-port-of-the-host', async () => {
    const asked = `${await freePorts(host)}`;
    const { server, gateway, published } = await serverOn('routed', { make }, asked);
    const bothAnswer = async () => {
      expect(await fetched(host, published)).toBeReached({ by: server });
      expect(await host.fetches(`http://127.0.0.1:${asked}`)).toBeReached({ by: server });
    };
    await control(bothAnswer);
    const bindings = (await server.inspect()).NetworkSettings.Ports?.['80/tcp'] ?? [];
    expect(bindings).toHaveLength(2);
    expect(bindings).toContainEqual({ HostIp: '0.0.0.0', HostPort: asked });
    expect(bindings).toContainEqual({ HostIp: '::', HostPort: '' });
    for (const address of ['::1', gateway]) expect(await host.fetches(`http://[${address}]:${asked}`)).toBeOutcome('refused');
    await control(bothAnswer);
  });

  claim('nat.ipv6.isolated-host-has-no-address', async () => {
    const [usual, isolated] = [make.subnet6(), make.subnet6()];
    const internal = { Internal: true, EnableIPv6: true };
    await make.network({ ...internal, IPAM: { Config: [{ Subnet: usual.subnet }] } });
    await make.claimed.network({ ...internal, Options: mode('isolated'), IPAM: { Config: [{ Subnet: isolated.subnet }] } });
    const { addresses } = await networkView(host);
    const ofHostIn = ({ gateway }: { gateway: string }) => addresses.filter((address) => address.split('%')[0] === gateway);
    await control(() => expect(ofHostIn(usual)).toHaveLength(1));
    expect(ofHostIn(isolated)).toEqual([]);
  });
});
