import { attachedTo, claims, type Container, control, expect, host, lab, make, mustRun, scene } from '../../helpers';

const bridgeDriver = { docs: 'docs.docker.com/engine/network/drivers/bridge' };
const publishingPage = { docs: 'docs.docker.com/engine/network/port-publishing' };

const published = { '80/tcp': [{ HostPort: '' }] };

/** `http://[address]:80` of a container's server, at its IPv6 address in a network. */
const origin6 = async (server: Container, network: string) => `http://[${(await server.endpoint(network)).GlobalIPv6Address}]:80`;

/** Fetches what must be out of reach, while somebody else does reach that very server. */
async function mustNotReach(from: Container, origin: string, reached: () => Promise<void>): Promise<void> {
  await control(reached);
  expect(await make.betweenNetworks(() => from.fetches(origin))).toBeOutcome('timed-out');
  await control(reached);
}

const two = scene(async () => {
  const [here, there] = await Promise.all([make.network(), make.network()]);
  const [stranger, peer, server] = await Promise.all([
    make.server({ member: 'stranger', ...attachedTo(here) }),
    make.server({ member: 'peer', ...attachedTo(there) }),
    make.server(attachedTo(there, { PortBindings: published })),
  ]);
  const { Gateway } = await server.endpoint(there.name);
  return {
    here,
    there,
    stranger,
    peer,
    server,
    origin: await server.origin(there.name),
    atTheHost: `http://${Gateway}:${await server.hostPort(80)}`,
  };
});

export default claims([
  // two bridge networks
  {
    id: 'isolation.networks.addresses-are-out-of-reach',
    level: 'must',
    title: "In gateway mode nat, containers of two bridge networks must not reach each other's IPv4 addresses",
    sources: [bridgeDriver, publishingPage],
    observedBy: "curl inside one container fetches the other's address, both ways; a peer on the same network gets through.",
    requires: ['firewall-rules'],
    faults: ['isolation.everything-is-forwarded', 'isolation.servers-are-closed', 'isolation.containers-have-no-curl'],
    check: async () => {
      const { here, there, stranger, peer, server } = await two();
      const [strangersOrigin, peersOrigin] = await Promise.all([stranger.origin(here.name), peer.origin(there.name)]);
      await mustNotReach(stranger, peersOrigin, async () => expect(await server.fetches(peersOrigin)).toBeReached({ by: peer }));
      await mustNotReach(peer, strangersOrigin, async () => expect(await stranger.fetches(strangersOrigin)).toBeReached({ by: stranger }));
    },
  },
  {
    id: 'isolation.networks.publishing-does-not-open-the-address',
    level: 'must',
    title: "In gateway mode nat, another network must not reach a published port at the container's IPv4 address",
    sources: [publishingPage],
    observedBy:
      "curl inside a container of another network fetches the container's address; the published port leads there from the host's address.",
    requires: ['firewall-rules', 'host-input'],
    faults: ['isolation.everything-is-forwarded', 'isolation.host-cannot-reach-servers', 'isolation.containers-have-no-curl'],
    check: async () => {
      const { stranger, peer, server, origin, atTheHost } = await two();
      await mustNotReach(stranger, origin, async () => expect(await peer.fetches(atTheHost)).toBeReached({ by: server }));
    },
  },
  {
    id: 'isolation.networks.unpublished-ports-are-closed-at-the-host',
    level: 'must',
    title: "Another network must not reach an unpublished port at either network's IPv4 gateway",
    sources: [bridgeDriver],
    observedBy:
      "curl inside a container of another network fetches the gateways of both networks at the port on which the server listens; the server's peer gets through.",
    faults: [
      {
        id: 'isolation.port-is-published',
        title: 'The engine is asked to publish port 80 of servers at port 80 of the host',
        api: [
          {
            method: 'POST',
            path: /^\/containers\/create/,
            does: 'asks',
            at: ['HostConfig', 'PortBindings', '80/tcp'],
            value: [{ HostPort: '80' }],
          },
        ],
      },
    ],
    check: async () => {
      const { here, stranger } = await two();
      const net = await make.network();
      const [peer, server] = await Promise.all([
        make.container({ member: 'peer', ...attachedTo(net) }),
        make.server(attachedTo(net, { PortBindings: {} })),
      ]);
      const gateways = [(await server.endpoint(net.name)).Gateway, (await stranger.endpoint(here.name)).Gateway];
      await control(async () => expect(await Promise.all(gateways.map((gateway) => host.linkWith(gateway)))).toHaveLength(gateways.length));
      const serverListens = async () => expect(await peer.fetches(await server.origin(net.name))).toBeReached({ by: server });
      await control(serverListens);
      for (const gateway of gateways) expect(await stranger.fetches(`http://${gateway}:80`)).not.toBeReached({ by: server });
      await control(serverListens);
    },
  },
  // bridge networks with IPv6
  {
    id: 'isolation.networks.ipv6-is-out-of-reach',
    level: 'must',
    title: 'In gateway mode nat, a container must not reach the IPv6 address of one on another bridge network',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/27' }, bridgeDriver, publishingPage],
    observedBy: "curl inside one container fetches the other's IPv6 address; a peer on the same network gets through.",
    requires: ['ipv6-firewall-rules', 'ipv6-forwarding'],
    since: { version: '27.0.1', source: 'ip6tables is on by default since, Engine 27 release notes' },
    faults: ['isolation.everything-is-forwarded', 'isolation.containers-have-no-curl'],
    check: async () => {
      const withIPv6 = () => make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: make.subnet6().subnet }] } });
      const [here, there] = await Promise.all([withIPv6(), withIPv6()]);
      const [stranger, peer, server] = await Promise.all([
        make.container({ member: 'stranger', ...attachedTo(here) }),
        make.container({ member: 'peer', ...attachedTo(there) }),
        make.server(attachedTo(there)),
      ]);
      const origin = await origin6(server, there.name);
      await mustNotReach(stranger, origin, async () => expect(await peer.fetches(origin)).toBeReached({ by: server }));
    },
  },
  // a host that accepts what no rule drops
  {
    id: 'isolation.networks.hold-under-an-open-forward-policy',
    level: 'must',
    title: 'A network must stay isolated from another over IPv4 while the policy of FORWARD is ACCEPT',
    sources: [{ docs: 'docs.docker.com/engine/network/packet-filtering-firewalls' }, bridgeDriver],
    observedBy: "curl inside one container fetches another network's container, on an engine whose host accepts what no rule drops.",
    requires: ['own-lab'],
    faults: ['isolation.everything-is-forwarded', 'isolation.host-cannot-reach-servers', 'isolation.containers-have-no-curl'],
    check: async () => {
      const own = await lab([], 'open');
      await mustRun(own.host, ['iptables', '-P', 'FORWARD', 'ACCEPT']);
      const [here, there] = await Promise.all([own.make.network(), own.make.network()]);
      const [stranger, server] = await Promise.all([
        own.make.container({ member: 'stranger', ...attachedTo(here) }),
        own.make.server(attachedTo(there)),
      ]);
      const origin = await server.origin(there.name);
      await mustNotReach(stranger, origin, async () => expect(await own.host.fetches(origin)).toBeReached({ by: server }));
    },
  },
]);
