import { ask, claim, control, describe, eventually, expect, make, networkView, scene } from '../../helpers';

/** What a claim needs of a network. */
interface Network {
  name: string;
}

/** A network with a /24 of its own, and what else a claim gives to its IPAM configuration. */
async function network(config?: (address: (n: number) => string) => object) {
  const { subnet, gateway, address } = make.subnet();
  const { name } = await (config ? make.claimed : make).network({ IPAM: { Config: [{ Subnet: subnet, ...config?.(address) }] } });
  return { name, gateway, address, subnet };
}

/** A network whose subnet has room for the gateway and one container, which must get `only`. */
async function narrow() {
  const { address } = make.subnet();
  const { name } = await make.network({ IPAM: { Config: [{ Subnet: `${address(0)}/30` }] } });
  return { name, only: address(2) };
}

/**
 * The body of a container in a network, with this IPAM configuration of its endpoint there; it is not waited for when it
 * is stopped before it listens to signals.
 */
const inside = ({ name }: Network, IPAMConfig?: object) => ({
  StopTimeout: 0,
  HostConfig: { NetworkMode: name },
  ...(IPAMConfig && { NetworkingConfig: { EndpointsConfig: { [name]: { IPAMConfig } } } }),
});

const at = (place: Network, IPv4Address: string) => inside(place, { IPv4Address });

/** The address of a container that was stopped: an engine may answer the stop before it has taken the address back. */
const addressAfterStop = (container: Awaited<ReturnType<typeof make.container>>, { name }: Network) =>
  eventually(
    async () => (await container.endpoint(name)).IPAddress,
    (address) => address === '',
    { within: 3000 },
  );

describe('a container that asks for an address', () => {
  const place = scene(() => network());
  const chosen = scene(async () => {
    const there = await place();
    return { there, container: await make.claimed.container(at(there, there.address(77))) };
  });
  /** The control of what is refused: in that network a container does get an address that it asks for. */
  const anotherIsGranted = () =>
    control(async () => {
      const { there, container } = await chosen();
      expect((await container.endpoint(there.name)).IPAddress).toBe(there.address(77));
    });

  claim('addresses.static.is-the-containers-own', async () => {
    const { there, container } = await chosen();
    expect((await container.endpoint(there.name)).IPAddress).toBe(there.address(77));
    expect((await networkView(container)).links['eth0']?.addresses).toContain(`${there.address(77)}/24`);
  });

  claim('addresses.static.request-is-reported', async () => {
    const { there, container } = await chosen();
    expect((await container.endpoint(there.name)).IPAMConfig).toEqual({ IPv4Address: there.address(77) });
    const careless = await make.container({ ...inside(there), started: false });
    expect((await careless.endpoint(there.name)).IPAMConfig ?? {}).toEqual({});
  });

  claim('addresses.static.taken-one-fails-the-start', async () => {
    const there = await place();
    const holder = await make.claimed.container(at(there, there.address(99)));
    const late = await make.container({ ...at(there, there.address(99)), started: false });
    expect((await ask('POST', `/containers/${late.id}/start`)).status).toBeGreaterThanOrEqual(400);
    expect((await late.inspect()).State.Running).toBe(false);
    await holder.stop();
    await control(async () => expect(await addressAfterStop(holder, there)).toBe(''));
    await late.start();
    expect((await late.endpoint(there.name)).IPAddress).toBe(there.address(99));
  });

  claim('addresses.static.gateway-is-nobodys', async () => {
    await anotherIsGranted();
    const there = await place();
    expect(await make.tryToRun(at(there, there.gateway))).toBeRefused();
  });

  claim('addresses.static.ends-of-the-subnet-are-nobodys', async () => {
    await anotherIsGranted();
    const there = await place();
    expect(await make.tryToRun(at(there, there.address(0)))).toBeRefused();
    expect(await make.tryToRun(at(there, there.address(255)))).toBeRefused();
  });

  claim('addresses.static.outside-the-subnet-is-refused', async () => {
    await anotherIsGranted();
    expect(await make.tryToRun(at(await place(), make.subnet().address(77)))).toBeRefused();
  });

  claim('addresses.static.outside-the-subnet-is-refused-at-creation', async () => {
    await anotherIsGranted();
    const name = make.name('refused');
    expect((await make.tryContainer({ name, ...at(await place(), make.subnet().address(77)) })).status).toBe(400);
    expect((await ask('GET', `/containers/${name}/json`)).status).toBe(404);
  });

  claim('addresses.static.needs-a-configured-subnet', async () => {
    await anotherIsGranted();
    const unconfigured = await make.networkOfPools();
    const { IPAM } = (await unconfigured.inspect()) as unknown as { IPAM: { Config: [{ Gateway: string }] } };
    // the next address is in the subnet, however small that is
    expect(
      await make.tryToRun(
        at(
          unconfigured,
          IPAM.Config[0].Gateway.replace(/\d+$/, (last) => `${Number(last) + 1}`),
        ),
      ),
    ).toBeRefused();
  });
});

