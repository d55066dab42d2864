import { bridgeEntry, digits } from '../../fixtures/faults/calls';
import {
  between,
  cidrParts,
  claims,
  control,
  derivedMac,
  engine,
  eventually,
  expect,
  host,
  networkView,
  once,
  topology,
  vethPeer,
} from '../../helpers';

const bridgeDriver = { docs: 'docs.docker.com/engine/network/drivers/bridge' };
const inspectReference = { docs: 'docs.docker.com/reference/cli/docker/network/inspect' };

const ipv4Cidr = /^[\d.]+\/\d+$/;

const lab = topology('bridge-pair');
const both = () => [lab.nginx01, lab.nginx02];
/** What the bridge network lists of each of the two. */
const listed = async () => {
  const { Containers } = await engine.network('bridge');
  return both().map((container) => ({ container, entry: Containers?.[container.id] }));
};

/** What each of the two sees of its own network, looked at once for all claims. */
const inside = once(() => Promise.all(both().map(networkView)));
/** Each of the two fetches the other's page, once for all claims. */
const exchange = once(() => Promise.all([lab.nginx01.fetches(lab.nginx02), lab.nginx02.fetches(lab.nginx01)]));

/** With these, nobody can be told of the bridge network. */
const hideTheBridge = ['engine.no-default-bridge', 'api.default-bridge-refused', 'api.default-bridge-hangs-up'] as const;
/** With these, it lists neither. */
const hideTheList = [...hideTheBridge, 'api.networks-forget-their-containers'] as const;
/** With these, the bridge network lists one of the two at most. */
const hideThePair = [...hideTheList, 'server.of-the-pair-ended'] as const;
/** With these, neither of the two reaches the other. */
const partThePair = [
  'engine.icc-off',
  'engine.no-default-bridge',
  'firewall.docker-user-drops',
  'firewall.docker-user-rejects',
  'firewall.docker-user-resets',
  'firewall.docker-user-drops-answers',
  'firewall.forward-policy-drops',
  'firewall.legacy-table-drops',
  'firewall.nft-table-drops',
  'firewall.nft-table-drops-uncounted',
  'firewall.nft-table-rejects',
  'firewall.nft-table-resets',
  'firewall.nft-table-drops-answers',
  'firewall.bridge-table-drops',
  'firewall.raw-table-drops',
  'firewall.inside-the-server',
  'firewall.inside-the-client',
  'nat.bridge-is-diverted',
  'veth.clients-is-down',
  'veth.servers-is-down',
  'veth.off-the-bridge',
  'veth.too-narrow',
  'bridge.is-down',
  'bridge.is-deleted',
  'bridge.ports-isolated',
  'bridge.port-disabled',
  'container.clients-link-is-down',
  'container.servers-link-is-down',
  'container.clients-address-is-gone',
  'container.servers-address-is-gone',
  'container.clients-arp-is-off',
  'container.servers-arp-is-off',
  'container.wrong-neighbour',
  'container.address-taken-twice',
  'container.client-has-no-route',
  'container.route-to-nowhere',
  'container.wrong-gateway',
  'container.no-way-back',
  'server.of-the-pair-ended',
  'server.of-the-pair-stopped',
  'server.on-loopback-only',
  'server.on-another-port',
  'api.other-address-of-a-container',
] as const;

