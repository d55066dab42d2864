import { attachedTo, claims, type Container, control, expect, make, networkView, type OwnNetwork, scene } from '../../helpers';

const networkOverview = { docs: 'docs.docker.com/engine/network' };
const connectApi = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkConnect' };
const apiHistory = { docs: 'docs.docker.com/reference/api/engine/version-history/#v148-api-changes' };
const endpointOrder = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/sandbox.go' };
const priorityTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/network_linux_test.go' };
const since28: { version: string; source: string } = {
  version: '28.0.0',
  source: 'gateway priorities since, Engine 28.0 release notes, API 1.48',
};

// it is killed when it is stopped: a shell that has only just been started may not yet heed any other signal
const on = (network: OwnNetwork) => ({ ...attachedTo(network), StopSignal: 'SIGKILL' });

/** Next hops of a container's default routes. */
const gateways = async (container: Container) => (await networkView(container)).gateways;

const named = async (stem: string, more = {}) => {
  const { subnet, gateway } = make.subnet();
  return {
    network: await make.claimed.network({ Name: make.name(stem), IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] }, ...more }),
    gateway,
  };
};

const networks = scene(async () => {
  const [first, last] = await Promise.all([named('a'), named('z')]);
  return { first, last };
});

export default claims([
  // a container in a network whose name sorts last
  {
    id: 'connecting.gateway.first-name-wins',
    level: 'must',
    title: 'Between otherwise equal networks, the IPv4 default route must use that whose name sorts first',
    sources: [connectApi, apiHistory, endpointOrder],
    observedBy:
      'The routes inside a container that is in a network whose name sorts last, and is then connected to one whose name sorts first.',
    faults: ['connecting.connects-nobody'],
    check: async () => {
      const { first, last } = await networks();
      const box = await make.container(on(last.network));
      await control(async () => expect(await gateways(box)).toEqual([last.gateway]));
      await first.network.connect(box);
      expect(await gateways(box)).toEqual([first.gateway]);
    },
  },
  {
    id: 'connecting.gateway.moves-when-its-network-is-left',
    level: 'must',
    title: 'The IPv4 default route must move to another network when its own is disconnected',
    sources: [networkOverview, priorityTests, endpointOrder],
    observedBy: 'The routes inside the container before and after it is disconnected.',
    faults: ['connecting.disconnects-nobody'],
    check: async () => {
      const { first, last } = await networks();
      const box = await make.container(on(last.network));
      await first.network.connect(box);
      await control(async () => expect(await gateways(box)).toContain(first.gateway));
      await first.network.disconnect(box);
      expect(await gateways(box)).toEqual([last.gateway]);
    },
  },
  {
    id: 'connecting.gateway.internal-network-gives-none',
    level: 'must',
    title: "An internal network must not take a container's IPv4 default route, even if its name sorts first",
    sources: [
      networkOverview,
      { docs: 'github.com/moby/libnetwork/issues/1141' },
      { docs: 'docs.docker.com/reference/cli/docker/network/create#internal' },
    ],
    observedBy:
      'The routes inside a container before and after it is connected to an internal network; a network that is not internal does take the route.',
    faults: [
      {
        id: 'connecting.internal-networks-are-open',
        title: 'The engine is not told that a network is to be internal',
        api: [{ method: 'POST', path: /^\/networks\/create/, does: 'asks', at: ['Internal'], value: false }],
      },
    ],
    check: async () => {
      const { first, last } = await networks();
      const [internal, box] = await Promise.all([named('0', { Internal: true }), make.container(on(last.network))]);
      await internal.network.connect(box);
      expect(await gateways(box)).toEqual([last.gateway]);
      await first.network.connect(box);
      await control(async () => expect(await gateways(box)).toContain(first.gateway));
    },
  },
  {
    id: 'connecting.gateway.highest-priority-wins',
    level: 'must',
    title: 'The IPv4 default route must use the network with the highest gateway priority, whatever its name',
    sources: [networkOverview, apiHistory, priorityTests],
    observedBy: 'The routes inside a container that is connected with a priority to a network whose name sorts last.',
    since: since28,
    faults: ['connecting.endpoint-settings-are-lost'],
    check: async () => {
      const { first, last } = await networks();
      const box = await make.container(on(first.network));
      await control(async () => expect(await gateways(box)).toEqual([first.gateway]));
      await last.network.connect(box, { GwPriority: 1 });
      expect(await gateways(box)).toEqual([last.gateway]);
    },
  },
  {
    id: 'connecting.gateway.priority-is-kept',
    level: 'must',
    title: 'GwPriority must be reported by the endpoint, and decide the IPv4 default route after a restart',
    sources: [apiHistory, networkOverview, priorityTests],
    observedBy: 'GwPriority of the endpoint, and the routes inside the container after its restart.',
    since: since28,
    faults: ['connecting.endpoint-settings-are-lost'],
    check: async () => {
      const { first, last } = await networks();
      const box = await make.container(on(first.network));
      await last.network.connect(box, { GwPriority: 7 });
      await box.restart();
      expect(await gateways(box)).toEqual([last.gateway]);
      expect(await box.endpoint(last.network.name)).toMatchObject({ GwPriority: 7 });
    },
  },
  {
    id: 'connecting.gateway.priority-holds-at-creation',
    level: 'must',
    title: 'The gateway priorities of networks given at creation must decide the IPv4 default route',
    sources: [networkOverview, apiHistory, priorityTests],
    observedBy: 'The routes inside a container that was created with two networks, of which the one whose name sorts last has a priority.',
    since: since28,
    faults: ['connecting.create-knows-one-network'],
    check: async () => {
      const { first, last } = await networks();
      const EndpointsConfig = { [first.network.name]: {}, [last.network.name]: { GwPriority: 10 } };
      const box = await make.claimed.container({ ...on(first.network), NetworkingConfig: { EndpointsConfig } });
      expect(await gateways(box)).toEqual([last.gateway]);
    },
  },
  {
    id: 'connecting.gateway.negative-priority-gives-way',
    level: 'must',
    title: 'A network with a negative gateway priority must not take the IPv4 default route from one without',
    sources: [networkOverview, apiHistory, priorityTests],
    observedBy: 'The routes inside a container that is connected with a negative priority to a network whose name sorts first.',
    since: since28,
    faults: ['connecting.endpoint-settings-are-lost', 'connecting.connects-nobody'],
    check: async () => {
      const { first, last } = await networks();
      const box = await make.container(on(last.network));
      await first.network.connect(box, { GwPriority: -1 });
      await control(async () => expect((await networkView(box)).interfaces).toContain('eth1'));
      expect(await gateways(box)).toEqual([last.gateway]);
    },
  },
  {
    id: 'connecting.gateway.each-family-has-its-own',
    level: 'must',
    title: 'An IPv6-only network that is joined must give the IPv6 default route, and leave the IPv4 one',
    sources: [networkOverview, { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' }],
    observedBy: 'The routes inside a container of an IPv4-only network, before and after it is connected to an IPv6-only one.',
    since: { version: '28.0.0', source: 'networks can do without IPv4 since, Engine 28.0 release notes' },
    faults: ['connecting.connects-nobody'],
    check: async () => {
      const { last } = await networks();
      const six = make.subnet6();
      const [box, only6] = await Promise.all([
        make.container(on(last.network)),
        make.claimed.network({
          Name: make.name('a'),
          EnableIPv4: false,
          EnableIPv6: true,
          IPAM: { Config: [{ Subnet: six.subnet, Gateway: six.gateway }] },
        }),
      ]);
      await control(async () => expect(await gateways(box)).toEqual([last.gateway]));
      await only6.connect(box);
      expect((await gateways(box)).sort()).toEqual([last.gateway, six.gateway].sort());
    },
  },
]);
