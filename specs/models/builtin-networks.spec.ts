import { ask, claims, control, engine, expect, lab, make, networkView } from '../../helpers';

const network = (operation: string) => ({ docs: `docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/${operation}` });
const networkOverview = { docs: 'docs.docker.com/engine/network' };
const predefinedTest = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_api_network_test.go' };

interface Addressed {
  IPAM: { Config: { Subnet?: string }[] | null };
}

/** What a network, by its name, has been given of addresses: an entry for each of its subnets. */
async function addressingOf(network: string): Promise<{ Subnet?: string }[]> {
  const { body } = await ask<Addressed>('GET', `/networks/${network}`);
  return body.IPAM.Config ?? [];
}

export default claims([
  // the networks that an engine brings
  {
    id: 'models.builtin.cannot-be-removed',
    level: 'must',
    title: 'Removing a built-in network must be forbidden, and leave it there',
    sources: [network('NetworkDelete'), predefinedTest],
    observedBy: 'DELETE /networks/{id} of each network that the engine itself made is answered with 403; its id still leads to it.',
    faults: ['models.removal-is-pretended', 'models.builtin-networks-are-forgotten'],
    check: async () => {
      const networks = await engine.builtinNetworks();
      expect(networks.length).toBeGreaterThan(0);
      for (const { Id } of networks) {
        expect(await ask('DELETE', `/networks/${Id}`)).toMatchObject({ status: 403 });
        expect(await engine.networkIfAny(Id)).toMatchObject({ Id });
      }
    },
  },
  {
    id: 'models.builtin.names-are-reserved',
    level: 'must',
    title: 'Creating a network called bridge, host, none or default must be forbidden',
    sources: [network('NetworkCreate'), predefinedTest, { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/network/network_mode_unix.go' }],
    observedBy: 'POST /networks/create with each of these names is answered with 403; with another name it creates a network.',
    requires: ['outside-swarm'],
    faults: [
      {
        id: 'models.networks-get-another-name',
        title: 'The engine is asked for a network with another name than the one that is reserved',
        api: ['bridge', 'host', 'none', 'default'].map((name) => ({
          method: 'POST',
          path: /^\/networks\/create/,
          does: 'asks',
          at: ['Name'],
          value: `no-longer-${name}`,
          where: { at: ['Name'], is: name },
        })),
      },
    ],
    check: async () => {
      for (const Name of ['bridge', 'host', 'none', 'default']) expect(await make.tryNetwork({ Name })).toMatchObject({ status: 403 });
      await control(async () => expect(await make.tryNetwork()).toMatchObject({ status: 201 }));
    },
  },
  {
    id: 'models.builtin.host-and-null-are-single',
    level: 'observed',
    title: 'A second network of the driver host or null must be forbidden',
    sources: [
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/host/host.go' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/null/null.go' },
    ],
    observedBy: 'POST /networks/create with each of the two drivers is answered with 403, and with the driver bridge it creates a network.',
    requires: ['host-network'],
    faults: [
      {
        id: 'models.networks-get-another-driver',
        title: 'The engine is asked for bridges where a second network of the driver host or null is wanted',
        api: [{ method: 'POST', path: /^\/networks\/create/, does: 'asks', at: ['Driver'], value: 'bridge' }],
      },
    ],
    check: async () => {
      for (const Driver of ['host', 'null']) expect(await make.tryNetwork({ Driver })).toMatchObject({ status: 403 });
      await control(async () => expect(await make.tryNetwork({ Driver: 'bridge' })).toMatchObject({ status: 201 }));
    },
  },
  {
    id: 'models.builtin.host-and-none-have-no-subnet',
    level: 'observed',
    title: 'The networks host and none must have no subnet',
    sources: [
      { docs: 'docs.docker.com/engine/network/drivers/host' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/daemon_unix.go (configureNetworking)' },
    ],
    observedBy: 'IPAM.Config of both network objects is empty, while that of the default bridge has a subnet.',
    requires: ['host-network', 'default-bridge'],
    faults: [
      {
        id: 'models.host-network-has-a-subnet',
        title: 'The networks host and none are told to have a subnet',
        api: [
          {
            method: 'GET',
            path: /^\/networks\/(host|none)$/,
            does: 'answers',
            at: ['IPAM', 'Config'],
            value: [{ Subnet: '192.0.2.0/24' }],
          },
        ],
      },
    ],
    check: async () => {
      await control(async () =>
        expect(await addressingOf('bridge')).toContainEqual(expect.objectContaining({ Subnet: expect.stringContaining('/') })),
      );
      for (const network of ['host', 'none']) expect(await addressingOf(network)).toEqual([]);
    },
  },
  {
    id: 'models.builtin.outlive-a-prune',
    level: 'must',
    title: 'Pruning unused networks must keep the built-in ones',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/network/prune' }, networkOverview],
    observedBy:
      'In a lab of its own, POST /networks/prune removes an unused network of a user, and the list of those that the engine itself made is what it was.',
    requires: ['own-lab'],
    faults: [
      'models.builtin-networks-are-forgotten',
      {
        id: 'models.prune-does-nothing',
        title: 'The engine says that it has pruned networks, and has not',
        api: [{ method: 'POST', path: /^\/networks\/prune/, does: 'pretends', status: 200 }],
      },
    ],
    check: async () => {
      const own = await lab([], 'pruned');
      const { body: unused } = await own.ask<{ Id: string }>('POST', '/networks/create', { Name: own.make.name('unused') });
      await control(async () => expect(await own.engine.networkIfAny(unused.Id)).toMatchObject({ Id: unused.Id }));
      const before = await own.engine.builtinNetworks();
      expect(before.length).toBeGreaterThan(0);
      expect(await own.ask('POST', '/networks/prune')).toMatchObject({ status: 200 });
      await control(async () => expect(await own.engine.networkIfAny(unused.Id)).toBeUndefined());
      expect((await own.engine.builtinNetworks()).map(({ Id }) => Id).sort()).toEqual(before.map(({ Id }) => Id).sort());
    },
  },
  {
    id: 'models.builtin.bridge-can-be-left-out',
    level: 'must',
    title: 'With --bridge=none there must be no default bridge, and a plain container must have loopback alone',
    sources: [
      { docs: 'docs.docker.com/reference/cli/dockerd' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/network_linux_test.go' },
    ],
    observedBy: 'In a lab of its own: the list of networks, and the links inside a container.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'models.bridge-is-there-all-the-same',
        title: 'The daemon is not told to do without a default bridge',
        labArgs: [],
      },
    ],
    check: async () => {
      const own = await lab(['--bridge=none']);
      const { body: networks } = await own.ask<{ Name: string }[]>('GET', '/networks');
      expect(networks.map(({ Name }) => Name).sort()).toEqual(['host', 'none']);
      const { interfaces } = await networkView(await own.make.claimed.container());
      expect(interfaces).toEqual(['lo']);
    },
  },
  {
    id: 'models.builtin.bridge-has-the-defaults',
    level: 'must',
    title: 'The network bridge must be a local, not internal IPv4 network of the IPAM driver default',
    sources: [network('NetworkInspect'), predefinedTest],
    observedBy: 'Scope, Internal, EnableIPv6, Ingress, ConfigOnly and the IPAM driver of GET /networks/bridge.',
    requires: ['default-bridge', 'ipv4-only-default-bridge'],
    faults: [
      {
        id: 'models.bridge-is-internal',
        title: 'The network bridge says that it is internal',
        api: [{ method: 'GET', path: /^\/networks\/bridge$/, does: 'answers', at: ['Internal'], value: true }],
      },
      {
        id: 'models.bridge-has-other-ipam',
        title: 'The network bridge names another IPAM driver',
        api: [{ method: 'GET', path: /^\/networks\/bridge$/, does: 'answers', at: ['IPAM', 'Driver'], value: 'null' }],
      },
    ],
    check: async () => {
      expect(await ask('GET', '/networks/bridge')).toMatchObject({
        status: 200,
        body: { Scope: 'local', Internal: false, EnableIPv6: false, Ingress: false, ConfigOnly: false, IPAM: { Driver: 'default' } },
      });
    },
  },
  {
    id: 'models.drivers.all-of-dockers-are-there',
    level: 'must',
    title: 'Docker must offer the network drivers bridge, host, null, overlay, macvlan and ipvlan',
    sources: [{ docs: 'docs.docker.com/engine/network/drivers' }],
    observedBy: 'GET /info lists the network drivers that the engine has.',
    requires: ['docker-engine'],
    faults: [
      {
        id: 'models.drivers-are-missing',
        title: 'The engine lists neither overlay nor ipvlan among its drivers',
        api: [
          { method: 'GET', path: /^\/info$/, does: 'answers', at: ['Plugins', 'Network'], value: ['bridge', 'host', 'macvlan', 'null'] },
        ],
      },
    ],
    check: async () => {
      expect(await engine.networkDrivers()).toEqual(expect.arrayContaining(['bridge', 'host', 'null', 'overlay', 'macvlan', 'ipvlan']));
    },
  },
]);
