import {
  ask,
  attachedTo,
  claims,
  type Container,
  control,
  conversation,
  eventually,
  expect,
  freePorts,
  host,
  knowsNoName,
  lookUpAll,
  make,
  mustGrant,
  networkView,
  type OwnNetwork,
  read,
  scene,
} from '../../helpers';

const connectReference = { docs: 'docs.docker.com/reference/cli/docker/network/connect' };
const disconnectReference = { docs: 'docs.docker.com/reference/cli/docker/network/disconnect' };
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };

/** Lines of /etc/hosts inside a container, each as its words. */
async function hostsLines(container: Container): Promise<string[][]> {
  return (await read(container, ['cat', '/etc/hosts']))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/));
}

/** A server on a network that publishes its port 80 at a port of the host that stays the same. */
async function publisher(network: OwnNetwork) {
  const port = await freePorts(host);
  const server = await make.server({
    ExposedPorts: { '80/tcp': {} },
    ...attachedTo(network, { PortBindings: { '80/tcp': [{ HostPort: String(port) }] } }),
  });
  const { Gateway } = await server.endpoint(network.name);
  // on loopback docker-proxy answers, and elsewhere the rules lead to the container
  const fromHost = (address: string) => host.fetches(`http://${address}:${port}`);
  const isReached = async () => {
    for (const address of ['localhost', Gateway]) expect(await fromHost(address)).toBeReached({ by: server });
  };
  return { server, isReached, fromHost: () => fromHost('localhost') };
}

/** The other network has the name that sorts first, so that it gives the default route while a container is in both. */
const street = scene(async () => {
  const { subnet, address } = make.subnet();
  const [other, home] = await Promise.all([
    make.claimed.network({ Name: make.name('a'), IPAM: { Config: [{ Subnet: subnet }] } }),
    make.claimed.network({ Name: make.name('z') }),
  ]);
  const peer = await make.server({ member: 'peer', ...attachedTo(other, { Dns: [await knowsNoName(make, other)] }) });
  return { home, other, peer, address };
});

