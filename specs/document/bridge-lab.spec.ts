import {
  between,
  cidrParts,
  claim,
  control,
  derivedMac,
  describe,
  engine,
  eventually,
  expect,
  host,
  networkView,
  once,
  topology,
  vethPeer,
} from '../../helpers';

const ipv4Cidr = /^[\d.]+\/\d+$/;

describe('two containers on the default bridge', () => {
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

  claim('bridge.default.connects-containers-by-veth', async () => {
    const ports = await host.bridgePorts(await engine.bridgeInterface('bridge', host));
    const peers = (await inside()).map(({ links: { eth0 } }) => eth0 && vethPeer(eth0, ports)?.index);
    expect(peers).toEqual([expect.any(Number), expect.any(Number)]);
    expect(peers[0]).not.toBe(peers[1]);
  });

  claim('bridge.run-returns-64-digit-ids', async () => {
    for (const container of both()) {
      expect(container.id).toBeHexDigits(64);
      expect((await container.inspect()).Id).toBe(container.id);
    }
    expect(lab.nginx01.id).not.toBe(lab.nginx02.id);
  });

  claim('bridge.inspect.lists-exactly-the-added-containers', async () => {
    const { listedIds, attachedIds } = await engine.membersOf('bridge');
    expect(listedIds).toEqual(expect.arrayContaining(both().map(({ id }) => id)));
    expect(listedIds).toEqual(attachedIds);
  });

  claim('bridge.inspect.names-are-the-containers', async () => {
    for (const { container, entry } of await listed()) expect(`/${entry?.Name}`).toBe((await container.inspect()).Name);
  });

  claim('bridge.inspect.endpoint-ids-are-the-containers', async () => {
    for (const { container, entry } of await listed()) {
      expect(entry?.EndpointID).toBeHexDigits(64);
      expect((await container.endpoint('bridge')).EndpointID).toBe(entry?.EndpointID);
    }
  });

  claim('bridge.inspect.ipv4-is-in-the-bridges-subnet', async () => {
    const subnets = ((await engine.network('bridge')).IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? '');
    const [subnet = ''] = subnets.filter((it) => ipv4Cidr.test(it));
    expect(subnet).toEqual(expect.stringMatching(ipv4Cidr));
    for (const { entry } of await listed()) {
      const { address, length } = cidrParts(entry?.IPv4Address);
      expect(address).toBeInSubnet(subnet);
      expect(length).toBe(cidrParts(subnet).length);
    }
  });

  claim('bridge.inspect.ipv4-is-the-containers-own', async () => {
    const views = await inside();
    for (const [index, { entry }] of (await listed()).entries())
      expect(views[index]?.links['eth0']?.addresses ?? []).toContain(entry?.IPv4Address);
  });

  claim('bridge.default.subnet-is-172-17', async () => {
    for (const { entry } of await listed()) {
      const { address, length } = cidrParts(entry?.IPv4Address);
      expect(address).toBeInSubnet('172.17.0.0/16');
      expect(length).toBe('16');
    }
  });

  claim('bridge.inspect.addresses-are-adjacent', async () => {
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
  });

  claim('bridge.inspect.ipv6-is-empty', async () => {
    for (const { entry } of await listed()) expect(entry?.IPv6Address).toBe('');
  });

  claim('bridge.inspect.mac-is-derived-from-ipv4', async () => {
    const views = await inside();
    for (const [index, { entry }] of (await listed()).entries()) {
      expect(entry?.MacAddress).toEqual(expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/));
      // an address which is not its own determines nothing
      await control(() => expect(views[index]?.links['eth0']?.addresses ?? []).toContain(entry?.IPv4Address));
      expect(entry?.MacAddress).toBe(derivedMac(entry?.IPv4Address));
    }
  });

  claim('bridge.inspect.mac-is-random', async () => {
    const views = await inside();
    for (const [index, { entry }] of (await listed()).entries()) {
      expect(entry?.MacAddress).toEqual(expect.stringMatching(/^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/));
      // that an address which is not its own does not determine it would say nothing
      await control(() => expect(views[index]?.links['eth0']?.addresses ?? []).toContain(entry?.IPv4Address));
      expect(entry?.MacAddress).not.toBe(derivedMac(entry?.IPv4Address));
    }
  });

  claim('bridge.inspect.mac-is-the-interfaces', async () => {
    const views = await inside();
    for (const [index, { entry }] of (await listed()).entries()) {
      expect(entry?.MacAddress).toEqual(expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/));
      expect(views[index]?.links['eth0']?.macAddress).toBe(entry?.MacAddress);
    }
  });

  claim('bridge.default.peers-reach-each-other', async () => {
    const [answerTo01, answerTo02] = await exchange();
    expect(answerTo01).toBeReached({ by: lab.nginx02 });
    expect(answerTo02).toBeReached({ by: lab.nginx01 });
  });

  claim('bridge.default.peers-show-the-welcome-page', async () => {
    for (const answer of await exchange()) expect(answer).toShowWelcomePage();
  });
});
