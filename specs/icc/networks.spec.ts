import { noCurlInside } from '../../fixtures/faults/trials/broken-tool';
import { attachedTo, claims, type Container, control, expect, host, lookUp, make, scene } from '../../helpers';

const bridgeDriver = { docs: 'docs.docker.com/engine/network/drivers/bridge' };
const publishingPage = { docs: 'docs.docker.com/engine/network/port-publishing' };

const withoutIcc = { 'com.docker.network.bridge.enable_icc': 'false' };
const published = { '80/tcp': [{ HostPort: '' }] };

/** A network without inter-container communication, a container that asks, and a server that publishes its port. */
const world = scene(async () => {
  const net = await make.claimed.network({ Options: withoutIcc });
  const [peer, server] = await Promise.all([
    make.server({ member: 'peer', ...attachedTo(net) }),
    make.server({ member: 'server', ...attachedTo(net, { PortBindings: published }) }),
  ]);
  return { net, peer, server, origin: await server.origin(net.name) };
});

/** Fetches a server that must be out of reach, while the host does reach it. */
async function onlyTheHostReaches(server: Container, origin: string, from: Container): Promise<void> {
  const hostGetsThrough = async () => expect(await host.fetches(origin)).toBeReached({ by: server });
  await control(hostGetsThrough);
  expect(await from.fetches(origin)).toBeOutcome('timed-out');
  await control(hostGetsThrough);
}

/** A container that asks and a server, on a network of their own without inter-container communication. */
async function twoOn(body: object) {
  const net = await make.claimed.network({ ...body, Options: withoutIcc });
  const [peer, server] = await Promise.all([make.container(attachedTo(net)), make.server(attachedTo(net))]);
  return { net, peer, server };
}

