import { ask, claim, control, describe, expect, host, make, networkView, read, scene } from '../../helpers';

type Network = Awaited<ReturnType<typeof make.network>>;
type Container = Awaited<ReturnType<typeof make.container>>;

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
async function mtuIn(container: Container, network: Network): Promise<number | undefined> {
  const [{ links }, { IPAddress }, byName] = await Promise.all([networkView(container), container.endpoint(network.name), mtus(container)]);
  return Object.entries(links).flatMap(([name, { addresses }]) =>
    addresses.some((address) => address.startsWith(`${IPAddress}/`)) ? byName[name] : [],
  )[0];
}

describe('networks with an MTU of their own, and without', () => {
  const large = 4000;
  const networks = scene(async () => {
    const own = await make.claimed.network(withMtu(large));
    const members = await Promise.all(
      ['one', 'two'].map((member) => make.container({ member, HostConfig: { NetworkMode: own.name, CapAdd: ['NET_RAW'] } })),
    );
    return { own, members: members as [Container, Container] };
  });

  claim('mtu.default.is-1500', async () => {
    const plain = await make.network();
    const box = await make.container({ HostConfig: { NetworkMode: plain.name } });
    expect(await mtuIn(box, plain)).toBe(1500);
  });

  claim('mtu.option.is-that-of-its-network-alone', async () => {
    const [own, plain] = await Promise.all([make.claimed.network(withMtu(large)), make.network()]);
    const box = await make.container({ HostConfig: { NetworkMode: plain.name } });
    const alone = await mtuIn(box, plain);
    await own.connect(box);
    expect(await mtuIn(box, own)).toBe(large);
    await control(() => expect(alone).not.toBe(large));
    expect(await mtuIn(box, plain)).toBe(alone);
  });

  claim('mtu.option.packets-of-that-size-pass-in-one-piece', async () => {
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
  });

  claim('mtu.option.holds-at-the-hosts-end', async () => {
    const [one] = (await networks()).members;
    const [inside, outside] = await Promise.all([networkView(one), networkView(host)]);
    const end = Object.keys(outside.links).find((name) => outside.links[name]?.index === inside.links['eth0']?.peerIndex);
    await control(async () => expect(await mtus(one)).toEqual({ eth0: large }));
    expect((await mtus(host))[end ?? 'no such link']).toBe(large);
  });

  claim('mtu.bridge-device.has-it-from-the-start', async () => {
    const network = await make.claimed.network(withMtu(1400));
    expect((await mtus(host))[`br-${network.id.slice(0, 12)}`]).toBe(1400);
  });

  claim('mtu.invalid.is-refused', async () => {
    const names = { negative: make.name('negative'), word: make.name('word') };
    expect((await make.tryNetwork({ Name: names.negative, ...withMtu(-1) })).status).toBeGreaterThanOrEqual(400);
    expect((await make.tryNetwork({ Name: names.word, ...withMtu('large') })).status).toBeGreaterThanOrEqual(400);
    for (const name of Object.values(names)) expect((await ask('GET', `/networks/${name}`)).status).toBe(404);
    await control(async () => expect((await make.tryNetwork(withMtu(1400))).status).toBe(201));
  });
});
