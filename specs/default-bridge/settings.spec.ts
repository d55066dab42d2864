import { claim, control, describe, expect, lab, networkView, read, scene } from '../../helpers';

const bip = { address: '10.251.0.5', subnet: '10.251.0.0/24', range: '10.251.0.64/28' };
const settings = [`--bip=${bip.address}/24`, `--fixed-cidr=${bip.range}`, '--mtu=1400', '--ip=127.0.0.1', '--icc=false', '--ip-masq=false'];

describe('a default bridge whose daemon has arguments for it', () => {
  /** Two servers that publish their port on the default bridge, and two on the network of a user. */
  const four = scene(async () => {
    const own = await lab(settings);
    const net = await own.make.network();
    const server = (member: string, NetworkMode: string) =>
      own.make.server({ member, HostConfig: { NetworkMode, PortBindings: { '80/tcp': [{}] } } });
    const byDefault = await Promise.all([server('default-1', 'bridge'), server('default-2', 'bridge')]);
    const byUser = await Promise.all([server('user-1', net.name), server('user-2', net.name)]);
    return { own, net, byDefault, byUser };
  });

  claim('bridge.settings.bip-is-the-bridges-address', async () => {
    const { own, byDefault } = await four();
    const { links } = await networkView(own.host);
    expect(links['docker0']?.addresses).toContain(`${bip.address}/24`);
    expect((await networkView(byDefault[0])).gateways).toEqual([bip.address]);
    const { body } = await own.ask('GET', '/networks/bridge');
    expect(body).toMatchObject({ IPAM: { Config: [{ Subnet: bip.subnet }] } });
  });

  claim('bridge.settings.fixed-cidr-bounds-addresses', async () => {
    const { own, byDefault } = await four();
    for (const container of byDefault) {
      const { IPAddress, IPPrefixLen } = await container.endpoint('bridge');
      expect(IPAddress).toBeInSubnet(bip.range);
      expect(IPPrefixLen).toBe(24);
    }
    const { body } = await own.ask('GET', '/networks/bridge');
    expect(body).toMatchObject({ IPAM: { Config: [{ IPRange: bip.range }] } });
  });

  claim('bridge.settings.mtu-is-the-default-bridges-alone', async () => {
    const { byDefault, byUser } = await four();
    const mtuOf = async (container: (typeof byUser)[0]) => (await read(container, ['cat', '/sys/class/net/eth0/mtu'])).trim();
    expect(await Promise.all([mtuOf(byDefault[0]), mtuOf(byUser[0])])).toEqual(['1400', '1500']);
  });

  claim('bridge.settings.publish-address-is-the-default-bridges-alone', async () => {
    const { byDefault, byUser } = await four();
    const addressesOf = async (container: (typeof byUser)[0]) =>
      ((await container.inspect()).NetworkSettings.Ports?.['80/tcp'] ?? []).map(({ HostIp }) => HostIp);
    expect(await addressesOf(byDefault[0])).toEqual(['127.0.0.1']);
    expect(await addressesOf(byUser[0])).toContain('0.0.0.0');
  });

  claim('bridge.settings.icc-is-the-default-bridges-alone', async () => {
    const { own, net, byDefault, byUser } = await four();
    const hostReaches = async () => expect(await own.host.fetches(await byDefault[1].origin())).toBeReached({ by: byDefault[1] });
    expect(await byUser[0].fetches(await byUser[1].origin(net.name))).toBeReached({ by: byUser[1] });
    await control(hostReaches);
    expect(await byDefault[0].fetches(byDefault[1])).toBeOutcome('timed-out');
    await control(hostReaches);
  });

  claim('bridge.settings.options-tell-the-arguments', async () => {
    const { own } = await four();
    expect((await own.engine.network('bridge')).Options).toMatchObject({
      'com.docker.network.bridge.default_bridge': 'true',
      'com.docker.network.bridge.name': 'docker0',
      'com.docker.network.bridge.enable_icc': 'false',
      'com.docker.network.bridge.enable_ip_masquerade': 'false',
      'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1',
      'com.docker.network.driver.mtu': '1400',
    });
  });
});
