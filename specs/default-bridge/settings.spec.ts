import { claims, control, expect, lab, networkView, read, scene } from '../../helpers';

const bridgeDriver = { docs: 'docs.docker.com/engine/network/drivers/bridge' };
const daemon = { docs: 'docs.docker.com/reference/cli/dockerd' };
const requires = ['docker-engine', 'own-lab'] as const;

const bip = { address: '10.251.0.5', subnet: '10.251.0.0/24', range: '10.251.0.64/28' };
const settings = [`--bip=${bip.address}/24`, `--fixed-cidr=${bip.range}`, '--mtu=1400', '--ip=127.0.0.1', '--icc=false', '--ip-masq=false'];

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

export default claims([
  // a default bridge whose daemon has arguments for it
  {
    id: 'bridge.settings.bip-is-the-bridges-address',
    level: 'must',
    title: "--bip must set the default bridge's host address, its containers' gateway and its subnet",
    sources: [bridgeDriver, daemon],
    observedBy: "The addresses of the bridge among the host's links, the routing table inside a container, and the network object.",
    requires: [...requires],
    faults: ['default-bridge.arguments-are-lost'],
    check: async () => {
      const { own, byDefault } = await four();
      const { links } = await networkView(own.host);
      expect(links['docker0']?.addresses).toContain(`${bip.address}/24`);
      expect((await networkView(byDefault[0])).gateways).toEqual([bip.address]);
      const { body } = await own.ask('GET', '/networks/bridge');
      expect(body).toMatchObject({ IPAM: { Config: [{ Subnet: bip.subnet }] } });
    },
  },
  {
    id: 'bridge.settings.fixed-cidr-bounds-addresses',
    level: 'must',
    title: 'Containers on the default bridge must get addresses of --fixed-cidr, in the subnet of --bip',
    sources: [bridgeDriver, daemon],
    observedBy: 'Address and prefix length of two containers, and the range that the network object tells.',
    requires: [...requires],
    faults: ['default-bridge.arguments-are-lost'],
    check: async () => {
      const { own, byDefault } = await four();
      for (const container of byDefault) {
        const { IPAddress, IPPrefixLen } = await container.endpoint('bridge');
        expect(IPAddress).toBeInSubnet(bip.range);
        expect(IPPrefixLen).toBe(24);
      }
      const { body } = await own.ask('GET', '/networks/bridge');
      expect(body).toMatchObject({ IPAM: { Config: [{ IPRange: bip.range }] } });
    },
  },
  {
    id: 'bridge.settings.mtu-is-the-default-bridges-alone',
    level: 'must',
    title: '--mtu must set the MTU of containers on the default bridge, and not on user-defined networks',
    sources: [bridgeDriver, daemon],
    observedBy: '/sys/class/net/eth0/mtu inside a container on either network.',
    requires: [...requires],
    faults: ['default-bridge.arguments-are-lost', 'default-bridge.arguments-hold-everywhere'],
    check: async () => {
      const { byDefault, byUser } = await four();
      const mtuOf = async (container: (typeof byUser)[0]) => (await read(container, ['cat', '/sys/class/net/eth0/mtu'])).trim();
      expect(await Promise.all([mtuOf(byDefault[0]), mtuOf(byUser[0])])).toEqual(['1400', '1500']);
    },
  },
  {
    id: 'bridge.settings.publish-address-is-the-default-bridges-alone',
    level: 'must',
    title: '--ip must set where the default bridge publishes ports, and not where user-defined networks do',
    sources: [bridgeDriver, { docs: 'docs.docker.com/engine/network/port-publishing' }],
    observedBy:
      'Where the container objects tell that a port of a container on either network is published, and where the host reaches it.',
    requires: [...requires],
    faults: ['default-bridge.arguments-are-lost', 'default-bridge.arguments-hold-everywhere'],
    check: async () => {
      const { own, byDefault, byUser } = await four();
      const bindingsOf = async (container: (typeof byUser)[0]) => (await container.inspect()).NetworkSettings.Ports?.['80/tcp'] ?? [];
      const [inDefault, inUser] = [await bindingsOf(byDefault[0]), await bindingsOf(byUser[0])];
      const fetched = (address: string, [binding]: typeof inUser) => own.host.fetches(`http://${address}:${binding?.HostPort}`);
      expect(inDefault.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
      expect(await fetched('127.0.0.1', inDefault)).toBeReached({ by: byDefault[0] });
      expect(await fetched(bip.address, inDefault)).toBeOutcome('refused');
      expect(inUser.map(({ HostIp }) => HostIp)).toContain('0.0.0.0');
      expect(await fetched(bip.address, inUser)).toBeReached({ by: byUser[0] });
    },
  },
  {
    id: 'bridge.settings.icc-is-the-default-bridges-alone',
    level: 'must',
    title: '--icc=false must isolate containers over IPv4 on the default bridge, and not on user networks',
    sources: [bridgeDriver, { docs: 'docs.docker.com/engine/network/packet-filtering-firewalls' }],
    observedBy: 'curl between two servers on either network; the host reaches the one that a peer must not, before and after.',
    requires: [...requires],
    faults: ['default-bridge.arguments-are-lost', 'default-bridge.arguments-hold-everywhere'],
    check: async () => {
      const { own, net, byDefault, byUser } = await four();
      const hostReaches = async () => expect(await own.host.fetches(await byDefault[1].origin())).toBeReached({ by: byDefault[1] });
      expect(await byUser[0].fetches(await byUser[1].origin(net.name))).toBeReached({ by: byUser[1] });
      await control(hostReaches);
      expect(await byDefault[0].fetches(byDefault[1])).toBeOutcome('timed-out');
      await control(hostReaches);
    },
  },
  {
    id: 'bridge.settings.options-tell-the-arguments',
    level: 'observed',
    title: "Options of the network bridge must report dockerd's ICC, masquerade, MTU and publishing settings",
    sources: [bridgeDriver, { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/daemon_unix.go' }],
    observedBy: 'Options of the network object.',
    requires: [...requires],
    faults: ['default-bridge.arguments-are-lost'],
    check: async () => {
      const { own } = await four();
      expect((await own.engine.network('bridge')).Options).toMatchObject({
        'com.docker.network.bridge.default_bridge': 'true',
        'com.docker.network.bridge.name': 'docker0',
        'com.docker.network.bridge.enable_icc': 'false',
        'com.docker.network.bridge.enable_ip_masquerade': 'false',
        'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1',
        'com.docker.network.driver.mtu': '1400',
      });
    },
  },
]);
