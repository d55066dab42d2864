import { firstRule } from '../../fixtures/faults/trials/first-rule';
import {
  ask,
  asksNobodyElse,
  attachedTo,
  claims,
  type Container,
  control,
  engine,
  eventually,
  expect,
  host,
  make,
  networkView,
  read,
  scene,
} from '../../helpers';

const bridgeDriver = { docs: 'docs.docker.com/engine/network/drivers/bridge' };
const dnsServices = { docs: 'docs.docker.com/engine/network#dns-services' };
const connectApi = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkConnect' };
const networkCliTest = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };

/** Words of each line of a file in a container. */
async function linesOf(container: Container, file: string): Promise<string[][]> {
  return (await read(container, ['cat', file])).split('\n').map((line) => line.trim().split(/\s+/));
}

/** Connects a running container of a user's network to the default bridge, with settings and then without. */
async function connectsOnlyWithout(settings: object, net: { name: string }): Promise<void> {
  const container = await make.container(attachedTo(net));
  const connect = (EndpointConfig: object) => ask('POST', '/networks/bridge/connect', { Container: container.id, EndpointConfig });
  expect((await connect(settings)).status).toBeGreaterThanOrEqual(400);
  expect(Object.keys((await container.inspect()).NetworkSettings.Networks ?? {})).toEqual([net.name]);
  await control(async () => expect(await connect({})).toMatchObject({ status: 200 }));
}

/** Two servers there, and a third one on the network of a user. */
const three = scene(async () => {
  const net = await make.network();
  const [one, other, byUser] = await Promise.all([
    make.server({ member: 'one' }),
    make.server({ member: 'other', HostConfig: asksNobodyElse }),
    make.server({ member: 'by-user', ...attachedTo(net) }),
  ]);
  return { one, other, net, byUser };
});

const accepting = firstRule('-j ACCEPT');

