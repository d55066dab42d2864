import { rules } from '../../fixtures/faults/trials/isolation';
import {
  attachedTo,
  claims,
  type Container,
  control,
  expect,
  externalHost,
  type ExternalHost,
  freePorts,
  host,
  lab,
  make,
  mustRun,
  networkView,
  type OwnLab,
  scene,
} from '../../helpers';

const createReference = { docs: 'docs.docker.com/reference/cli/docker/network/create/#internal' };
const publishingPage = { docs: 'docs.docker.com/engine/network/port-publishing' };
const bridgeTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' };
const engine25 = { docs: 'docs.docker.com/engine/release-notes/25.0' };

/** From this version on a container with internal networks only has no default route. */
const noRoute = {
  version: '25.0.0',
  source: 'containers with internal networks only have no default route since, Engine 25.0 release notes',
};

const published = { '80/tcp': [{ HostPort: '' }] };

/** An internal network with two servers, and an ordinary one with a server that publishes its port and somebody who asks. */
const world = scene(async () => {
  const [inner, outer] = await Promise.all([make.claimed.network({ Internal: true }), make.network()]);
  const [one, other, outside, ordinary] = await Promise.all([
    make.server({ member: 'one', ...attachedTo(inner) }),
    make.server({ member: 'other', ...attachedTo(inner) }),
    make.server({ member: 'outside', ...attachedTo(outer, { PortBindings: published }) }),
    make.container({ member: 'ordinary', ...attachedTo(outer) }),
  ]);
  const { Gateway } = await outside.endpoint(outer.name);
  return {
    inner,
    outer,
    one,
    other,
    outside,
    ordinary,
    innerOrigin: await other.origin(inner.name),
    outerOrigin: await outside.origin(outer.name),
    outsideOrigin: `http://${Gateway}:${await outside.hostPort(80)}`,
  };
});

/** An internal network with both families and a server and a peer, and a container of an ordinary network with IPv6. */
const sixfold = scene(async () => {
  const [ofInner, ofOuter] = [make.subnet6(), make.subnet6()];
  const [inner, outer] = await Promise.all([
    make.claimed.network({ Internal: true, EnableIPv6: true, IPAM: { Config: [{ Subnet: ofInner.subnet }] } }),
    make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: ofOuter.subnet }] } }),
  ]);
  const [server, peer, stranger] = await Promise.all([
    make.server({ member: 'server', ...attachedTo(inner) }),
    make.container({ member: 'peer', ...attachedTo(inner) }),
    make.server({ member: 'stranger', ...attachedTo(outer) }),
  ]);
  const originOn = async (container: Container, net: { name: string }) =>
    `http://[${(await container.endpoint(net.name)).GlobalIPv6Address}]`;
  return { server, peer, stranger, innerOrigin: await originOn(server, inner), outerOrigin: await originOn(stranger, outer) };
});

/** A container of an ordinary network reaches the port that its peer published on the host. */
async function outsideIsReached(): Promise<void> {
  const { ordinary, outside, outsideOrigin } = await world();
  expect(await ordinary.fetches(outsideOrigin)).toBeReached({ by: outside });
}

/** An internal network of a claim's own, and a container on it. */
async function inside() {
  const net = await make.claimed.network({ Internal: true });
  const container = await make.container({ member: 'inside', ...attachedTo(net) });
  return { container, endpoint: await container.endpoint(net.name) };
}

/** A container of an ordinary network. */
async function ordinaryOn({ make: { network, container } }: OwnLab): Promise<Container> {
  const net = await network();
  return container({ member: 'ordinary', ...attachedTo(net) });
}

/**
 * A container of an internal network that has given itself a default route to the host's address on the bridge.
 * @param before done when the network is there and the container is not
 */
async function insideWithRouteOut({ make: making }: OwnLab, before = () => Promise.resolve()): Promise<Container> {
  const net = await making.claimed.network({ Internal: true });
  await before();
  const prisoner = await making.container({ member: 'inside', ...attachedTo(net, { CapAdd: ['NET_ADMIN'] }) });
  const bridge = (await net.inspect()).IPAM?.Config?.[0]?.Gateway ?? '';
  await mustRun(prisoner, ['ip', 'route', 'replace', 'default', 'via', bridge]);
  return prisoner;
}

async function mustStayInside(
  { make: { betweenNetworks } }: OwnLab,
  inside: Container,
  ordinary: Container,
  { address, machine }: ExternalHost,
): Promise<void> {
  const outsideIsThere = async () => expect(await ordinary.fetches(`http://${address}:80`)).toBeReached({ by: machine });
  await control(outsideIsThere);
  expect(await betweenNetworks(() => inside.fetches(`http://${address}:80`))).toBeOutcome('timed-out');
  await control(outsideIsThere);
}