export default claims([
  // a network without inter-container communication
  {
    id: 'icc.off.peers-cannot-reach-each-other',
    level: 'must',
    title: 'Two containers on a network with enable_icc=false must not reach each other over IPv4',
    sources: [bridgeDriver],
    observedBy: "curl inside each container fetches the other's address; the host gets through to the same servers.",
    requires: ['firewall-rules'],
    faults: ['icc.bridges-are-not-filtered', 'icc.option-is-lost', 'icc.host-cannot-reach-servers'],
    check: async () => {
      const { net, peer, server, origin } = await world();
      const peersOrigin = await peer.origin(net.name);
      await Promise.all([onlyTheHostReaches(peer, peersOrigin, server), onlyTheHostReaches(server, origin, peer)]);
    },
  },
  // other networks without inter-container communication
  {
    id: 'icc.off.ipv6-is-dropped-too',
    level: 'must',
    title: 'A container on a network with enable_icc=false must not reach its peer over IPv6',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/27' }, bridgeDriver],
    observedBy: "curl inside one container fetches the other's IPv6 address; the host gets through to the same server.",
    requires: ['ipv6-firewall-rules', 'ipv6-forwarding'],
    since: { version: '27.0.1', source: 'ip6tables is on by default since, Engine 27 release notes' },
    faults: [
      'icc.option-is-lost',
      {
        id: 'icc.containers-have-no-curl',
        title: 'curl is not there in containers',
        mayKill: 'any',
        endsInError: true,
        api: noCurlInside,
      },
    ],
    check: async () => {
      const { net, peer, server } = await twoOn({ EnableIPv6: true, IPAM: { Config: [{ Subnet: make.subnet6().subnet }] } });
      await onlyTheHostReaches(server, `http://[${(await server.endpoint(net.name)).GlobalIPv6Address}]:80`, peer);
    },
  },
  // a network without inter-container communication
  {
    id: 'icc.off.publishing-does-not-open-the-address',
    level: 'must',
    title: "With enable_icc=false, a published port must stay closed to peers at the container's IPv4 address",
    sources: [bridgeDriver, publishingPage],
    observedBy: "curl inside the peer fetches the container's address; at the host's address somebody gets through.",
    requires: ['firewall-rules'],
    faults: ['icc.bridges-are-not-filtered', 'icc.host-cannot-reach-servers'],
    check: async () => {
      const { peer, server, origin } = await world();
      await onlyTheHostReaches(server, origin, peer);
    },
  },
  {
    id: 'icc.off.published-ports-are-open-at-the-host',
    level: 'observed',
    title: 'With enable_icc=false and docker-proxy, peers must reach published ports at their IPv4 gateway',
    sources: [publishingPage, { docs: 'github.com/moby/moby/pull/53723' }],
    observedBy:
      "curl inside the peer fetches the published port at the network's gateway. Without docker-proxy engines up to 29 keep it closed, which upstream discusses in the pull request.",
    requires: ['published-ports', 'userland-proxy', 'host-input'],
    faults: ['icc.host-cannot-reach-servers'],
    check: async () => {
      const { net, peer, server } = await world();
      const { Gateway } = await peer.endpoint(net.name);
      expect(await peer.fetches(`http://${Gateway}:${await server.hostPort(80)}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'icc.off.host-reaches-the-containers',
    level: 'must',
    title: 'The host must reach containers on a network with enable_icc=false at their IPv4 addresses',
    sources: [publishingPage],
    observedBy: "curl on the host fetches both containers' addresses.",
    requires: ['host-bridges'],
    faults: ['icc.host-cannot-reach-servers'],
    check: async () => {
      const { net, peer, server, origin } = await world();
      expect(await host.fetches(await peer.origin(net.name))).toBeReached({ by: peer });
      expect(await host.fetches(origin)).toBeReached({ by: server });
    },
  },
  {
    id: 'icc.off.names-resolve',
    level: 'must',
    title: 'On a user-defined network with enable_icc=false, the name of a peer must resolve',
    sources: [bridgeDriver],
    observedBy: "The answer of the container's name server, held against the address that the engine lists.",
    faults: [
      {
        id: 'icc.another-address-is-told',
        title: 'The API tells another address of each container',
        api: [
          {
            method: 'GET',
            path: /^\/containers\/[^/]+\/json/,
            does: 'answers',
            at: ['NetworkSettings', 'Networks', '*', 'IPAddress'],
            value: '192.0.2.1',
          },
        ],
      },
    ],
    check: async () => {
      const { net, peer, server } = await world();
      const { records } = await lookUp(peer, server.containerName);
      expect(records.map(({ data }) => data)).toEqual([(await server.endpoint(net.name)).IPAddress]);
    },
  },
  {
    id: 'icc.off.second-network-joins',
    level: 'must',
    title: 'Containers kept apart by enable_icc=false must reach each other over IPv4 on a second network',
    sources: [bridgeDriver],
    observedBy: "curl inside one container fetches the other's address in the second network, and gets no answer from that in the first.",
    faults: ['icc.servers-are-closed'],
    check: async () => {
      const { net } = await world();
      const second = await make.network();
      const [asking, server] = await Promise.all([make.container(attachedTo(net)), make.server(attachedTo(net))]);
      await Promise.all([second.connect(asking), second.connect(server)]);
      await control(async () => expect(await asking.fetches(await server.origin(net.name))).toBeOutcome('timed-out'));
      expect(await asking.fetches(await server.origin(second.name))).toBeReached({ by: server });
    },
  },
  // other networks without inter-container communication
  {
    id: 'icc.off.internal-networks-obey-it',
    level: 'must',
    title: 'A container on an internal network with enable_icc=false must not reach its peer over IPv4',
    sources: [bridgeDriver, { docs: 'docs.docker.com/reference/cli/docker/network/create' }],
    observedBy: "curl inside one container fetches the other's address; the host gets through to the same server.",
    requires: ['firewall-rules'],
    faults: ['icc.option-is-lost'],
    check: async () => {
      const { net, peer, server } = await twoOn({ Internal: true });
      await onlyTheHostReaches(server, await server.origin(net.name), peer);
    },
  },
  // a network without inter-container communication
  {
    id: 'icc.links.nothing-on-user-networks',
    level: 'observed',
    title: "With enable_icc=false, a --link must not open its source's exposed port on a user-defined network",
    sources: [{ docs: 'github.com/moby/moby/issues/31453' }],
    observedBy: 'curl inside the linked container fetches the exposed port of the other by the alias of the link, which resolves.',
    requires: ['docker-engine', 'firewall-rules'],
    faults: ['icc.bridges-are-not-filtered', 'icc.links-are-lost'],
    check: async () => {
      const { net, server, origin } = await world();
      const linked = await make.claimed.container({
        ...attachedTo(net),
        NetworkingConfig: { EndpointsConfig: { [net.name]: { Links: [`${server.containerName}:linked`] } } },
      });
      await control(async () => expect((await lookUp(linked, 'linked')).records).toHaveLength(1));
      await onlyTheHostReaches(server, origin, linked);
    },
  },
]);
