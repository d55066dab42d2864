import { ask, asksForMac, claims, type Container, context, control, expect, make, networkView } from '../../helpers';

const networkOptions = { docs: 'docs.docker.com/reference/cli/docker/container/run/#network' };
const versionHistory = { docs: 'docs.docker.com/reference/api/engine/version-history/#v144-api-changes' };
const perEndpoint = { version: '25.0.0', source: 'each endpoint has a MacAddress of its own since, API version history of 1.44' };
const perContainer = { version: '29.0.0', source: 'there is no container-wide MacAddress any more since, API version history of 1.52' };

/** A MAC address of the claim's own: locally administered (02), from the addresses of its own subnet. */
function ownMac(firstOctet = '02'): string {
  const octets = make
    .subnet()
    .address(7)
    .split('.')
    .map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return [firstOctet, 'dc', ...octets].join(':');
}

/**
 * The body of a container in a network, with MAC addresses for the endpoint there and for the whole container; it is not
 * waited for when it is stopped before it listens to signals.
 */
const inside = ({ name }: { name: string }, { endpoint, container }: { endpoint?: string; container?: string }) => ({
  StopTimeout: 0,
  HostConfig: { NetworkMode: name },
  NetworkingConfig: { EndpointsConfig: { [name]: { ...(endpoint !== undefined && { MacAddress: endpoint }) } } },
  ...(container !== undefined && { MacAddress: container }),
});

/** As {@link inside}, with a MAC address for the container there, as the engine's API takes it. */
const withMac = ({ name }: { name: string }, mac: string) => ({
  StopTimeout: 0,
  HostConfig: { NetworkMode: name },
  ...asksForMac(context.engine, name, mac),
});

/** The MAC addresses that a container reports in a network, and that its interface has. */
async function macsOf(container: Container, { name }: { name: string }) {
  return { reported: (await container.endpoint(name)).MacAddress, real: (await networkView(container)).links['eth0']?.macAddress };
}