export default claims([
  // an internal network
  {
    id: 'isolation.internal.peers-reach-each-other',
    level: 'must',
    title: 'With default options, containers of an internal network must reach each other by IPv4 and by name',
    sources: [createReference],
    observedBy: "curl inside one container fetches the other's address, and its name.",
    faults: ['isolation.servers-are-closed'],
    check: async () => {
      const { one, other, innerOrigin } = await world();
      expect(await one.fetches(innerOrigin)).toBeReached({ by: other });
      expect(await one.fetches(`http://${other.containerName}:80`)).toBeReached({ by: other });
    },
  },
  {
    id: 'isolation.internal.has-no-default-route',
    level: 'must',
    title: 'A container on an internal network alone must have no IPv4 default route',
    sources: [createReference, engine25],
    observedBy: "The container's routes in /proc/net; a container of an ordinary network has one.",
    since: noRoute,
    faults: ['isolation.internal-is-lost'],
    check: async () => {
      const [{ ordinary }, { container }] = await Promise.all([world(), inside()]);
      await control(async () => expect((await networkView(ordinary)).gateways).toHaveLength(1));
      expect((await networkView(container)).gateways).toEqual([]);
    },
  },
  {
    id: 'isolation.internal.lists-no-gateway',
    level: 'observed',
    title: 'Gateway of a container on an internal network alone must be empty',
    sources: [
      engine25,
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerInspect' },
      { docs: 'github.com/moby/moby/commit/cbc2a71c27' },
    ],
    observedBy: "The endpoint of the container; that of a container of an ordinary network names its network's gateway.",
    since: noRoute,
    faults: ['isolation.internal-is-lost'],
    check: async () => {
      const [{ outer, ordinary }, { endpoint }] = await Promise.all([world(), inside()]);
      await control(async () => expect((await ordinary.endpoint(outer.name)).Gateway).toMatch(/\d/));
      expect(endpoint.Gateway).toBe('');
    },
  },
  {
    id: 'isolation.internal.outside-is-unreachable-at-once',
    level: 'must',
    title: 'From internal networks alone, an IPv4 connection outwards must fail as unreachable, and not time out',
    sources: [engine25],
    observedBy:
      "curl inside the container fetches a published port at another network's gateway, which a container of an ordinary network reaches.",
    requires: ['published-ports', 'host-input'],
    since: noRoute,
    faults: ['isolation.internal-is-lost', 'isolation.host-cannot-reach-servers'],
    check: async () => {
      const [{ outsideOrigin }, { container }] = await Promise.all([world(), inside()]);
      await control(outsideIsReached);
      expect(await container.fetches(outsideOrigin)).toBeOutcome('unreachable');
      await control(outsideIsReached);
    },
  },
  {
    id: 'isolation.internal.outside-is-dropped',
    level: 'observed',
    title: 'From an internal network alone, IPv4 connections outwards must be dropped, despite a default route',
    sources: [engine25, { docs: 'github.com/moby/moby/blob/v24.0.7/libnetwork/drivers/bridge/bridge.go' }],
    observedBy: "curl inside the container fetches another network's container, and its routes in /proc/net.",
    requires: ['docker-engine'],
    until: { ...noRoute, replacedBy: 'isolation.internal.outside-is-unreachable-at-once' },
    faults: ['isolation.everything-is-forwarded', 'isolation.containers-have-no-curl'],
    check: async () => {
      const [{ ordinary, outside, outerOrigin }, { container, endpoint }] = await Promise.all([world(), inside()]);
      const peerGetsThrough = async () => expect(await ordinary.fetches(outerOrigin)).toBeReached({ by: outside });
      expect((await networkView(container)).gateways).toEqual([endpoint.Gateway]);
      await control(peerGetsThrough);
      expect(await make.betweenNetworks(() => container.fetches(outerOrigin))).toBeOutcome('timed-out');
      await control(peerGetsThrough);
    },
  },
  // an internal network and what is around its host
  {
    id: 'isolation.internal.own-route-leads-nowhere',
    level: 'must',
    title: 'An internal network must stay isolated even if a container adds an IPv4 default route',
    sources: [createReference],
    observedBy:
      "A container that may change its routes sets one to the bridge's address and fetches a remote machine; a container of an ordinary network gets through.",
    requires: ['own-lab'],
    faults: ['isolation.everything-is-forwarded', 'isolation.internal-is-lost', 'isolation.containers-have-no-curl'],
    check: async () => {
      const own = await lab();
      const far = await externalHost(own);
      const ordinary = await ordinaryOn(own);
      await mustStayInside(own, await insideWithRouteOut(own), ordinary, far);
    },
  },
  {
    id: 'isolation.internal.outlasts-that-forwarding-is-turned-on',
    level: 'must',
    title: 'An internal network must stay isolated when IPv4 forwarding is enabled after its containers started',
    sources: [createReference],
    observedBy:
      'As for a host that forwarded before: a container that gave itself a default route fetches a remote machine; one of an ordinary network gets through.',
    requires: ['own-lab'],
    faults: ['isolation.everything-is-forwarded', 'isolation.internal-is-lost', 'isolation.containers-have-no-curl'],
    check: async () => {
      const own = await lab([], 'forwarding');
      const setForwarding = (value: 0 | 1) => mustRun(own.host, ['sh', '-c', `echo ${value} >/proc/sys/net/ipv4/ip_forward`]);
      const far = await externalHost(own);
      // with nftables no network is made where the host does not forward
      const inside = await insideWithRouteOut(own, () => setForwarding(0));
      await setForwarding(1);
      await mustStayInside(own, inside, await ordinaryOn(own), far);
    },
  },
  // an internal network
  {
    id: 'isolation.internal.host-reaches-its-containers',
    level: 'must',
    title: "Unless its gateway mode is isolated, the host must reach an internal network's containers over IPv4",
    sources: [createReference, publishingPage],
    observedBy: "curl on the host fetches the container's address.",
    requires: ['host-bridges'],
    faults: ['isolation.host-cannot-reach-servers'],
    check: async () => {
      const { other, innerOrigin } = await world();
      expect(await host.fetches(innerOrigin)).toBeReached({ by: other });
    },
  },
  // an internal network and what is around its host
  {
    id: 'isolation.internal.reaches-the-host-at-its-bridge',
    level: 'must',
    title: "Unless gateway mode is isolated, internal networks must reach the host at the bridge's IPv4 address",
    sources: [createReference, publishingPage],
    observedBy: "curl inside the container fetches a server in host mode at the address that the host has on the network's bridge.",
    requires: ['own-lab'],
    faults: [
      {
        id: 'isolation.host-is-closed',
        title: "The host's own port 80 is silent",
        ...rules('-I INPUT -p tcp --dport 80 -j DROP'),
      },
    ],
    check: async () => {
      const own = await lab();
      const net = await own.make.claimed.network({ Internal: true });
      const [hostServer, inside] = await Promise.all([
        own.make.server({ HostConfig: { NetworkMode: 'host' } }),
        own.make.container(attachedTo(net)),
      ]);
      const bridge = (await net.inspect()).IPAM?.Config?.[0]?.Gateway ?? '';
      expect(await inside.fetches(`http://${bridge}:80`)).toBeReached({ by: hostServer });
    },
  },
  // an internal network
  {
    id: 'isolation.internal.publishes-nothing',
    level: 'observed',
    title: 'A container on an internal network alone must publish no port',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/endpoint.go' }],
    observedBy:
      'The Ports of the container, and curl on the host at the port that was asked for; the container itself answers at its address.',
    faults: ['isolation.internal-is-lost', 'isolation.host-cannot-reach-servers'],
    check: async () => {
      const [net, port] = [await make.claimed.network({ Internal: true }), await freePorts(host)];
      const server = await make.server(attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort: String(port) }] } }));
      const serverAnswers = async () => expect(await host.fetches(await server.origin(net.name))).toBeReached({ by: server });
      await control(serverAnswers);
      const bindings = Object.values((await server.inspect()).NetworkSettings.Ports ?? {}).flatMap((it) => it ?? []);
      expect(bindings).toEqual([]);
      expect(await host.fetches(`http://127.0.0.1:${port}`)).toBeOutcome('refused');
      await control(serverAnswers);
    },
  },
  {
    id: 'isolation.internal.is-closed-to-other-networks',
    level: 'must',
    title: 'Containers of other networks must not reach those of an internal network over IPv4',
    sources: [createReference],
    observedBy: "curl inside a container of an ordinary network fetches the internal one's address; its peer gets through.",
    faults: ['isolation.everything-is-forwarded', 'isolation.servers-are-closed', 'isolation.containers-have-no-curl'],
    check: async () => {
      const { one, other, ordinary, innerOrigin } = await world();
      const peerGetsThrough = async () => expect(await one.fetches(innerOrigin)).toBeReached({ by: other });
      await control(peerGetsThrough);
      expect(await make.betweenNetworks(() => ordinary.fetches(innerOrigin))).toBeOutcome('timed-out');
      await control(peerGetsThrough);
    },
  },
  {
    id: 'isolation.internal.second-network-leads-out',
    level: 'must',
    title: 'A container of an internal network must get out over IPv4 by a second, ordinary network',
    sources: [createReference, { docs: 'docs.docker.com/engine/network' }],
    observedBy:
      "The container's routes and what it fetches from outside, before and after it is connected, and after it is disconnected again.",
    requires: ['published-ports', 'host-input'],
    faults: [
      'isolation.host-cannot-reach-servers',
      {
        id: 'isolation.connect-is-not-passed-on',
        title: 'The API says that a container was connected to a network, which it was not',
        api: [{ method: 'POST', path: /^\/networks\/[^/]+\/connect/, does: 'pretends', status: 200 }],
      },
      {
        id: 'isolation.disconnect-is-not-passed-on',
        title: 'The API says that a container was disconnected from a network, which it was not',
        api: [{ method: 'POST', path: /^\/networks\/[^/]+\/disconnect/, does: 'pretends', status: 200 }],
      },
    ],
    check: async () => {
      const { inner, outer, outside, outsideOrigin } = await world();
      const member = await make.container(attachedTo(inner));
      const staysInside = async () => expect(await member.fetches(outsideOrigin)).not.toBeReached({ by: outside });
      await control(outsideIsReached);
      await staysInside();
      await outer.connect(member);
      expect((await networkView(member)).gateways).toEqual([(await member.endpoint(outer.name)).Gateway]);
      expect(await member.fetches(outsideOrigin)).toBeReached({ by: outside });
      await outer.disconnect(member);
      await staysInside();
      await control(outsideIsReached);
    },
  },
  // an internal network with IPv6
  {
    id: 'isolation.internal.peers-reach-each-other-by-ipv6',
    level: 'must',
    title: 'With default options, containers of an internal network must reach each other over IPv6',
    sources: [createReference, bridgeTests],
    observedBy: "curl inside one container fetches the other's IPv6 address.",
    requires: ['ipv6-forwarding'],
    faults: ['isolation.servers-are-closed'],
    check: async () => {
      const { server, peer, innerOrigin } = await sixfold();
      expect(await peer.fetches(innerOrigin)).toBeReached({ by: server });
    },
  },
  {
    id: 'isolation.internal.has-no-ipv6-default-route',
    level: 'must',
    title: 'A container on an internal network alone must have no IPv6 default route, and reach nobody beyond',
    sources: [createReference, bridgeTests],
    observedBy:
      "The container's routes, and curl inside it to the IPv6 address of a server on an ordinary network, which has such a route and answers itself.",
    requires: ['ipv6-forwarding'],
    since: noRoute,
    faults: ['isolation.internal-is-lost'],
    check: async () => {
      const { peer, stranger, outerOrigin } = await sixfold();
      const ofIPv6 = async (container: Container) => (await networkView(container)).gateways.filter((gateway) => gateway.includes(':'));
      const listens = async () => expect(await stranger.fetches(outerOrigin)).toBeReached({ by: stranger });
      await control(async () => expect(await ofIPv6(stranger)).toHaveLength(1));
      await control(listens);
      expect(await ofIPv6(peer)).toEqual([]);
      expect(await peer.fetches(outerOrigin)).toBeOutcome('unreachable');
      await control(listens);
    },
  },
  {
    id: 'isolation.internal.is-closed-to-other-networks-by-ipv6',
    level: 'must',
    title: 'Containers of other networks must not reach those of an internal network over IPv6',
    sources: [createReference, bridgeTests],
    observedBy: "curl inside a container of an ordinary network fetches the internal one's IPv6 address; its peer gets through.",
    requires: ['ipv6-forwarding', 'ipv6-firewall-rules'],
    since: { version: '27.0.1', source: 'ip6tables is on by default since, Engine 27 release notes' },
    faults: ['isolation.everything-is-forwarded', 'isolation.servers-are-closed', 'isolation.containers-have-no-curl'],
    check: async () => {
      const { server, peer, stranger, innerOrigin } = await sixfold();
      const peerGetsThrough = async () => expect(await peer.fetches(innerOrigin)).toBeReached({ by: server });
      await control(peerGetsThrough);
      expect(await stranger.fetches(innerOrigin)).toBeOutcome('timed-out');
      await control(peerGetsThrough);
    },
  },
  {
    id: 'isolation.internal.another-internal-one-is-unreachable-at-once',
    level: 'must',
    title: 'From an internal network alone, containers of another internal one must be unreachable over IPv4',
    sources: [engine25, bridgeTests],
    observedBy: "curl inside a container of an internal network fetches the other one's address; a peer there gets through.",
    since: noRoute,
    faults: ['isolation.internal-is-lost', 'isolation.servers-are-closed'],
    check: async () => {
      const [{ one, other, innerOrigin }, { peer }] = await Promise.all([world(), sixfold()]);
      const peerGetsThrough = async () => expect(await one.fetches(innerOrigin)).toBeReached({ by: other });
      await control(peerGetsThrough);
      expect(await peer.fetches(innerOrigin)).toBeOutcome('unreachable');
      await control(peerGetsThrough);
    },
  },
]);
