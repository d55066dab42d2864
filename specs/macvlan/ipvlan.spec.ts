import { claim, control, describe, expect, externalHost, lab, linksOfKind, make, networkView, read } from '../../helpers';

/** The body of an ipvlan network on a parent. */
const onParent = (parent: string, options: Record<string, string> = {}, ipam: object = { Subnet: make.subnet().subnet }) => ({
  Driver: 'ipvlan',
  Options: { parent, ...options },
  IPAM: { Config: [ipam] },
});

describe('requests for ipvlan networks and containers', () => {
  claim('ipvlan.parent.serves-one-network', async () => {
    const own = await lab();
    const { link } = await externalHost(own);
    await control(async () => expect(await own.make.tryNetwork(onParent(link))).toMatchObject({ status: 201 }));
    const { status, message } = await own.make.tryNetwork(onParent(link));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toContain(link);
  });

  claim('ipvlan.mac-address.is-refused', async () => {
    const own = await lab();
    const { link } = await externalHost(own);
    const net = await own.make.claimed.network(onParent(link));
    const MacAddress = '02:00:5e:10:00:01';
    const { body } = await own.make.tryContainer({
      MacAddress,
      HostConfig: { NetworkMode: net.name },
      NetworkingConfig: { EndpointsConfig: { [net.name]: { MacAddress } } },
    });
    const { status, message } = await own.ask('POST', `/containers/${body.Id}/start`);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toMatch(/mac address/i);
  });

  claim('ipvlan.flag.unknown-is-refused', async () => {
    const own = await lab();
    const hosts = await Promise.all([externalHost(own), externalHost(own), externalHost(own)]);
    const asked = (link: string, flag: string) => own.make.tryNetwork(onParent(link, { ipvlan_flag: flag }));
    for (const [index, flag] of ['bridge', 'private', 'vepa'].entries())
      await control(async () => expect(await asked(hosts[index]?.link ?? '', flag)).toMatchObject({ status: 201 }));
    expect((await asked('', 'sideways')).message).toMatch(/sideways/);
  });
});

describe('containers of an ipvlan network', () => {
  claim('ipvlan.neighbours.reach-the-container', async () => {
    const own = await lab();
    const far = await externalHost(own);
    await linksOfKind(own.host, 'ipvlan', far.link);
    const net = await own.make.claimed.network(
      onParent(far.link, {}, { Subnet: far.subnet, Gateway: far.address, IPRange: far.subnet.replace('.0/24', '.128/25') }),
    );
    const server = await own.make.claimed.server({ HostConfig: { NetworkMode: net.name } });
    const { IPAddress } = await server.endpoint(net.name);
    expect(await far.machine.fetches(`http://${IPAddress}:80`)).toBeReached({ by: server });
    const known = (await read(far.machine, ['cat', '/proc/net/arp'])).split('\n').find((line) => line.startsWith(`${IPAddress} `));
    expect(known).toContain((await networkView(own.host)).links[far.link]?.macAddress);
  });

  claim('ipvlan.l3.default-route-names-no-gateway', async () => {
    const own = await lab();
    const { link } = await externalHost(own);
    await linksOfKind(own.host, 'ipvlan', link);
    const net = await own.make.claimed.network(onParent(link, { ipvlan_mode: 'l3' }));
    const container = await own.make.claimed.container({ HostConfig: { NetworkMode: net.name } });
    const { gateways, routes } = await networkView(container);
    expect(routes).toContainEqual(expect.stringMatching(/^eth0 00000000 00000000 \S+ \S+ 00000000$/));
    expect(gateways).toEqual([]);
  });
});