export default claims(lab, [
  // two containers on the default bridge
  {
    id: 'bridge.default.connects-containers-by-veth',
    level: 'observed',
    title: "A container on the default bridge must be joined to the host's bridge interface by a veth pair",
    sources: [{ document: 'line 129' }, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux.go' }],
    observedBy:
      '/sys in each of two containers and on the host: eth0 and a port of the bridge name each other as peers, another port for each.',
    requires: ['host-bridges'],
    faults: [...hideTheBridge, 'veth.off-the-bridge', 'bridge.is-deleted', 'container.link-has-another-name'],
    check: async () => {
      const ports = await host.bridgePorts(await engine.bridgeInterface('bridge', host));
      const peers = (await inside()).map(({ links: { eth0 } }) => eth0 && vethPeer(eth0, ports)?.index);
      expect(peers).toEqual([expect.any(Number), expect.any(Number)]);
      expect(peers[0]).not.toBe(peers[1]);
    },
  },
  {
    id: 'bridge.run-returns-64-digit-ids',
    level: 'must',
    title: 'Creating two containers must return two different ids of 64 hexadecimal digits',
    sources: [{ document: 'lines 134-137' }, { docs: 'docs.docker.com/engine/containers/run#container-identification' }],
    observedBy: 'The ids that the engine answered, each resolved to the same container again.',
    faults: ['api.other-container-id'],
    check: async () => {
      for (const container of both()) {
        expect(container.id).toBeHexDigits(64);
        expect((await container.inspect()).Id).toBe(container.id);
      }
      expect(lab.nginx01.id).not.toBe(lab.nginx02.id);
    },
  },
  {
    id: 'bridge.inspect.lists-exactly-the-added-containers',
    level: 'must',
    title: 'The bridge network must list the containers that run on it, and no others',
    sources: [{ document: 'lines 140-145, 151-152, 160' }, inspectReference],
    observedBy: 'The Containers of the network object, held against the containers that the engine itself lists as attached to it.',
    faults: [...hideThePair, 'api.container-list-forgets'],
    check: async () => {
      const { listedIds, attachedIds } = await engine.membersOf('bridge');
      expect(listedIds).toEqual(expect.arrayContaining(both().map(({ id }) => id)));
      expect(listedIds).toEqual(attachedIds);
    },
  },
  {
    id: 'bridge.inspect.names-are-the-containers',
    level: 'must',
    title: "The bridge network must list each container under that container's name",
    sources: [{ document: 'lines 146, 153' }, inspectReference],
    observedBy: 'The network object and the container objects.',
    faults: [
      ...hideThePair,
      {
        kind: 'api',
        id: 'api.bridge-lists-another-name',
        title: 'The default bridge lists containers under another name',
        calls: [bridgeEntry('Name', 'somebody')],
      },
    ],
    check: async () => {
      for (const { container, entry } of await listed()) expect(`/${entry?.Name}`).toBe((await container.inspect()).Name);
    },
  },
  {
    id: 'bridge.inspect.endpoint-ids-are-the-containers',
    level: 'observed',
    title: 'EndpointID on the bridge must be 64 hexadecimal digits, the same in network and container',
    sources: [{ document: 'lines 147, 154' }, inspectReference],
    observedBy: 'The network object and the container objects.',
    faults: [
      ...hideThePair,
      {
        kind: 'api',
        id: 'api.bridge-lists-another-endpoint',
        title: 'The default bridge lists other endpoints than the containers have',
        calls: [bridgeEntry('EndpointID', digits(64))],
      },
    ],
    check: async () => {
      for (const { container, entry } of await listed()) {
        expect(entry?.EndpointID).toBeHexDigits(64);
        expect((await container.endpoint('bridge')).EndpointID).toBe(entry?.EndpointID);
      }
    },
  },
  {
    id: 'bridge.inspect.ipv4-is-in-the-bridges-subnet',
    level: 'must',
    title: "IPv4Address on the bridge must lie in the bridge's subnet and have its prefix length",
    sources: [{ document: 'lines 149, 156' }, bridgeDriver],
    observedBy: 'The network object: addresses and the subnet that it names, whatever the operator chose.',
    faults: [...hideThePair, 'api.bridge-lists-another-address'],
    check: async () => {
      const subnets = ((await engine.network('bridge')).IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? '');
      const [subnet = ''] = subnets.filter((it) => ipv4Cidr.test(it));
      expect(subnet).toEqual(expect.stringMatching(ipv4Cidr));
      for (const { entry } of await listed()) {
        const { address, length } = cidrParts(entry?.IPv4Address);
        expect(address).toBeInSubnet(subnet);
        expect(length).toBe(cidrParts(subnet).length);
      }
    },
  },
  {
    id: 'bridge.inspect.ipv4-is-the-containers-own',
    level: 'must',
    title: "The IPv4Address that the bridge network lists must be the container's own address",
    sources: [{ document: 'lines 149, 156' }, inspectReference],
    observedBy: 'The network object, and what /proc/net inside the container tells of its eth0.',
    faults: [
      ...hideTheList,
      'container.clients-address-is-gone',
      'container.servers-address-is-gone',
      'container.link-has-another-name',
      'api.bridge-lists-another-address',
    ],
    check: async () => {
      const views = await inside();
      for (const [index, { entry }] of (await listed()).entries())
        expect(views[index]?.links['eth0']?.addresses ?? []).toContain(entry?.IPv4Address);
    },
  },
  {
    id: 'bridge.default.subnet-is-172-17',
    level: 'should',
    title: 'Containers on an unconfigured default bridge must get addresses of 172.17.0.0/16',
    sources: [{ document: 'lines 149, 156' }, { docs: 'docs.docker.com/engine/network/#subnet-allocation' }],
    observedBy: 'The network object.',
    requires: ['unconfigured-default-bridge'],
    faults: [...hideThePair, 'api.bridge-lists-another-address'],
    check: async () => {
      for (const { entry } of await listed()) {
        const { address, length } = cidrParts(entry?.IPv4Address);
        expect(address).toBeInSubnet('172.17.0.0/16');
        expect(length).toBe('16');
      }
    },
  },
  {
    id: 'bridge.inspect.addresses-are-adjacent',
    level: 'observed',
    title: 'Two containers started together on the bridge must get IPv4 addresses with no free one between',
    sources: [{ document: 'lines 149, 156' }],
    observedBy: "The network object: every address between the two is another container's, a gateway's or reserved.",
    faults: hideThePair,
    check: async () => {
      const [first, second] = (await listed()).map(({ entry }) => entry?.IPv4Address);
      const gap = between(first, second);
      // a container that is just starting has an address before the network lists it
      const lookForFree = async () => {
        if (gap.length === 0) return [];
        const { IPAM, Containers } = await engine.network('bridge');
        const reserved = (IPAM?.Config ?? []).flatMap(({ Gateway, AuxiliaryAddresses }) => [
          Gateway,
          ...Object.values(AuxiliaryAddresses ?? {}),
        ]);
        const taken = [...reserved, ...Object.values(Containers ?? {}).map(({ IPv4Address }) => cidrParts(IPv4Address).address)];
        return gap.filter((it) => !taken.includes(cidrParts(it).address));
      };
      const free = await eventually(lookForFree, (addresses) => addresses.length === 0, { within: 3000 });
      if (free.length > 0) await engine.mustHaveBeenQuiet('bridge', both());
      expect(free).toEqual([]);
    },
  },
  {
    id: 'bridge.inspect.ipv6-is-empty',
    level: 'must',
    title: 'IPv6Address of a container on an IPv4-only default bridge must be empty',
    sources: [{ document: 'lines 150, 157' }, inspectReference],
    observedBy: 'The network object.',
    requires: ['ipv4-only-default-bridge'],
    faults: [
      ...hideThePair,
      {
        kind: 'api',
        id: 'api.bridge-lists-an-ipv6-address',
        title: 'The default bridge lists an IPv6 address that nobody configured',
        calls: [bridgeEntry('IPv6Address', '2001:db8::7/64')],
      },
    ],
    check: async () => {
      for (const { entry } of await listed()) expect(entry?.IPv6Address).toBe('');
    },
  },
  {
    id: 'bridge.inspect.mac-is-derived-from-ipv4',
    level: 'observed',
    title: 'MacAddress on the bridge must be 02:42 followed by the IPv4 address in hexadecimal',
    sources: [{ document: 'lines 148, 155' }],
    observedBy: "The network object, and that the address which it names is the one of the container's eth0.",
    until: {
      version: '28.0.0',
      source: 'MAC addresses are random since, Engine 28.0 release notes',
      replacedBy: 'bridge.inspect.mac-is-random',
    },
    faults: [...hideTheList, 'api.bridge-lists-another-mac-address'],
    controlFaults: ['container.servers-address-is-gone'],
    check: async () => {
      const views = await inside();
      for (const [index, { entry }] of (await listed()).entries()) {
        expect(entry?.MacAddress).toEqual(expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/));
        // an address which is not its own determines nothing
        await control(() => expect(views[index]?.links['eth0']?.addresses ?? []).toContain(entry?.IPv4Address));
        expect(entry?.MacAddress).toBe(derivedMac(entry?.IPv4Address));
      }
    },
  },
  {
    id: 'bridge.inspect.mac-is-random',
    level: 'must',
    title: 'MacAddress on the bridge must be a local unicast address that does not follow from the IPv4 address',
    sources: [
      { document: 'lines 148, 155, which show the older way' },
      { docs: 'docs.docker.com/engine/release-notes/28' },
      { docs: 'rfc-editor.org/rfc/rfc9542 (section 2.1)' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/netutils/utils.go' },
    ],
    observedBy: "The network object, and that the address which it names is the one of the container's eth0.",
    since: { version: '28.0.0', source: 'MAC addresses are random since, Engine 28.0 release notes' },
    faults: [...hideTheList, 'api.bridge-lists-another-mac-address'],
    controlFaults: ['container.servers-address-is-gone'],
    check: async () => {
      const views = await inside();
      for (const [index, { entry }] of (await listed()).entries()) {
        expect(entry?.MacAddress).toEqual(expect.stringMatching(/^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/));
        // that an address which is not its own does not determine it would say nothing
        await control(() => expect(views[index]?.links['eth0']?.addresses ?? []).toContain(entry?.IPv4Address));
        expect(entry?.MacAddress).not.toBe(derivedMac(entry?.IPv4Address));
      }
    },
  },
  {
    id: 'bridge.inspect.mac-is-the-interfaces',
    level: 'must',
    title: "The MacAddress that the bridge network lists must be that of the container's interface",
    sources: [{ document: 'lines 148, 155' }, inspectReference],
    observedBy: 'The network object, and /sys/class/net/eth0/address inside the container.',
    faults: [
      ...hideTheList,
      'container.link-has-another-name',
      'api.bridge-lists-another-mac-address',
      {
        kind: 'host',
        id: 'container.other-mac-address',
        title: 'eth0 of a container has got another MAC address',
        within: { 'bridge-pair': 'inside NGINX02 ip link set eth0 address 02:00:00:00:00:01' },
      },
    ],
    check: async () => {
      const views = await inside();
      for (const [index, { entry }] of (await listed()).entries()) {
        expect(entry?.MacAddress).toEqual(expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/));
        expect(views[index]?.links['eth0']?.macAddress).toBe(entry?.MacAddress);
      }
    },
  },
  {
    id: 'bridge.default.peers-reach-each-other',
    level: 'must',
    title: 'Two containers on the default bridge must reach each other at their IPv4 addresses, both ways',
    sources: [{ document: 'lines 39, 163, 166, 180' }, bridgeDriver],
    observedBy: "curl inside each container fetches the other's address; the answer carries the other's own token.",
    requires: ['default-bridge-icc'],
    faults: [
      ...partThePair,
      {
        kind: 'host',
        id: 'nat.impostor-answers',
        title: 'A NAT rule leads what containers send to servers to another server, which shows the same page',
        before:
          'other=$(docker run --detach "$IMAGE"); address=$(docker inspect --format "{{.NetworkSettings.Networks.bridge.IPAddress}}" "$other"); iptables -t nat -I PREROUTING -i "$BRIDGE" -p tcp --dport 80 ! -d "$address" -j DNAT --to-destination "$address"; iptables -t nat -I POSTROUTING -o "$BRIDGE" -d "$address" -j MASQUERADE',
        cause: 'host.nat-diverts',
      },
    ],
    check: async () => {
      const [answerTo01, answerTo02] = await exchange();
      expect(answerTo01).toBeReached({ by: lab.nginx02 });
      expect(answerTo02).toBeReached({ by: lab.nginx01 });
    },
  },
  {
    id: 'bridge.default.peers-show-the-welcome-page',
    level: 'observed',
    title: 'curl from one nginx to the other on the default bridge must show the welcome page over IPv4',
    sources: [{ document: 'lines 166-193' }, bridgeDriver],
    observedBy: 'curl inside each container: every line of the page that the document shows is in the one that comes back.',
    requires: ['default-bridge-icc'],
    faults: partThePair,
    check: async () => {
      for (const answer of await exchange()) expect(answer).toShowWelcomePage();
    },
  },
]);
