import { refusedOnes, reported } from '../../fixtures/faults/trials/addresses';
import { ask, attachedTo, claims, type Container, control, eventually, expect, make, networkView, scene } from '../../helpers';

const run = { docs: 'docs.docker.com/reference/cli/docker/container/run/#network' };
const networkCreate = { docs: 'docs.docker.com/reference/cli/docker/network/create' };
const stopping = { docs: 'docs.docker.com/reference/cli/docker/network/connect (network implications of stopping)' };
const ipamContract = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/docs/ipam.md' };

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

/** From this version on a container may choose its address in any network. */
const inAnyNetwork = { version: '29.0.4', source: 'static addresses are allowed in any network since, Engine 29.0.4 release notes' };

const at = (place: Network, IPv4Address: string) => inside(place, { IPv4Address });

/** The address of a container that was stopped: an engine may answer the stop before it has taken the address back. */
const addressAfterStop = (container: Container, { name }: Network) =>
  eventually(
    async () => (await container.endpoint(name)).IPAddress,
    (address) => address === '',
    { within: 3000 },
  );

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

export default claims([
  // a container that asks for an address
  {
    id: 'addresses.static.is-the-containers-own',
    level: 'must',
    title: "A container that asks for an IPv4 address of its network's given subnet must get exactly that one",
    sources: [run],
    observedBy:
      'The endpoint, and what /proc/net inside the container tells of its eth0; the address is far from those that would come next.',
    faults: ['addresses.another-address-is-told'],
    check: async () => {
      const { there, container } = await chosen();
      expect((await container.endpoint(there.name)).IPAddress).toBe(there.address(77));
      expect((await networkView(container)).links['eth0']?.addresses).toContain(`${there.address(77)}/24`);
    },
  },
  {
    id: 'addresses.static.request-is-reported',
    level: 'must',
    title: "An endpoint's IPAMConfig must hold the IPv4 address that was asked for, and none where none was",
    sources: [run, { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerInspect' }],
    observedBy: 'The endpoints of a container with and of one without an address of its choice.',
    faults: [
      {
        id: 'addresses.request-is-not-told',
        title: 'The API does not tell what a container asked for',
        api: [{ method: 'GET', path: /^\/containers\/[^/]+\/json/, does: 'answers', at: [...reported, 'IPAMConfig'], value: null }],
      },
    ],
    check: async () => {
      const { there, container } = await chosen();
      expect((await container.endpoint(there.name)).IPAMConfig).toEqual({ IPv4Address: there.address(77) });
      const careless = await make.container({ ...inside(there), started: false });
      expect((await careless.endpoint(there.name)).IPAMConfig ?? {}).toEqual({});
    },
  },
  {
    id: 'addresses.static.taken-one-fails-the-start',
    level: 'must',
    title: 'A container must not start while its static IPv4 address is taken, and must once it is free',
    sources: [stopping],
    observedBy: 'The answers to its start while another container has the address, and when that one is gone.',
    faults: ['addresses.another-address-is-told', 'addresses.static-ones-are-not-asked-for', 'addresses.nothing-stops'],
    check: async () => {
      const there = await place();
      const holder = await make.claimed.container(at(there, there.address(99)));
      const late = await make.container({ ...at(there, there.address(99)), started: false });
      expect((await ask('POST', `/containers/${late.id}/start`)).status).toBeGreaterThanOrEqual(400);
      expect((await late.inspect()).State.Running).toBe(false);
      await holder.stop();
      await control(async () => expect(await addressAfterStop(holder, there)).toBe(''));
      await late.start();
      expect((await late.endpoint(there.name)).IPAddress).toBe(there.address(99));
    },
  },
  {
    id: 'addresses.static.gateway-is-nobodys',
    level: 'must',
    title: 'A container must not start with the gateway of its network as its static IPv4 address',
    sources: [ipamContract, networkCreate],
    observedBy:
      'The answer to its start, and that the container does not run; another one runs in that network at an address of its choice.',
    faults: ['addresses.static-ones-are-not-asked-for', 'addresses.unusable-static-ones-are-not-asked-for'],
    check: async () => {
      await anotherIsGranted();
      const there = await place();
      expect(await make.tryToRun(at(there, there.gateway))).toBeRefused();
    },
  },
  {
    id: 'addresses.static.ends-of-the-subnet-are-nobodys',
    level: 'must',
    title: 'A container must not start with the network or broadcast address of an IPv4 subnet up to /30',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/23.0' }, ipamContract],
    observedBy: 'The answers to the starts of two such containers; another one runs in that network at an address of its choice.',
    faults: ['addresses.static-ones-are-not-asked-for', 'addresses.unusable-static-ones-are-not-asked-for'],
    check: async () => {
      await anotherIsGranted();
      const there = await place();
      expect(await make.tryToRun(at(there, there.address(0)))).toBeRefused();
      expect(await make.tryToRun(at(there, there.address(255)))).toBeRefused();
    },
  },
  {
    id: 'addresses.static.outside-the-subnet-is-refused',
    level: 'must',
    title: "A container must not start with a static IPv4 address outside its network's subnet",
    sources: [run, { docs: 'docs.docker.com/reference/api/engine/version-history/#v144-api-changes' }],
    observedBy:
      'The answers to its creation and, if it was created, to its start; another one runs in that network at an address of its choice.',
    until: {
      version: '25.0.0',
      source: 'what was found at the start is found at the creation since, API version history of 1.44',
      replacedBy: 'addresses.static.outside-the-subnet-is-refused-at-creation',
    },
    faults: ['addresses.static-ones-are-not-asked-for', 'addresses.unusable-static-ones-are-not-asked-for'],
    check: async () => {
      await anotherIsGranted();
      expect(await make.tryToRun(at(await place(), make.subnet().address(77)))).toBeRefused();
    },
  },
  {
    id: 'addresses.static.outside-the-subnet-is-refused-at-creation',
    level: 'must',
    title: "Creating a container with an IPv4 address outside its network's subnet must be refused with 400",
    sources: [{ docs: 'docs.docker.com/reference/api/engine/version-history/#v144-api-changes' }],
    observedBy:
      'The answer to the creation, and that no such container is there; another one runs in that network at an address of its choice.',
    since: { version: '25.0.0', source: 'what was found at the start is found at the creation since, API version history of 1.44' },
    faults: ['addresses.static-ones-are-not-asked-for', 'addresses.unusable-static-ones-are-not-asked-for'],
    check: async () => {
      await anotherIsGranted();
      const name = make.name('refused');
      expect((await make.tryContainer({ name, ...at(await place(), make.subnet().address(77)) })).status).toBe(400);
      expect((await ask('GET', `/containers/${name}/json`)).status).toBe(404);
    },
  },
  {
    id: 'addresses.static.needs-a-configured-subnet',
    level: 'must',
    title: 'A static IPv4 address must be refused in a network whose subnet the engine chose',
    sources: [run, { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' }],
    observedBy:
      'The answers to its creation and, if it was created, to its start; in a network with a given subnet another one runs at an address of its choice.',
    until: { ...inAnyNetwork, replacedBy: 'addresses.static.is-given-in-any-subnet' },
    faults: ['addresses.static-ones-are-not-asked-for', 'addresses.unusable-static-ones-are-not-asked-for'],
    check: async () => {
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
    },
  },
  {
    id: 'addresses.static.is-given-in-any-subnet',
    level: 'must',
    title: 'A static IPv4 address must be given on a user-defined network whose subnet the engine chose, too',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/29' }, { docs: 'github.com/moby/moby/pull/51583' }],
    observedBy: 'The endpoint of a container that asks for an address which is not the next one.',
    since: inAnyNetwork,
    faults: ['addresses.static-ones-are-not-asked-for', 'addresses.another-address-is-told'],
    check: async () => {
      const unconfigured = await make.networkOfPools();
      const { IPAM } = (await unconfigured.inspect()) as unknown as { IPAM: { Config: [{ Gateway: string }] } };
      const asked = IPAM.Config[0].Gateway.replace(/\d+$/, (last) => `${Number(last) + 4}`);
      const given = await make.claimed.container(at(unconfigured, asked));
      expect((await given.endpoint(unconfigured.name)).IPAddress).toBe(asked);
    },
  },
  // a container in a network with an ip-range
  {
    id: 'addresses.range.automatic-ones-come-from-it',
    level: 'must',
    title: 'With an ip-range, automatic IPv4 addresses must come from it, and none once it is used up',
    sources: [networkCreate, stopping],
    observedBy: 'Containers are started in a network with a range of two addresses until one is refused; most of the subnet is free.',
    faults: ['addresses.another-address-is-told', 'addresses.range-is-not-asked-for', 'addresses.subnets-are-not-asked-for'],
    check: async () => {
      const there = await network((address) => ({ IPRange: `${address(128)}/31`, Gateway: address(1) }));
      const first = await make.container(inside(there));
      // an engine may keep the first address of a range to itself
      const second = await make.tryToRun(inside(there));
      const given = [(await first.endpoint(there.name)).IPAddress, ...(second.runs ? second.addresses : [])];
      for (const address of given) expect(address).toBeInSubnet(`${there.address(128)}/31`);
      expect(await make.tryToRun(inside(there))).toBeRefused();
    },
  },
  {
    id: 'addresses.range.static-ones-may-lie-outside',
    level: 'must',
    title: 'A static IPv4 address must be granted outside the ip-range, if it is in the subnet',
    sources: [stopping],
    observedBy: 'The endpoint of a container in a network with a range.',
    faults: ['addresses.another-address-is-told', 'addresses.static-ones-are-not-asked-for'],
    check: async () => {
      const there = await network((address) => ({ IPRange: `${address(128)}/25` }));
      const container = await make.claimed.container(at(there, there.address(9)));
      expect((await container.endpoint(there.name)).IPAddress).toBe(there.address(9));
    },
  },
  // a container in a network with auxiliary addresses
  {
    id: 'addresses.auxiliary.are-given-to-nobody',
    level: 'must',
    title: 'A container must get no auxiliary IPv4 address of its network, neither automatically nor by asking',
    sources: [networkCreate, { docs: 'docs.docker.com/engine/network/drivers/macvlan' }],
    observedBy:
      'The address of a container where the three that would come first are auxiliary, and the answer to the start of one that asks for such an address; one that asks for another runs.',
    faults: [
      'addresses.another-address-is-told',
      'addresses.auxiliary-addresses-are-not-asked-for',
      'addresses.static-ones-are-not-asked-for',
      'addresses.unusable-static-ones-are-not-asked-for',
    ],
    check: async () => {
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
    },
  },
  // a network with room for one container
  {
    id: 'addresses.dynamic.used-up-subnet-fails-the-start',
    level: 'must',
    title: 'A container must not start in a network without a free IPv4 address, nor disturb those running there',
    sources: [ipamContract],
    observedBy: 'A subnet with room for one container: the answer to the start of a second one, and the endpoint of the first.',
    faults: ['addresses.another-address-is-told', 'addresses.subnets-are-not-asked-for'],
    check: async () => {
      const there = await narrow();
      const first = await make.container(inside(there));
      expect(await make.tryToRun(inside(there))).toBeRefused();
      expect((await first.endpoint(there.name)).IPAddress).toBe(there.only);
      expect((await networkView(first)).links['eth0']?.addresses).toContain(`${there.only}/30`);
    },
  },
  {
    id: 'addresses.dynamic.is-given-back-on-stop',
    level: 'must',
    title: 'A container that stops must give back its IPv4 address, so that the next container can have it',
    sources: [stopping],
    observedBy: 'A subnet with room for one container: the endpoint of a stopped one, and the start and the address of another.',
    faults: ['addresses.subnets-are-not-asked-for', 'addresses.nothing-stops'],
    check: async () => {
      const there = await narrow();
      const [first, second] = [await make.container(inside(there)), await make.container({ ...inside(there), started: false })];
      await control(async () => expect((await first.endpoint(there.name)).IPAddress).toBe(there.only));
      await first.stop();
      await control(async () => expect(await addressAfterStop(first, there)).toBe(''));
      await second.start();
      expect((await second.endpoint(there.name)).IPAddress).toBe(there.only);
    },
  },
  {
    id: 'addresses.dynamic.is-given-back-by-a-failed-start',
    level: 'observed',
    title: 'A container whose program cannot be started must not keep an IPv4 address',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/start.go' }],
    observedBy: 'A subnet with room for one container: one whose program does not exist fails to start, and another one starts.',
    faults: [
      'addresses.another-address-is-told',
      'addresses.subnets-are-not-asked-for',
      {
        id: 'addresses.programs-exist',
        title: 'The engine is asked for the program of the image instead of one that does not exist',
        api: [{ method: 'POST', path: refusedOnes, does: 'asks', at: ['Entrypoint'], value: null }],
      },
    ],
    check: async () => {
      const there = await narrow();
      // with an init, which an operator can give to all containers, it would start and then end
      const withoutInit = attachedTo(there, { Init: false });
      expect(await make.tryToRun({ ...inside(there), ...withoutInit, Entrypoint: ['/there/is/no/such/program'] })).toBeRefused();
      const next = await make.claimed.container(inside(there));
      expect((await next.endpoint(there.name)).IPAddress).toBe(there.only);
    },
  },
  // a container that asks for a link-local address
  {
    id: 'addresses.link-local.is-a-further-address',
    level: 'must',
    title: 'An IPv4 link-local address that a container asks for must be there beside the automatic one',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/network/connect' }, run],
    observedBy: 'The addresses that /proc/net inside the container tells of its eth0.',
    faults: ['addresses.another-address-is-told', 'addresses.static-ones-are-not-asked-for'],
    check: async () => {
      const there = await network();
      const container = await make.claimed.container(inside(there, { LinkLocalIPs: ['169.254.7.7'] }));
      const { links } = await networkView(container);
      expect(links['eth0']?.addresses.map((cidr) => cidr.split('/')[0])).toEqual(
        expect.arrayContaining(['169.254.7.7', (await container.endpoint(there.name)).IPAddress]),
      );
    },
  },
]);