export default claims([
  // a container with a MAC address of its own choice
  {
    id: 'mac.configured.of-the-container-is-used',
    level: 'must',
    title: 'A container-wide MAC address must be that of the interface in its first network, and be reported',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/container/run' }],
    observedBy: 'The endpoint, and /sys/class/net/eth0/address inside the container.',
    until: { ...perContainer, replacedBy: 'mac.configured.of-the-endpoint-is-used' },
    faults: ['mac.one-for-all-is-told', 'mac.none-is-asked-for'],
    check: async () => {
      const [there, mac] = [await make.network(), ownMac()];
      const container = await make.claimed.container(inside(there, { container: mac }));
      expect(await macsOf(container, there)).toEqual({ reported: mac, real: mac });
    },
  },
  {
    id: 'mac.configured.of-the-endpoint-is-used',
    level: 'must',
    title: "An endpoint's configured MAC address must be the one of its interface, and be reported",
    sources: [networkOptions, versionHistory],
    observedBy: 'The endpoint, and /sys/class/net/eth0/address inside the container.',
    since: perEndpoint,
    faults: ['mac.one-for-all-is-told', 'mac.none-is-asked-for'],
    check: async () => {
      const [there, mac] = [await make.network(), ownMac()];
      const container = await make.claimed.container(inside(there, { endpoint: mac }));
      expect(await macsOf(container, there)).toEqual({ reported: mac, real: mac });
    },
  },
  {
    id: 'mac.configured.of-the-container-is-for-its-first-network',
    level: 'observed',
    title: "A container's configured MAC address must be used in its first network alone",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' }],
    observedBy: 'The endpoints of a container that is created in one network and connected to another.',
    until: { ...perContainer, replacedBy: 'mac.configured.of-the-container-is-ignored' },
    faults: ['mac.one-for-all-is-told', 'mac.none-is-told', 'mac.none-is-asked-for'],
    check: async () => {
      const [first, further, mac] = [await make.network(), await make.network(), ownMac()];
      const container = await make.claimed.container(inside(first, { container: mac }));
      await further.connect(container);
      expect((await container.endpoint(first.name)).MacAddress).toBe(mac);
      const { MacAddress } = await container.endpoint(further.name);
      expect(MacAddress).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      expect(MacAddress).not.toBe(mac);
    },
  },
  {
    id: 'mac.configured.survives-a-restart',
    level: 'must',
    title: 'A configured MAC address must still be used after a stop and a start',
    sources: [
      { docs: 'docs.docker.com/engine/release-notes/25.0' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/mac_addr_test.go' },
    ],
    observedBy:
      'The endpoint and the interface after a stop, which the state tells, and a start; the address is given for the endpoint, and for the whole container where the API is older than 1.44.',
    faults: ['addresses.nothing-stops', 'mac.one-for-all-is-told', 'mac.none-is-asked-for'],
    check: async () => {
      const [there, mac] = [await make.network(), ownMac()];
      const container = await make.claimed.container(withMac(there, mac));
      await container.stop();
      expect((await container.inspect()).State.Running).toBe(false);
      await container.start();
      expect(await macsOf(container, there)).toEqual({ reported: mac, real: mac });
    },
  },
  {
    id: 'mac.configured.no-two-for-one-endpoint',
    level: 'must',
    title: "A container's MAC address that differs from its endpoint's must be refused with 400",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/api/server/router/container/container_routes_test.go' }],
    observedBy: 'The answer to its creation, and that no such container is there; with twice the same address it is created.',
    since: perEndpoint,
    until: { ...perContainer, replacedBy: 'mac.configured.of-the-container-is-ignored' },
    faults: ['mac.none-is-asked-for'],
    check: async () => {
      const [there, mac, another, name] = [await make.network(), ownMac(), ownMac(), make.name('torn')];
      await control(() => make.claimed.container({ ...inside(there, { endpoint: mac, container: mac }), started: false }));
      expect((await make.tryContainer({ name, ...inside(there, { endpoint: mac, container: another }) })).status).toBe(400);
      expect((await ask('GET', `/containers/${name}/json`)).status).toBe(404);
    },
  },
  {
    id: 'mac.configured.of-the-container-is-warned-of',
    level: 'must',
    title: "A container-wide MAC address must be answered with a warning, and an endpoint's without",
    sources: [versionHistory, { docs: 'github.com/moby/moby/blob/v28.5.2/api/server/router/container/container_routes_test.go' }],
    observedBy: 'The Warnings of the two answers.',
    requires: ['default-bridge'],
    since: { version: '25.0.0', source: 'the container-wide MacAddress is deprecated, and warned of, since, API version history of 1.44' },
    until: { ...perContainer, replacedBy: 'mac.configured.of-the-container-is-ignored' },
    faults: ['mac.none-is-asked-for'],
    check: async () => {
      const there = await make.network();
      // an engine may warn of its host, too
      const warnings = async (macs: object) =>
        (await make.tryContainer(inside(there, macs))).body.Warnings?.filter((warning) => !/forwarding is disabled/.test(warning));
      expect(await warnings({ endpoint: ownMac() })).toEqual([]);
      expect(await warnings({ container: ownMac() })).toEqual([expect.stringContaining('MacAddress')]);
    },
  },
  {
    id: 'mac.configured.of-the-container-is-ignored',
    level: 'must',
    title: 'A container-wide MAC address must not become that of its interface, nor be reported for its endpoint',
    sources: [{ docs: 'docs.docker.com/reference/api/engine/version-history/#v152-api-changes' }],
    observedBy: 'The endpoint, and /sys/class/net/eth0/address inside; another container is given one for its endpoint.',
    requires: ['docker-engine'],
    since: perContainer,
    faults: [
      'mac.none-is-asked-for',
      {
        id: 'mac.container-wide-one-is-taken',
        title: 'Containers are created by a version of the API that takes a MAC address for the whole container',
        api: [
          {
            method: 'POST',
            path: /^\/containers\/create/,
            does: 'rewrites',
            from: /^\/containers\/create/,
            to: '/v1.51/containers/create',
          },
        ],
        engines: { kind: 'docker', versions: '>=29' },
      },
    ],
    check: async () => {
      const [there, mac, ofTheEndpoint] = [await make.network(), ownMac(), ownMac()];
      const another = await make.container(inside(there, { endpoint: ofTheEndpoint }));
      await control(async () => expect(await macsOf(another, there)).toEqual({ reported: ofTheEndpoint, real: ofTheEndpoint }));
      const { reported, real } = await macsOf(await make.container(inside(there, { container: mac })), there);
      expect(reported).toBe(real);
      expect(real).not.toBe(mac);
    },
  },
  {
    id: 'mac.configured.group-address-fails-the-start',
    level: 'observed',
    title: 'A container must not start with a multicast MAC address',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/osl/interface_linux.go' }],
    observedBy:
      'The answers to its creation and, if it was created, to its start; with the same address but for the bit of groups it starts.',
    faults: ['mac.none-is-asked-for'],
    check: async () => {
      const there = await make.network();
      await control(() => make.claimed.container(withMac(there, ownMac('02'))));
      expect(await make.tryToRun(withMac(there, ownMac('03')))).toBeRefused();
    },
  },
]);