describe('a container in a network with an ip-range', () => {
  claim('addresses.range.automatic-ones-come-from-it', async () => {
    const there = await network((address) => ({ IPRange: `${address(128)}/31`, Gateway: address(1) }));
    const first = await make.container(inside(there));
    // an engine may keep the first address of a range to itself
    const second = await make.tryToRun(inside(there));
    const given = [(await first.endpoint(there.name)).IPAddress, ...(second.runs ? second.addresses : [])];
    for (const address of given) expect(address).toBeInSubnet(`${there.address(128)}/31`);
    expect(await make.tryToRun(inside(there))).toBeRefused();
  });

  claim('addresses.range.static-ones-may-lie-outside', async () => {
    const there = await network((address) => ({ IPRange: `${address(128)}/25` }));
    const container = await make.claimed.container(at(there, there.address(9)));
    expect((await container.endpoint(there.name)).IPAddress).toBe(there.address(9));
  });
});

describe('a container in a network with auxiliary addresses', () => {
  claim('addresses.auxiliary.are-given-to-nobody', async () => {
    const there = await network((address) => ({
      Gateway: address(1),
      AuxiliaryAddresses: { router: address(2), printer: address(3), scanner: address(4) },
    }));
    const container = await make.container(inside(there));
    const { IPAddress } = await container.endpoint(there.name);
    expect(IPAddress).toBeInSubnet(there.subnet);
    expect([2, 3, 4].map(there.address)).not.toContain(IPAddress);
    await control(() => make.claimed.container(at(there, there.address(9))));
    expect(await make.tryToRun(at(there, there.address(3)))).toBeRefused();
  });
});

describe('a network with room for one container', () => {
  claim('addresses.dynamic.used-up-subnet-fails-the-start', async () => {
    const there = await narrow();
    const first = await make.container(inside(there));
    expect(await make.tryToRun(inside(there))).toBeRefused();
    expect((await first.endpoint(there.name)).IPAddress).toBe(there.only);
    expect((await networkView(first)).links['eth0']?.addresses).toContain(`${there.only}/30`);
  });

  claim('addresses.dynamic.is-given-back-on-stop', async () => {
    const there = await narrow();
    const [first, second] = [await make.container(inside(there)), await make.container({ ...inside(there), started: false })];
    await control(async () => expect((await first.endpoint(there.name)).IPAddress).toBe(there.only));
    await first.stop();
    await control(async () => expect(await addressAfterStop(first, there)).toBe(''));
    await second.start();
    expect((await second.endpoint(there.name)).IPAddress).toBe(there.only);
  });

  claim('addresses.dynamic.is-given-back-by-a-failed-start', async () => {
    const there = await narrow();
    // with an init, which an operator can give to all containers, it would start and then end
    const withoutInit = { HostConfig: { NetworkMode: there.name, Init: false } };
    expect(await make.tryToRun({ ...inside(there), ...withoutInit, Entrypoint: ['/there/is/no/such/program'] })).toBeRefused();
    const next = await make.claimed.container(inside(there));
    expect((await next.endpoint(there.name)).IPAddress).toBe(there.only);
  });
});

describe('a container that asks for a link-local address', () => {
  claim('addresses.link-local.is-a-further-address', async () => {
    const there = await network();
    const container = await make.claimed.container(inside(there, { LinkLocalIPs: ['169.254.7.7'] }));
    const { links } = await networkView(container);
    expect(links['eth0']?.addresses.map((cidr) => cidr.split('/')[0])).toEqual(
      expect.arrayContaining(['169.254.7.7', (await container.endpoint(there.name)).IPAddress]),
    );
  });
});
