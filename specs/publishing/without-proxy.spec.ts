import { attachedTo, claims, control, expect, lab, scene, serving, tellsWhoAsks } from '../../helpers';

const portPublishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const daemonReference = { docs: 'docs.docker.com/reference/cli/dockerd' };
const portMappingTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/port_mapping_linux_test.go' };

/** From this version on, ports that are published at the host are open to other networks without docker-proxy as well. */
const betweenNetworks = {
  version: '29.0.0',
  source: 'ports published at the host are open to other networks since, Engine 29.0 release notes',
};

const street = scene(async () => {
  const { make, host, ask } = await lab(['--userland-proxy=false']);
  const { subnet, gateway } = make.subnet();
  const net = await make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } });
  const elsewhere = await make.network();
  const [server, peer, stranger] = await Promise.all([
    make.server({
      member: 'server',
      ...serving(tellsWhoAsks),
      ...attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } }),
    }),
    make.container({ member: 'peer', ...attachedTo(net) }),
    make.container({ member: 'stranger', ...attachedTo(elsewhere) }),
  ]);
  return { make, host, ask, net, server, peer, stranger, throughHost: `http://${gateway}:8080` };
});

export default claims([
  // a daemon that is started without docker-proxy
  {
    id: 'publishing.without-proxy.loopback-leads-to-the-container',
    level: 'must',
    title: 'Without docker-proxy, 127.0.0.1 must lead to a published port, and no docker-proxy may run',
    sources: [daemonReference, portMappingTests],
    observedBy: 'curl on the host, and the programs that run there.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['publishing.host-cannot-reach-servers'],
    check: async () => {
      const { host, server } = await street();
      expect(await host.fetches('http://127.0.0.1:8080')).toBeReached({ by: server });
      await control(async () => expect(await host.commandLines('dockerd')).not.toEqual([]));
      expect(await host.commandLines('docker-proxy')).toEqual([]);
    },
  },
  {
    id: 'publishing.without-proxy.container-reaches-itself',
    level: 'must',
    title: "Without docker-proxy, a container must reach its own published port at the host's IPv4 address",
    sources: [daemonReference, portMappingTests],
    observedBy: "curl inside the publishing container fetches the host's address at the published port.",
    requires: ['docker-engine', 'own-lab'],
    faults: ['publishing.forwarding-to-servers-is-dropped'],
    check: async () => {
      const { server, throughHost } = await street();
      expect(await server.fetches(throughHost)).toBeReached({ by: server });
    },
  },
  {
    id: 'publishing.without-proxy.peer-is-seen-with-its-own-address',
    level: 'observed',
    title: "Without docker-proxy, a peer that comes over the host's IPv4 address must be seen with its own",
    sources: [portMappingTests],
    observedBy: "curl inside the peer fetches the host's address at the published port; the server answers with its client's address.",
    requires: ['docker-engine', 'own-lab'],
    faults: ['publishing.clients-are-disguised', 'publishing.forwarding-to-servers-is-dropped'],
    check: async () => {
      const { net, server, peer, throughHost } = await street();
      const answer = await peer.fetches(throughHost);
      expect(answer).toBeReached({ by: server });
      expect(answer).toMatchObject({ body: (await peer.endpoint(net.name)).IPAddress });
    },
  },
  {
    id: 'publishing.without-proxy.ipv6-does-not-lead-to-ipv4',
    level: 'must',
    title: "Without docker-proxy, the host's ::1 must be closed for an IPv4-only container's published port",
    sources: [portPublishing],
    observedBy: 'curl on the host finds [::1] refused at the port that leads to the container from 127.0.0.1.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['publishing.host-cannot-reach-servers'],
    check: async () => {
      const { host, server } = await street();
      const answers = async () => expect(await host.fetches('http://127.0.0.1:8080')).toBeReached({ by: server });
      await control(answers);
      expect(await host.fetches('http://[::1]:8080')).toBeOutcome('refused');
      await control(answers);
    },
  },
  {
    id: 'publishing.without-proxy.port-of-a-process-is-still-refused',
    level: 'observed',
    title: 'Without docker-proxy, a container must not start if a process on the host has its port',
    sources: [{ docs: 'github.com/moby/moby/issues/28589' }],
    observedBy: 'What the engine answers to the start beside a server in host mode; at another port the same container starts.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['publishing.asked-for-any-port'],
    check: async () => {
      const { make, ask, net } = await street();
      await make.server({ HostConfig: { NetworkMode: 'host' } });
      const start = async (HostPort: string) => {
        const container = await make.container({
          started: false,
          ExposedPorts: { '80/tcp': {} },
          ...attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort }] } }),
        });
        const { status } = await ask('POST', `/containers/${container.id}/start`);
        return { refused: status >= 400, running: (await container.inspect()).State.Running };
      };
      await control(async () => expect(await start('8081')).toEqual({ refused: false, running: true }));
      expect(await start('80')).toEqual({ refused: true, running: false });
    },
  },
  {
    id: 'publishing.without-proxy.other-networks-are-kept-out',
    level: 'observed',
    title: "Without docker-proxy, other bridge networks must not reach a published port at the host's IPv4",
    sources: [{ docs: 'docs.docker.com/engine/release-notes/29' }, { docs: 'github.com/moby/moby/commit/1ad9599da7' }],
    observedBy: "curl inside a container of another network fetches the host's address at the published port; a peer gets through.",
    requires: ['docker-engine', 'own-lab'],
    until: { ...betweenNetworks, replacedBy: 'publishing.without-proxy.other-networks-reach-it' },
    faults: ['publishing.forwarding-to-servers-is-dropped', 'publishing.everything-is-forwarded'],
    check: async () => {
      const { server, peer, stranger, throughHost } = await street();
      const peerGetsThrough = async () => expect(await peer.fetches(throughHost)).toBeReached({ by: server });
      await control(peerGetsThrough);
      expect(await stranger.fetches(throughHost)).toBeOutcome('timed-out');
      await control(peerGetsThrough);
    },
  },
  {
    id: 'publishing.without-proxy.other-networks-reach-it',
    level: 'must',
    title: "Without docker-proxy, other bridge networks must reach a published port at the host's IPv4 address",
    sources: [
      { docs: 'docs.docker.com/engine/release-notes/29' },
      { docs: 'github.com/moby/moby/blob/docker-v29.7.2/integration/networking/bridge_linux_test.go' },
    ],
    observedBy: "curl inside a container of another network fetches the host's address at the published port.",
    requires: ['docker-engine', 'own-lab'],
    since: betweenNetworks,
    faults: ['publishing.forwarding-to-servers-is-dropped'],
    check: async () => {
      const { server, stranger, throughHost } = await street();
      expect(await stranger.fetches(throughHost)).toBeReached({ by: server });
    },
  },
]);
