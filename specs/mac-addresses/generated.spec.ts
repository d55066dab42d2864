import { claim, control, describe, eventually, expect, host, make, mustRun, read, scene } from '../../helpers';

type Box = Awaited<ReturnType<typeof make.container>>;

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

const macOf = async (container: Box, { name }: { name: string }) => (await container.endpoint(name)).MacAddress;

const unicast = /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/;

/** What the ARP table of a container says of an address now; empty where it says nothing. */
async function arp(container: Box, address: string): Promise<string> {
  const stdout = await read(container, ['cat', '/proc/net/arp']);
  const [, , , mac = ''] =
    stdout
      .split('\n')
      .map((row) => row.split(/ +/))
      .find(([known]) => known === address) ?? [];
  return mac;
}

/** Has a container send something to an address of its link, so that it looks for its MAC address. */
const talk = (container: Box, address: string) => mustRun(container, ['sh', '-c', `nc -w 1 ${address} 9 </dev/null; [ $? -le 1 ]`]);

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

describe('a container that leaves its MAC address to the engine', () => {
  const pair = scene(async () => {
    const there = await network();
    return { there, boxes: await Promise.all([make.container(inside(there)), make.container(inside(there))] as const) };
  });

  claim('mac.generated.no-two-are-equal', async () => {
    const {
      there,
      boxes: [one, other],
    } = await pair();
    const [first, second] = [await macOf(one, there), await macOf(other, there)];
    expect(first).toMatch(unicast);
    expect(second).toMatch(unicast);
    expect(first).not.toBe(second);
  });

  claim('mac.generated.is-what-neighbours-find', async () => {
    const {
      there,
      boxes: [one, other],
    } = await pair();
    const { IPAddress, MacAddress } = await other.endpoint(there.name);
    await talk(one, IPAddress);
    expect(MacAddress).toMatch(unicast);
    expect(await arp(one, IPAddress)).toBe(MacAddress);
  });

  claim('mac.generated.is-another-after-a-restart', async () => {
    const there = await network();
    const container = await make.container(at(there, there.address(50)));
    const before = await container.endpoint(there.name);
    await container.stop();
    await container.start();
    const after = await container.endpoint(there.name);
    expect(after.IPAddress).toBe(before.IPAddress);
    for (const { MacAddress } of [before, after]) expect(MacAddress).toMatch(unicast);
    expect(after.MacAddress).not.toBe(before.MacAddress);
  });

  claim('mac.generated.is-another-where-an-address-is-reused', async () => {
    const [first, second] = await oneAfterTheOther();
    for (const mac of [first, second]) expect(mac).toMatch(unicast);
    expect(second).not.toBe(first);
  });

  claim('mac.generated.is-the-same-where-an-address-is-reused', async () => {
    const [first, second] = await oneAfterTheOther();
    expect(second).toMatch(unicast);
    expect(second).toBe(first);
  });

  claim('mac.generated.is-announced', async () => {
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
  });
});

describe('the bridge of a network', () => {
  claim('mac.bridge.stays-while-containers-come-and-go', async () => {
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
  });
});
