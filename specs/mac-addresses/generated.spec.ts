import { claims, type Container, control, eventually, expect, host, make, mustRun, read, scene } from '../../helpers';

const release28 = { docs: 'docs.docker.com/engine/release-notes/28' };
const random = { version: '28.0.0', source: 'MAC addresses are random since, Engine 28.0 release notes' };

/** A network with a subnet of its own. */
async function network() {
  const { subnet, address } = make.subnet();
  return Object.assign(await make.network({ IPAM: { Config: [{ Subnet: subnet }] } }), { address });
}

/** The body of a container in a network, with these settings of its endpoint there; it is not waited for when it is stopped before it listens to signals. */
const inside = ({ name }: { name: string }, endpoint: object = {}) => ({
  StopTimeout: 0,
  HostConfig: { NetworkMode: name },
  NetworkingConfig: { EndpointsConfig: { [name]: endpoint } },
});

const at = (place: { name: string }, IPv4Address: string) => inside(place, { IPAMConfig: { IPv4Address } });

const macOf = async (container: Container, { name }: { name: string }) => (await container.endpoint(name)).MacAddress;

const unicast = /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/;

/** What the ARP table of a container says of an address now; empty where it says nothing. */
async function arp(container: Container, address: string): Promise<string> {
  const stdout = await read(container, ['cat', '/proc/net/arp']);
  const [, , , mac = ''] =
    stdout
      .split('\n')
      .map((row) => row.split(/ +/))
      .find(([known]) => known === address) ?? [];
  return mac;
}

/** Has a container send something to an address of its link, so that it looks for its MAC address. */
const talk = (container: Container, address: string) => mustRun(container, ['sh', '-c', `nc -w 1 ${address} 9 </dev/null; [ $? -le 1 ]`]);

/** The MAC addresses of two containers that have one IPv4 address after each other. */
async function oneAfterTheOther(): Promise<[string, string]> {
  const there = await network();
  const first = await make.container(at(there, there.address(50)));
  const before = await macOf(first, there);
  await first.stop();
  const second = await make.container(at(there, there.address(50)));
  expect((await second.endpoint(there.name)).IPAddress).toBe(there.address(50));
  return [before, await macOf(second, there)];
}

const pair = scene(async () => {
  const there = await network();
  return { there, boxes: await Promise.all([make.container(inside(there)), make.container(inside(there))] as const) };
});

