import { networkRequest } from '../../fixtures/faults/trials/macvlan';
import {
  asksForMac,
  attachedTo,
  claims,
  context,
  control,
  expect,
  externalHost,
  lab,
  linksOfKind,
  make,
  networkView,
  read,
} from '../../helpers';

const driver = { docs: 'docs.docker.com/engine/network/drivers/ipvlan' };
const macvlanDesign = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/docs/macvlan.md' };

/** The body of an ipvlan network on a parent. */
const onParent = (parent: string, options: Record<string, string> = {}, ipam: object = { Subnet: make.subnet().subnet }) => ({
  Driver: 'ipvlan',
  Options: { parent, ...options },
  IPAM: { Config: [ipam] },
});

export default claims([
  // requests for ipvlan networks and containers
  {
    id: 'ipvlan.parent.serves-one-network',
    level: 'observed',
    title: 'A second ipvlan network on the same parent must be refused',
    sources: [
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/ipvlan/ipvlan_network.go' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/ipvlan/ipvlan_test.go' },
    ],
    observedBy: 'The answer to the request that creates the second one; one on another parent is granted.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['macvlan.asked-for-a-parent-that-there-is-not'],
    check: async () => {
      const own = await lab();
      const [{ link }, { link: another }] = await Promise.all([externalHost(own), externalHost(own)]);
      await control(async () => expect(await own.make.tryNetwork(onParent(link))).toMatchObject({ status: 201 }));
      expect((await own.make.tryNetwork(onParent(link))).status).toBeGreaterThanOrEqual(400);
      await control(async () => expect(await own.make.tryNetwork(onParent(another))).toMatchObject({ status: 201 }));
    },
  },
  {
    id: 'ipvlan.mac-address.is-refused',
    level: 'observed',
    title: 'An ipvlan container that asks for a MAC address must not start, refused with words on the address',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/ipvlan/ipvlan_endpoint.go' }],
    observedBy: 'The answer to the request that starts it.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      'macvlan.asked-for-a-bridge',
      {
        id: 'ipvlan.mac-address-is-forgotten',
        title: 'The engine is not told which MAC address a container wants',
        api: [
          { method: 'POST', path: /^\/containers\/create\?name=dnc-box-/, does: 'asks', at: ['MacAddress'], value: null },
          { method: 'POST', path: /^\/containers\/create\?name=dnc-box-/, does: 'asks', at: ['NetworkingConfig'], value: null },
        ],
      },
    ],
    check: async () => {
      const own = await lab();
      const { link } = await externalHost(own);
      const net = await own.make.claimed.network(onParent(link));
      const { body } = await own.make.tryContainer({
        ...attachedTo(net),
        ...asksForMac(context.engine, net.name, '02:00:5e:10:00:01'),
      });
      const { status, message } = await own.ask('POST', `/containers/${body.Id}/start`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).toMatch(/mac address/i);
    },
  },
  {
    id: 'ipvlan.flag.unknown-is-refused',
    level: 'must',
    title: 'An ipvlan network with a flag other than bridge, private and vepa must be refused',
    sources: [driver, { docs: 'docs.docker.com/engine/release-notes/23.0' }],
    observedBy: 'The answers to the requests that create one with that flag, and one with each of the three.',
    requires: ['docker-engine', 'own-lab'],
    since: { version: '23.0.0', source: 'ipvlan_flag is an option since, Engine 23.0 release notes' },
    faults: [
      {
        id: 'ipvlan.flag-is-lost',
        title: 'The engine is asked for another flag than the unknown one',
        api: [{ ...networkRequest, at: ['Options', 'ipvlan_flag'], value: 'bridge' }],
      },
    ],
    check: async () => {
      const own = await lab();
      const hosts = await Promise.all([externalHost(own), externalHost(own), externalHost(own)]);
      const asked = (link: string, flag: string) => own.make.tryNetwork(onParent(link, { ipvlan_flag: flag }));
      expect((await asked(hosts[0].link, 'sideways')).status).toBeGreaterThanOrEqual(400);
      for (const [index, flag] of ['bridge', 'private', 'vepa'].entries())
        await control(async () => expect(await asked(hosts[index]?.link ?? '', flag)).toMatchObject({ status: 201 }));
    },
  },
  // containers of an ipvlan network
  {
    id: 'ipvlan.neighbours.reach-the-container',
    level: 'must',
    title: "A remote machine must reach an ipvlan l2 container's IPv4 address under the parent's MAC address",
    sources: [driver, macvlanDesign],
    observedBy: "A remote machine fetches the container; the remote machine's ARP table, and the parent's address.",
    requires: ['own-lab'],
    kernel: ['ipvlan'],
    faults: ['macvlan.asked-for-a-bridge'],
    check: async () => {
      const own = await lab();
      const far = await externalHost(own);
      await linksOfKind(own.host, 'ipvlan', far.link);
      const net = await own.make.claimed.network(
        onParent(far.link, {}, { Subnet: far.subnet, Gateway: far.address, IPRange: far.subnet.replace('.0/24', '.128/25') }),
      );
      const server = await own.make.claimed.server(attachedTo(net));
      const { IPAddress } = await server.endpoint(net.name);
      expect(await far.machine.fetches(`http://${IPAddress}:80`)).toBeReached({ by: server });
      const known = (await read(far.machine, ['cat', '/proc/net/arp'])).split('\n').find((line) => line.startsWith(`${IPAddress} `));
      expect(known).toContain((await networkView(own.host)).links[far.link]?.macAddress);
    },
  },
  {
    id: 'ipvlan.l3.default-route-names-no-gateway',
    level: 'must',
    title: "On a parent, an ipvlan l3 container's IPv4 default route must be its interface, without a next hop",
    sources: [driver],
    observedBy: "The container's routes in /proc/net.",
    requires: ['own-lab'],
    kernel: ['ipvlan'],
    faults: ['macvlan.asked-for-a-bridge'],
    check: async () => {
      const own = await lab();
      const { link } = await externalHost(own);
      await linksOfKind(own.host, 'ipvlan', link);
      const net = await own.make.claimed.network(onParent(link, { ipvlan_mode: 'l3' }));
      const container = await own.make.claimed.container(attachedTo(net));
      const { gateways, routes } = await networkView(container);
      expect(routes).toContainEqual(expect.stringMatching(/^eth0 00000000 00000000 \S+ \S+ 00000000$/));
      expect(gateways).toEqual([]);
    },
  },
]);
