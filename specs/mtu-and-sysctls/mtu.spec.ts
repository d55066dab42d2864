import {
  ask,
  attachedTo,
  claims,
  type Container,
  control,
  expect,
  host,
  make,
  networkView,
  type OwnNetwork,
  read,
  scene,
} from '../../helpers';

const bridgeDriver = { docs: 'docs.docker.com/engine/network/drivers/bridge' };
const bridgeSource = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux.go' };

const withMtu = (mtu: number | string) => ({ Options: { 'com.docker.network.driver.mtu': String(mtu) } });

/** MTUs of all links at a vantage point but loopback, by name. */
async function mtus(at: Parameters<typeof read>[0]): Promise<Record<string, number>> {
  const stdout = await read(at, ['sh', '-ec', 'cd /sys/class/net; for link in *; do [ $link = lo ] || echo $link $(cat $link/mtu); done']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return Object.fromEntries(lines.map(([name = '', mtu]) => [name, Number(mtu)] as const));
}

/** The MTU of a container's interface in a network: the link that has its address there. */
async function mtuIn(container: Container, network: OwnNetwork): Promise<number | undefined> {
  const [{ links }, { IPAddress }, byName] = await Promise.all([networkView(container), container.endpoint(network.name), mtus(container)]);
  return Object.entries(links).flatMap(([name, { addresses }]) =>
    addresses.some((address) => address.startsWith(`${IPAddress}/`)) ? byName[name] : [],
  )[0];
}

const large = 4000;
const networks = scene(async () => {
  const own = await make.claimed.network(withMtu(large));
  const members = await Promise.all(
    ['one', 'two'].map((member) => make.container({ member, ...attachedTo(own, { CapAdd: ['NET_RAW'] }) })),
  );
  return { own, members: members as [Container, Container] };
});

export default claims([
  // networks with an MTU of their own, and without
  {
    id: 'mtu.default.is-1500',
    level: 'must',
    title: 'An interface in a bridge network without a given MTU must have an MTU of 1500',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/network_linux_test.go' }],
    observedBy:
      '/sys/class/net inside a container on such a network. The documentation gives the option a default of 0, which sets no MTU.',
    requires: ['unconfigured-network-mtu'],
    faults: ['mtu.is-always-small'],
    check: async () => {
      const plain = await make.network();
      const box = await make.container(attachedTo(plain));
      expect(await mtuIn(box, plain)).toBe(1500);
    },
  },
  {
    id: 'mtu.option.is-that-of-its-network-alone',
    level: 'must',
    title: "A network's MTU must be that of a container's interface in it, and of no other interface",
    sources: [bridgeDriver],
    observedBy: '/sys/class/net inside a container that is in two networks of different MTUs, one of which it joined while it ran.',
    faults: ['mtu.options-are-lost', 'mtu.is-always-small'],
    check: async () => {
      const [own, plain] = await Promise.all([make.claimed.network(withMtu(large)), make.network()]);
      const box = await make.container(attachedTo(plain));
      const alone = await mtuIn(box, plain);
      await own.connect(box);
      expect(await mtuIn(box, own)).toBe(large);
      await control(() => expect(alone).not.toBe(large));
      expect(await mtuIn(box, plain)).toBe(alone);
    },
  },
  {
    id: 'mtu.option.packets-of-that-size-pass-in-one-piece',
    level: 'must',
    title: "An IPv4 packet as large as the network's MTU must pass between containers without fragmentation",
    sources: [bridgeDriver, { docs: 'github.com/moby/moby/issues/12565' }],
    observedBy:
      'An echo request that makes a packet of just that size is answered, and the kernel inside has made no fragments (/proc/net/snmp); one that is a byte longer makes some.',
    faults: ['mtu.hosts-ends-are-small'],
    check: async () => {
      const [one, two] = (await networks()).members;
      const { own } = await networks();
      const { IPAddress } = await two.endpoint(own.name);
      const headers = 20 + 8;
      /** Sends one echo request in a packet of this size; whether it was answered, and how many fragments were made for it. */
      const echo = async (size: number) => {
        const made = 'awk \'/^Ip:/ { line = $0 } END { split(line, field, " "); print field[20] }\' /proc/net/snmp';
        const stdout = await read(one, [
          'sh',
          '-c',
          `${made}; ping -c 1 -w 5 -s ${size - headers} ${IPAddress} >/dev/null; echo $?; ${made}`,
        ]);
        const [before, status, after] = stdout.trim().split('\n').map(Number);
        return { answered: status === 0, fragments: Number(after) - Number(before) };
      };
      expect(await echo(large)).toEqual({ answered: true, fragments: 0 });
      await control(async () => expect(await echo(large + 1)).toMatchObject({ fragments: 2 }));
    },
  },
  {
    id: 'mtu.option.holds-at-the-hosts-end',
    level: 'observed',
    title: "The host's end of a container's veth pair must have the MTU of the network",
    sources: [bridgeSource],
    observedBy: "/sys/class/net of the host, where the index of the container's peer leads to.",
    requires: ['host-bridges'],
    faults: ['mtu.hosts-ends-are-small'],
    check: async () => {
      const [one] = (await networks()).members;
      const [inside, outside] = await Promise.all([networkView(one), networkView(host)]);
      const end = Object.keys(outside.links).find((name) => outside.links[name]?.index === inside.links['eth0']?.peerIndex);
      await control(async () => expect(await mtus(one)).toEqual({ eth0: large }));
      expect((await mtus(host))[end ?? 'no such link']).toBe(large);
    },
  },
  {
    id: 'mtu.bridge-device.has-it-from-the-start',
    level: 'must',
    title: "The bridge interface must have the network's MTU before any container is connected",
    sources: [
      bridgeSource,
      { docs: 'github.com/moby/moby/issues/37937' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/network_linux_test.go' },
    ],
    observedBy: "/sys/class/net of the host, at the link that is the network's bridge.",
    requires: ['host-bridges', 'docker-engine'],
    since: { version: '25.0.0', source: 'the bridge had 1500 until a container came, moby commit 964ab7158c, first in 25.0.0' },
    faults: ['mtu.options-are-lost'],
    check: async () => {
      const network = await make.claimed.network(withMtu(1400));
      expect((await mtus(host))[`br-${network.id.slice(0, 12)}`]).toBe(1400);
    },
  },
  {
    id: 'mtu.invalid.is-refused',
    level: 'observed',
    title: 'An MTU that is negative or no number must be refused, and no network be created',
    sources: [bridgeSource, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux_test.go' }],
    observedBy: 'The statuses of both creates, and that no network has those names; with a number the network is made.',
    faults: ['mtu.options-are-lost'],
    check: async () => {
      const names = { negative: make.name('negative'), word: make.name('word') };
      expect((await make.tryNetwork({ Name: names.negative, ...withMtu(-1) })).status).toBeGreaterThanOrEqual(400);
      expect((await make.tryNetwork({ Name: names.word, ...withMtu('large') })).status).toBeGreaterThanOrEqual(400);
      for (const name of Object.values(names)) expect((await ask('GET', `/networks/${name}`)).status).toBe(404);
      await control(async () => expect((await make.tryNetwork(withMtu(1400))).status).toBe(201));
    },
  },
]);