export default claims([
  // a container that leaves its MAC address to the engine
  {
    id: 'mac.generated.no-two-are-equal',
    level: 'must',
    title: 'Containers of one bridge network must get different MAC addresses, all local unicast ones',
    sources: [
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/netutils/utils.go' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/mac_addr_test.go' },
      { docs: 'rfc-editor.org/rfc/rfc9542 (section 2.1)' },
    ],
    observedBy: 'The endpoints of two containers of a user-defined network.',
    faults: ['mac.one-for-all-is-told', 'mac.none-is-told'],
    check: async () => {
      const {
        there,
        boxes: [one, other],
      } = await pair();
      const [first, second] = [await macOf(one, there), await macOf(other, there)];
      expect(first).toMatch(unicast);
      expect(second).toMatch(unicast);
      expect(first).not.toBe(second);
    },
  },
  {
    id: 'mac.generated.is-what-neighbours-find',
    level: 'must',
    title: 'The MAC address that an endpoint reports must be the one that ARP finds for its address',
    sources: [{ docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerInspect' }],
    observedBy: 'The ARP table of another container after a packet, and the endpoint.',
    faults: ['mac.one-for-all-is-told'],
    check: async () => {
      const {
        there,
        boxes: [one, other],
      } = await pair();
      const { IPAddress, MacAddress } = await other.endpoint(there.name);
      await talk(one, IPAddress);
      expect(MacAddress).toMatch(unicast);
      expect(await arp(one, IPAddress)).toBe(MacAddress);
    },
  },
  {
    id: 'mac.generated.is-another-after-a-restart',
    level: 'must',
    title: 'A container must have another generated MAC address after a restart, though the same IPv4 address',
    sources: [release28],
    observedBy: 'The endpoint of a container with a static address before a stop and after the next start.',
    since: random,
    faults: ['addresses.nothing-stops', 'mac.one-for-all-is-told'],
    check: async () => {
      const there = await network();
      const container = await make.container(at(there, there.address(50)));
      const before = await container.endpoint(there.name);
      await container.stop();
      await container.start();
      const after = await container.endpoint(there.name);
      expect(after.IPAddress).toBe(before.IPAddress);
      for (const { MacAddress } of [before, after]) expect(MacAddress).toMatch(unicast);
      expect(after.MacAddress).not.toBe(before.MacAddress);
    },
  },
  {
    id: 'mac.generated.is-another-where-an-address-is-reused',
    level: 'must',
    title: 'A container that reuses an IPv4 address must get another generated MAC address than the one before',
    sources: [release28],
    observedBy: 'The endpoints of two containers that have one static address after each other.',
    since: random,
    faults: ['addresses.static-ones-are-not-asked-for', 'mac.one-for-all-is-told'],
    check: async () => {
      const [first, second] = await oneAfterTheOther();
      for (const mac of [first, second]) expect(mac).toMatch(unicast);
      expect(second).not.toBe(first);
    },
  },
  {
    id: 'mac.generated.is-the-same-where-an-address-is-reused',
    level: 'observed',
    title: 'A container that reuses an IPv4 address must get the same generated MAC address as the one before',
    sources: [{ docs: 'github.com/moby/moby/blob/v26.1.5/libnetwork/netutils/utils.go (GenerateMACFromIP)' }],
    observedBy: 'The endpoints of two containers that have one static address after each other.',
    until: { ...random, replacedBy: 'mac.generated.is-another-where-an-address-is-reused' },
    faults: ['addresses.static-ones-are-not-asked-for', 'mac.none-is-told'],
    check: async () => {
      const [first, second] = await oneAfterTheOther();
      expect(second).toMatch(unicast);
      expect(second).toBe(first);
    },
  },
  {
    id: 'mac.generated.is-announced',
    level: 'must',
    title: 'A container that reuses an IPv4 address must announce its MAC address, so that ARP caches follow',
    sources: [release28, { docs: 'github.com/moby/moby/pull/48808' }],
    observedBy: 'The ARP table of a container that had talked to the first, and sends nothing while the second starts.',
    since: random,
    faults: [
      'mac.one-for-all-is-told',
      {
        id: 'mac.announcements-are-dropped',
        title: 'Bridges pass on no ARP in which somebody tells his own address, which ends in 50',
        inject:
          "nft add table bridge trial; nft 'add chain bridge trial forward { type filter hook forward priority 0; }'; nft 'add rule bridge trial forward arp saddr ip & 0.0.0.255 == 0.0.0.50 arp daddr ip & 0.0.0.255 == 0.0.0.50 drop'",
        undo: 'nft delete table bridge trial',
        engines: { kind: 'docker', versions: '>=28' },
      },
    ],
    check: async () => {
      const there = await network();
      const address = there.address(50);
      const [witness, first] = [await make.container(inside(there)), await make.container(at(there, address))];
      await talk(witness, address);
      const before = await macOf(first, there);
      await control(async () => expect(await arp(witness, address)).toBe(before));
      await first.stop();
      const second = await make.container(at(there, address));
      const after = await macOf(second, there);
      await control(() => expect(after).not.toBe(before));
      expect(
        await eventually(
          () => arp(witness, address),
          (mac) => mac === after,
          { within: 5000 },
        ),
      ).toBe(after);
    },
  },
  // the bridge of a network
  {
    id: 'mac.bridge.stays-while-containers-come-and-go',
    level: 'observed',
    title: 'The MAC address of a bridge interface that the engine made must stay as containers come and go',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/setup_device_linux.go' }],
    observedBy: "The bridge in the host's /sys before a container joins, while it is there, and after its stop.",
    requires: ['docker-engine', 'host-bridges'],
    faults: [
      {
        id: 'mac.bridges-change',
        title: 'A process of the host gives bridges one MAC address after the other',
        inject:
          '(set +e; n=10; while n=$((n + 1)); do for bridge in /sys/class/net/dnc-b-*; do ip link set "${bridge##*/}" address "02:dc:00:00:$((n / 90 % 90 + 10)):$((n % 90 + 10))"; done; sleep 0.01; done) >/dev/null 2>&1 </dev/null & echo $! >/run/trial.pid',
        undo: 'kill "$(cat /run/trial.pid)"',
      },
    ],
    check: async () => {
      const bridge = make.name('b');
      const there = await make.network({ Options: { 'com.docker.network.bridge.name': bridge } });
      const mac = async () => (await read(host, ['cat', `/sys/class/net/${bridge}/address`])).trim();
      const alone = await mac();
      expect(alone).toMatch(unicast);
      // a bridge that was given no address takes the lowest of its ports' ones
      const container = await make.container(inside(there));
      expect(await mac()).toBe(alone);
      await container.stop();
      expect(await mac()).toBe(alone);
    },
  },
]);