export default claims([
  // a running container of one network, and another network with a server
  {
    id: 'connecting.live.adds-one-interface',
    level: 'must',
    title: 'Connecting a running container must add one interface with the reported IPv4 address',
    sources: [connectReference, networkTests],
    observedBy: 'The links inside the container before and after, and its endpoint in the new network.',
    faults: ['connecting.connects-nobody'],
    check: async () => {
      const { home, other } = await street();
      const box = await make.container(attachedTo(home));
      const before = await networkView(box);
      await other.connect(box);
      const { links } = await networkView(box);
      const { IPAddress, IPPrefixLen } = await box.endpoint(other.name);
      const added = Object.keys(links).filter((name) => !(name in before.links));
      expect(added).toHaveLength(1);
      expect(links[added[0] ?? '']?.addresses).toContain(`${IPAddress}/${IPPrefixLen}`);
    },
  },
  {
    id: 'connecting.live.reaches-the-members-at-once',
    level: 'must',
    title: 'A running container must reach members of a user-defined network by name as soon as it is connected',
    sources: [connectReference],
    observedBy: 'curl in the container fetches a server of the new network by its name, right after the engine has connected the two.',
    faults: ['connecting.connects-nobody'],
    check: async () => {
      const { home, other, peer } = await street();
      const box = await make.container(attachedTo(home));
      await other.connect(box);
      expect(await box.fetches(`http://${peer.containerName}`)).toBeReached({ by: peer });
    },
  },
  {
    id: 'connecting.live.address-is-the-asked-one',
    level: 'must',
    title: 'A container connected with a static IPv4 address of a given subnet must be reached at it',
    sources: [connectReference, networkTests],
    observedBy: 'A member of the network fetches a server at the address that was asked for when the server was connected.',
    faults: ['connecting.connects-nobody', 'connecting.endpoint-settings-are-lost'],
    check: async () => {
      const { home, other, peer, address } = await street();
      const server = await make.server(attachedTo(home));
      await other.connect(server, { IPAMConfig: { IPv4Address: address(77) } });
      expect(await peer.fetches(`http://${address(77)}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'connecting.live.alias-resolves',
    level: 'must',
    title: 'An alias given when a running container is connected must lead to it on that network',
    sources: [connectReference],
    observedBy: 'A member of the network fetches the server by its alias.',
    faults: ['connecting.endpoint-settings-are-lost'],
    check: async () => {
      const { home, other, peer } = await street();
      const [server, alias] = [await make.server(attachedTo(home)), make.name('alias')];
      await other.connect(server, { Aliases: [alias] });
      expect(await peer.fetches(`http://${alias}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'connecting.live.hosts-file-names-the-new-address',
    level: 'observed',
    title: '/etc/hosts must get a line of host name and IPv4 address when a running container is connected',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/sandbox_dns_unix.go' }],
    observedBy: 'The file inside the container, after it was connected.',
    faults: ['connecting.connects-nobody'],
    check: async () => {
      const { home, other } = await street();
      const box = await make.container({ Hostname: 'mover', ...attachedTo(home) });
      await other.connect(box);
      const { IPAddress } = await box.endpoint(other.name);
      expect(await hostsLines(box)).toContainEqual(expect.arrayContaining([IPAddress, 'mover']));
    },
  },
  {
    id: 'connecting.live.network-lists-its-members',
    level: 'must',
    title: 'A network must list a running container from when it is connected until it is disconnected',
    sources: [connectReference, disconnectReference, { docs: 'docs.docker.com/reference/cli/docker/network/inspect' }],
    observedBy: 'The network object while the container is connected, and after it was disconnected.',
    faults: ['connecting.connects-nobody', 'connecting.disconnects-nobody', 'connecting.networks-know-no-members'],
    check: async () => {
      const { home, other } = await street();
      const box = await make.container(attachedTo(home));
      await other.connect(box);
      const { IPAddress, IPPrefixLen } = await box.endpoint(other.name);
      expect((await other.inspect()).Containers?.[box.id]?.IPv4Address).toBe(`${IPAddress}/${IPPrefixLen}`);
      await other.disconnect(box);
      expect(Object.keys((await other.inspect()).Containers ?? {})).not.toContain(box.id);
    },
  },
  {
    id: 'connecting.live.open-connections-survive',
    level: 'observed',
    title: 'An open IPv4 TCP connection to a peer must survive its container joining and leaving a network',
    sources: [connectReference, disconnectReference, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/sandbox.go' }],
    observedBy: 'One TCP connection to nginx is asked again after each of the two steps; a connection that broke gives no further answer.',
    faults: ['connecting.second-network-ends-what-runs'],
    check: async () => {
      const { home, other, peer } = await street();
      const box = await make.container(attachedTo(other));
      const talk = await conversation(box, peer, (await peer.endpoint(other.name)).IPAddress);
      await talk.ask();
      await control(async () => expect(await talk.answers(1)).toBe(1));
      await home.connect(box);
      await talk.ask();
      expect(await talk.answers(2)).toBe(2);
      await home.disconnect(box);
      await talk.ask();
      expect(await talk.answers(3)).toBe(3);
    },
  },
  {
    id: 'connecting.live.published-port-survives-a-new-gateway',
    level: 'must',
    title: 'A port published over IPv4 must keep working when a connected network takes over the default route',
    sources: [
      { docs: 'docs.docker.com/engine/network' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' },
    ],
    observedBy:
      'The host fetches the published port, on loopback and at its address on the network, after the container is connected to a network whose name sorts first; its default route leads there then.',
    requires: ['published-ports'],
    faults: ['connecting.second-network-ends-what-runs', 'publishing.dnat-of-the-host-is-stale'],
    check: async () => {
      const { home, other } = await street();
      const { server, fromHost, isReached } = await publisher(home);
      await control(async () => expect(await fromHost()).toBeReached({ by: server }));
      await other.connect(server);
      await isReached();
      const { Gateway } = await server.endpoint(other.name);
      await control(async () => expect((await networkView(server)).gateways).toContain(Gateway));
    },
  },
  {
    id: 'connecting.paused.stays-a-member',
    level: 'observed',
    title: 'A paused container must stay connected to its networks',
    sources: [connectReference, { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/pause.go' }],
    observedBy: 'The network object while the container is paused; when it goes on, a member reaches it at the same address.',
    faults: ['connecting.networks-know-no-members'],
    check: async () => {
      const { other, peer } = await street();
      const server = await make.server(attachedTo(other));
      const origin = await server.origin(other.name);
      mustGrant('a container that the claim needs could not be paused', await ask('POST', `/containers/${server.id}/pause`));
      // an event of its start that comes late may take the word back for a moment
      const isPaused = async () => (await ask<{ State: { Paused: boolean } }>('GET', `/containers/${server.id}/json`)).body.State.Paused;
      await control(async () => expect(await eventually(isPaused, (paused) => paused, { within: 3000 })).toBe(true));
      expect(Object.keys((await other.inspect()).Containers ?? {})).toContain(server.id);
      await ask('POST', `/containers/${server.id}/unpause`);
      expect(await peer.fetches(origin)).toBeReached({ by: server });
    },
  },
  {
    id: 'connecting.live.disconnect-takes-the-interface-away',
    level: 'must',
    title: "Disconnecting must remove that network's interface and IPv4 address, and leave the others",
    sources: [disconnectReference, networkTests],
    observedBy:
      'Interfaces, IPv4 addresses and default routes inside the container: after connecting and disconnecting they are what they were.',
    faults: ['connecting.disconnects-nobody'],
    check: async () => {
      const { home, other } = await street();
      const box = await make.container(attachedTo(home));
      const look = async () => {
        const { interfaces, addresses, gateways } = await networkView(box);
        return { interfaces, gateways, ipv4: addresses.filter((address) => !address.includes(':')) };
      };
      const before = await look();
      await other.connect(box);
      await control(async () => expect((await look()).interfaces).toHaveLength(before.interfaces.length + 1));
      await other.disconnect(box);
      expect(await look()).toEqual(before);
    },
  },
  {
    id: 'connecting.live.disconnected-is-out-of-reach',
    level: 'must',
    title: 'A container must not be reached at its IPv4 address in a network that it was disconnected from',
    sources: [disconnectReference],
    observedBy:
      'A member of the network fetches the address that the server had there, before and after it was disconnected; another server of that network answers all the while.',
    faults: ['connecting.disconnects-nobody'],
    check: async () => {
      // a network of its own: in one that claims share, somebody else soon has the address that is free again
      const [home, other] = await Promise.all([make.claimed.network(), make.claimed.network()]);
      const [server, peer, member] = await Promise.all([
        make.server(attachedTo(home)),
        make.server(attachedTo(other)),
        make.container(attachedTo(other)),
      ]);
      await other.connect(server);
      const origin = await server.origin(other.name);
      const memberReachesPeer = async () => expect(await member.fetches(await peer.origin(other.name))).toBeReached({ by: peer });
      await control(async () => {
        await memberReachesPeer();
        expect(await member.fetches(origin)).toBeReached({ by: server });
      });
      await other.disconnect(server);
      expect(await member.fetches(origin)).toBeOutcome('timed-out', 'unreachable');
      await control(memberReachesPeer);
    },
  },
  {
    id: 'connecting.live.disconnected-name-is-forgotten',
    level: 'must',
    title: 'The name of a container must not resolve on a network that it was disconnected from',
    sources: [disconnectReference, { docs: 'docs.docker.com/engine/network' }],
    observedBy:
      'A member of the network asks its name server for the name of the container while it is connected, and after it was disconnected.',
    requires: ['unconfigured-dns-options'],
    faults: ['connecting.disconnects-nobody'],
    check: async () => {
      const { home, other, peer } = await street();
      const box = await make.container(attachedTo(home));
      await other.connect(box);
      const codes = async () =>
        (
          await lookUpAll(peer, [
            [peer.containerName, 'A'],
            [box.containerName, 'A'],
          ])
        ).map(({ code }) => code);
      await control(async () => expect(await codes()).toEqual(['NOERROR', 'NOERROR']));
      await other.disconnect(box);
      expect(await codes()).toEqual(['NOERROR', 'NXDOMAIN']);
    },
  },
  {
    id: 'connecting.live.other-hosts-lines-stay',
    level: 'must',
    title: 'Disconnecting must remove the IPv4 line of that network from /etc/hosts, and keep the others',
    sources: [
      { docs: 'docs.docker.com/engine/release-notes/28' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/etchosts_test.go' },
    ],
    observedBy: 'The addresses in /etc/hosts of a container that is on two networks, before and after it is disconnected from one.',
    since: { version: '28.0.0', source: 'the right lines are removed since, Engine 28.0 release notes, moby pull request 48857' },
    faults: [
      {
        id: 'connecting.hosts-file-is-emptied',
        title: 'A process of the host empties the hosts file of a container that has left one of two networks',
        inject: `(set +e; while :; do
        for hosts in /var/lib/docker/containers/*/hosts; do
          id=$(basename "$(dirname "$hosts")" | cut -c 1-12)
          if [ "$(grep -c "$id" "$hosts")" -ge 2 ]; then touch "$hosts.of-two"; elif [ -e "$hosts.of-two" ]; then : >"$hosts"; fi
        done
        sleep 0.02
      done) >/dev/null 2>&1 </dev/null & echo $! >/run/trial.pid`,
        undo: 'kill "$(cat /run/trial.pid)"',
        engines: { kind: 'docker', versions: '>=28' },
      },
    ],
    check: async () => {
      const { home, other } = await street();
      const box = await make.container(attachedTo(home));
      await other.connect(box);
      const [kept, left] = await Promise.all([box.endpoint(home.name), box.endpoint(other.name)]);
      const addresses = async () => (await hostsLines(box)).map(([address]) => address);
      await control(async () => expect(await addresses()).toEqual(expect.arrayContaining([kept.IPAddress, left.IPAddress])));
      await other.disconnect(box);
      const after = await addresses();
      expect(after).toContain(kept.IPAddress);
      expect(after).not.toContain(left.IPAddress);
    },
  },
  {
    id: 'connecting.live.last-disconnect-leaves-loopback',
    level: 'must',
    title: 'A container that is disconnected from its last network must keep nothing but loopback',
    sources: [disconnectReference, networkTests],
    observedBy: "Interfaces and default routes inside the container, and its object's Networks.",
    faults: ['connecting.disconnects-nobody'],
    check: async () => {
      const { home } = await street();
      const box = await make.container(attachedTo(home));
      await home.disconnect(box);
      const { interfaces, gateways } = await networkView(box);
      expect({ interfaces, gateways }).toEqual({ interfaces: ['lo'], gateways: [] });
      expect((await box.inspect()).NetworkSettings.Networks ?? {}).toEqual({});
    },
  },
  {
    id: 'connecting.live.published-port-returns-with-the-network',
    level: 'must',
    title: 'A port published over IPv4 must work again when its container is disconnected and connected again',
    sources: [networkTests, { docs: 'docs.docker.com/engine/network/port-publishing' }],
    observedBy:
      'The host fetches the same port before, between and after the two steps, at last also at its address on the network; between them nobody answers.',
    requires: ['published-ports'],
    faults: ['connecting.connects-nobody', 'publishing.dnat-of-the-host-is-stale'],
    check: async () => {
      const { home } = await street();
      const { server, fromHost, isReached } = await publisher(home);
      await control(async () => expect(await fromHost()).toBeReached({ by: server }));
      await home.disconnect(server);
      await control(async () => expect(await fromHost()).not.toBeOutcome('reached'));
      await home.connect(server);
      await isReached();
    },
  },
  {
    id: 'connecting.live.ipv6-address-is-the-asked-one',
    level: 'must',
    title: 'A container connected with a static IPv6 address of a given subnet must have exactly that there',
    sources: [connectReference, networkTests],
    observedBy: 'The endpoint of the container, and the addresses of its interfaces.',
    faults: ['connecting.connects-nobody', 'connecting.endpoint-settings-are-lost'],
    check: async () => {
      const { home } = await street();
      const six = make.subnet6();
      const [box, dual] = await Promise.all([
        make.container(attachedTo(home)),
        make.claimed.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: six.subnet }] } }),
      ]);
      await dual.connect(box, { IPAMConfig: { IPv6Address: six.address(0x66) } });
      expect((await box.endpoint(dual.name)).GlobalIPv6Address).toBe(six.address(0x66));
      const { links } = await networkView(box);
      expect(Object.values(links).flatMap(({ addresses }) => addresses)).toContain(`${six.address(0x66)}/64`);
    },
  },
  {
    id: 'connecting.live.link-leads-to-its-source',
    level: 'must',
    title: 'A --link given when a running container is connected must lead it to its source on that network',
    sources: [connectReference, networkTests],
    observedBy: 'curl inside the container fetches the source under the name of the link.',
    faults: ['connecting.connects-nobody', 'connecting.endpoint-settings-are-lost'],
    check: async () => {
      const { home, other, peer } = await street();
      const [box, link] = [await make.container(attachedTo(home)), make.name('link')];
      await other.connect(box, { Links: [`${peer.containerName}:${link}`] });
      expect(await box.fetches(`http://${link}`)).toBeReached({ by: peer });
    },
  },
]);