export default claims([
  // containers on the default bridge
  {
    id: 'bridge.default.names-are-unknown',
    level: 'must',
    title: 'A container on the default bridge must not resolve the name of another one there',
    sources: [bridgeDriver, networkCliTest],
    observedBy: 'curl inside one server fetches the other one by its name; at its address it is reached, before and after.',
    requires: ['default-bridge', 'default-bridge-icc'],
    faults: ['default-bridge.given-server-knows-every-name'],
    check: async () => {
      const { one, other } = await three();
      const reachedAtItsAddress = async () => expect(await other.fetches(one)).toBeReached({ by: one });
      await control(reachedAtItsAddress);
      expect(await other.fetches(`http://${one.containerName}`)).toBeOutcome('name-unknown');
      await control(reachedAtItsAddress);
    },
  },
  {
    id: 'bridge.default.no-embedded-name-server',
    level: 'should',
    title: 'A container on the default bridge must use name servers outside its own loopback',
    sources: [dnsServices, { docs: 'docs.docker.com/engine/network/dns' }],
    observedBy: 'The name servers in /etc/resolv.conf of the container.',
    requires: ['default-bridge'],
    faults: [
      {
        id: 'default-bridge.containers-ask-themselves',
        title: 'Containers are told to ask a name server on their own loopback link',
        api: [{ method: 'POST', path: /^\/containers\/create/, does: 'asks', at: ['HostConfig'], value: { Dns: ['127.0.0.11'] } }],
      },
    ],
    check: async () => {
      const lines = await linesOf((await three()).one, '/etc/resolv.conf');
      const servers = lines.flatMap(([keyword, server]) => (keyword === 'nameserver' && server !== undefined ? [server] : []));
      expect(servers).not.toEqual([]);
      for (const server of servers) expect(server).not.toMatch(/^(127\.|::1$)/);
    },
  },
  {
    id: 'bridge.default.hosts-file-has-its-own-line',
    level: 'must',
    title: "/etc/hosts on the default bridge must have exactly one line for the container's IPv4 address",
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/container/run' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/etchosts_test.go' },
    ],
    observedBy: 'The lines of /etc/hosts in the container that begin with its address, and /proc/sys/kernel/hostname.',
    requires: ['default-bridge'],
    faults: [
      {
        id: 'default-bridge.hosts-file-has-more-lines',
        title: 'Containers are given further hosts at their own address',
        api: [
          {
            method: 'POST',
            path: /^\/containers\/create/,
            does: 'asks',
            at: ['HostConfig'],
            value: { ExtraHosts: [2, 3, 4, 5, 6, 7, 8, 9].map((n) => `twice:172.17.0.${n}`) },
          },
        ],
      },
    ],
    check: async () => {
      const { one } = await three();
      const { IPAddress } = await one.endpoint('bridge');
      const name = await read(one, ['cat', '/proc/sys/kernel/hostname']);
      const own = (await linesOf(one, '/etc/hosts')).filter(([address]) => address === IPAddress);
      expect(own).toEqual([expect.arrayContaining([name.trim()])]);
    },
  },
  {
    id: 'bridge.default.route-leads-to-the-bridge',
    level: 'should',
    title: "The default route on the default bridge must lead to the address of the host's bridge interface",
    sources: [bridgeDriver, { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' }],
    observedBy: "The routing table inside the container, and the addresses of the bridge among the host's links.",
    requires: ['host-bridges', 'default-bridge', 'unconfigured-default-gateway'],
    faults: [
      {
        id: 'default-bridge.bridge-is-another-link',
        title: 'The network bridge names the loopback link as its own',
        api: [
          { method: 'GET', path: /^\/networks\/bridge$/, does: 'answers', at: ['Options', 'com.docker.network.bridge.name'], value: 'lo' },
        ],
      },
    ],
    check: async () => {
      const { gateways } = await networkView((await three()).one);
      const [bridge, { links }] = await Promise.all([engine.bridgeInterface('bridge', host), networkView(host)]);
      const addresses = (links[bridge]?.addresses ?? []).map((address) => address.split('/')[0]);
      expect(gateways.length).toBeGreaterThan(0);
      expect(addresses).toEqual(expect.arrayContaining(gateways));
    },
  },
  {
    id: 'bridge.default.no-address-of-choice',
    level: 'must',
    title: 'A static IPv4 address on the default bridge must be refused',
    sources: [connectApi, networkCliTest],
    observedBy: 'POST /networks/bridge/connect with an address is an error, and the container is not connected; without one it is.',
    requires: ['default-bridge'],
    faults: ['default-bridge.wishes-are-lost'],
    check: async () => {
      const { one, net } = await three();
      const { IPAddress } = await one.endpoint('bridge');
      await connectsOnlyWithout({ IPAMConfig: { IPv4Address: IPAddress.replace(/\d+$/, '250') } }, net);
    },
  },
  {
    id: 'bridge.default.no-alias',
    level: 'must',
    title: 'An alias on the default bridge must be refused',
    sources: [connectApi, networkCliTest],
    observedBy: 'POST /networks/bridge/connect with an alias is an error, and the container is not connected; without one it is.',
    requires: ['default-bridge'],
    faults: ['default-bridge.wishes-are-lost'],
    check: async () => {
      await connectsOnlyWithout({ Aliases: [make.name('alias')] }, (await three()).net);
    },
  },
  {
    id: 'bridge.default.apart-from-other-networks',
    level: 'must',
    title: 'Containers on the default bridge and on a user-defined network must not reach each other over IPv4',
    sources: [bridgeDriver, { docs: 'docs.docker.com/engine/network/packet-filtering-firewalls' }],
    observedBy: 'curl from one server to the other times out both ways, while the host reaches both, before and after.',
    requires: ['host-bridges', 'firewall-rules', 'default-bridge'],
    faults: [
      {
        id: 'default-bridge.networks-are-not-apart',
        title: 'Rules before all others accept whatever is forwarded',
        inject: `iptables -t raw -I PREROUTING -j ACCEPT; ${accepting.inject}`,
        undo: `iptables -t raw -D PREROUTING -j ACCEPT; ${accepting.undo}`,
      },
    ],
    check: async () => {
      const { one, net, byUser } = await three();
      const [ofDefault, ofUser] = await Promise.all([one.origin(), byUser.origin(net.name)]);
      const hostReachesBoth = async () => {
        expect(await host.fetches(ofDefault)).toBeReached({ by: one });
        expect(await host.fetches(ofUser)).toBeReached({ by: byUser });
      };
      await control(hostReachesBoth);
      for (const outcome of await Promise.all([
        make.betweenNetworks(() => one.fetches(ofUser)),
        make.betweenNetworks(() => byUser.fetches(ofDefault)),
      ]))
        expect(outcome).toBeOutcome('timed-out');
      await control(hostReachesBoth);
    },
  },
  {
    id: 'bridge.default.names-are-known-elsewhere',
    level: 'must',
    title: 'A default-bridge container connected to a user-defined network must resolve names there at once',
    sources: [bridgeDriver, dnsServices],
    observedBy: 'curl inside the container fetches the server by its name: unknown before it is connected, reached after it.',
    requires: ['default-bridge'],
    faults: ['default-bridge.given-server-knows-every-name', 'default-bridge.connecting-is-pretended'],
    check: async () => {
      const { net, byUser } = await three();
      const newcomer = await make.container({ member: 'newcomer', HostConfig: asksNobodyElse });
      const fetchesByName = () => newcomer.fetches(`http://${byUser.containerName}`);
      await control(async () => expect(await fetchesByName()).toBeOutcome('name-unknown'));
      await net.connect(newcomer);
      expect(await eventually(fetchesByName, ({ kind }) => kind === 'reached', { within: 3000 })).toBeReached({ by: byUser });
    },
  },
  {
    id: 'bridge.default.host-name-is-the-short-id',
    level: 'must',
    title: 'The host name of a container that asks for none must be the first 12 digits of its id',
    sources: [
      { docs: 'docs.docker.com/engine/network/#ip-address-and-hostname' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container.go' },
    ],
    observedBy: '/proc/sys/kernel/hostname inside the container.',
    requires: ['default-bridge'],
    faults: [
      {
        id: 'default-bridge.host-names-are-given',
        title: 'Containers that ask for no host name get one that is given to them',
        api: [{ method: 'POST', path: /^\/containers\/create/, does: 'asks', at: ['Hostname'], value: 'given' }],
      },
    ],
    check: async () => {
      const { one } = await three();
      expect(await read(one, ['cat', '/proc/sys/kernel/hostname'])).toBe(`${one.id.slice(0, 12)}\n`);
    },
  },
]);
