import type { VersionBoundary } from '../../fixtures/claims/model';
import {
  attachedTo,
  claims,
  control,
  expect,
  externalHost,
  freePorts,
  host,
  lab,
  make,
  networkView,
  type OwnLab,
  scene,
  serving,
  tellsWhoAsks,
} from '../../helpers';

const portPublishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const portMappingTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/port_mapping_linux_test.go' };
const bridgeTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' };

const natAndRouted: VersionBoundary = { version: '27.0.1', source: 'Gateway modes nat and routed, Engine 27.0 release notes' };
const further: VersionBoundary = { version: '28.0.0', source: 'Gateway modes nat-unprotected and isolated, Engine 28.0 release notes' };

type Mode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated' | 'bogus';

const mode = (name: Mode) => ({ 'com.docker.network.bridge.gateway_mode_ipv4': name });

/** A server on a network with these options, which publishes its port 80 and listens at 81 as well. */
async function serverOn(Options: Record<string, string>, { make: making }: Pick<OwnLab, 'make'> = { make }, HostPort = '') {
  const net = await making.claimed.network({ Options });
  const second = 'server { listen 81; root /usr/share/nginx/html; }';
  const server = await making.server({
    member: 'server',
    ...serving(tellsWhoAsks, second),
    ...attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort }] } }),
  });
  const { IPAddress } = await server.endpoint(net.name);
  return { net, server, published: `http://${IPAddress}`, unpublished: `http://${IPAddress}:81` };
}

const town = scene(async () => {
  const own = await lab();
  const [far, further, routed] = await Promise.all([
    externalHost(own, { member: 'far', ...serving(tellsWhoAsks) }),
    externalHost(own, { member: 'further' }),
    serverOn(mode('routed'), own),
  ]);
  return { own, far, further, routed };
});

export default claims([
  // the gateway mode of a network
  {
    id: 'nat.gateway-mode.unknown-one-is-refused',
    level: 'must',
    title: 'A network with an unknown gateway_mode_ipv4 must be refused with 400',
    sources: [
      portPublishing,
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkCreate' },
      { docs: 'docs.docker.com/engine/release-notes/27' },
    ],
    observedBy: 'What the engine answers to the creation; with the mode nat it creates the network.',
    requires: ['docker-engine'],
    since: natAndRouted,
    faults: ['nat.network-options-are-lost'],
    check: async () => {
      await control(async () => expect(await make.tryNetwork({ Options: mode('nat') })).toMatchObject({ status: 201 }));
      expect(await make.tryNetwork({ Options: mode('bogus') })).toMatchObject({ status: 400 });
    },
  },
  {
    id: 'nat.gateway-mode.isolated-is-for-internal-networks',
    level: 'must',
    title: 'gateway_mode_ipv4=isolated must be refused for a network that is not internal',
    sources: [portPublishing],
    observedBy: 'What the engine answers to the creation; with Internal it creates the network.',
    requires: ['docker-engine'],
    since: further,
    faults: ['nat.network-options-are-lost'],
    check: async () => {
      await control(async () =>
        expect(await make.tryNetwork({ Options: mode('isolated'), Internal: true })).toMatchObject({ status: 201 }),
      );
      expect((await make.tryNetwork({ Options: mode('isolated') })).status).toBeGreaterThanOrEqual(400);
    },
  },
  // a network in gateway mode isolated
  {
    id: 'nat.isolated.host-has-no-address',
    level: 'must',
    title: 'The host must have no IPv4 address on a network with gateway_mode_ipv4=isolated',
    sources: [portPublishing, { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' }],
    observedBy: "The host's own addresses, beside those for an internal network in the usual mode.",
    requires: ['docker-engine', 'host-bridges'],
    since: further,
    faults: ['nat.network-options-are-lost'],
    check: async () => {
      const [usual, isolated] = [make.subnet(), make.subnet()];
      await make.network({ Internal: true, IPAM: { Config: [{ Subnet: usual.subnet }] } });
      await make.claimed.network({ Internal: true, Options: mode('isolated'), IPAM: { Config: [{ Subnet: isolated.subnet }] } });
      const { addresses } = await networkView(host);
      const ofHostIn = ({ subnet }: { subnet: string }) => addresses.filter((address) => address.startsWith(subnet.replace(/0\/24$/, '')));
      await control(() => expect(ofHostIn(usual)).toEqual([usual.gateway]));
      expect(ofHostIn(isolated)).toEqual([]);
    },
  },
  {
    id: 'nat.isolated.peers-reach-each-other',
    level: 'must',
    title: 'Containers on a network with gateway_mode_ipv4=isolated must reach each other over IPv4',
    sources: [portPublishing, { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' }],
    observedBy: 'curl inside one container fetches the other.',
    requires: ['docker-engine'],
    since: further,
    faults: ['nat.bridges-pass-nothing-on'],
    check: async () => {
      const net = await make.claimed.network({ Internal: true, Options: mode('isolated') });
      const [server, peer] = await Promise.all([
        make.server({ member: 'server', ...attachedTo(net) }),
        make.container({ member: 'peer', ...attachedTo(net) }),
      ]);
      expect(await peer.fetches(await server.origin(net.name))).toBeReached({ by: server });
    },
  },
  // a network beside whose host there are other machines
  {
    id: 'nat.routed.published-port-is-open-to-neighbours',
    level: 'must',
    title: "With gateway_mode_ipv4=routed, a published port must be open at the container's IPv4 address",
    sources: [portPublishing, portMappingTests],
    observedBy: "curl in a namespace beside the host fetches the container's address; the server answers with its client's own address.",
    requires: ['docker-engine', 'own-lab'],
    since: natAndRouted,
    faults: ['nat.routed-packets-are-translated'],
    check: async () => {
      const { far, routed } = await town();
      const answer = await far.machine.fetches(routed.published);
      expect(answer).toBeReached({ by: routed.server });
      expect(answer).toMatchObject({ body: far.address });
    },
  },
  {
    id: 'nat.routed.unpublished-port-is-closed-to-neighbours',
    level: 'must',
    title: 'With gateway_mode_ipv4=routed, an unpublished port must be closed to remote machines over IPv4',
    sources: [portPublishing, portMappingTests],
    observedBy:
      'curl in a namespace beside the host gets no answer from a port of the container that the host reaches, while another port of it answers.',
    requires: ['docker-engine', 'own-lab'],
    since: natAndRouted,
    faults: [
      'nat.containers-have-no-curl',
      {
        id: 'nat.unpublished-port-is-opened',
        title: 'A rule in DOCKER-USER accepts what is forwarded to port 81 of containers',
        inject: 'iptables -I DOCKER-USER -p tcp --dport 81 -j ACCEPT',
        undo: 'iptables -D DOCKER-USER -p tcp --dport 81 -j ACCEPT',
      },
    ],
    check: async () => {
      const { own, far, routed } = await town();
      const bothAnswer = async () => {
        expect(await own.host.fetches(routed.unpublished)).toBeReached({ by: routed.server });
        expect(await far.machine.fetches(routed.published)).toBeReached({ by: routed.server });
      };
      await control(bothAnswer);
      expect(await far.machine.fetches(routed.unpublished)).toBeOutcome('timed-out');
      await control(bothAnswer);
    },
  },
  // a routed network
  {
    id: 'nat.routed.takes-no-port-of-the-host',
    level: 'must',
    title: 'With gateway_mode_ipv4=routed, a published port must take no IPv4 port of the host, nor answer there',
    sources: [portPublishing, portMappingTests],
    observedBy:
      "NetworkSettings.Ports of a container that asked for a host port, and that this port refuses at 127.0.0.1 and at the host's address on the network. Where the network has no IPv6, docker-proxy still serves the host's IPv6 addresses.",
    requires: ['published-ports', 'docker-engine'],
    since: {
      version: '28.0.0',
      source:
        'A host port that a gateway mode leaves unused no longer keeps a container from being made since, Engine 28.0 release notes, moby pull request 48575',
    },
    faults: ['nat.network-options-are-lost'],
    check: async () => {
      const asked = `${await freePorts(host)}`;
      const { net, server, published } = await serverOn(mode('routed'), { make }, asked);
      const nat = await make.network();
      const usual = await make.server({
        member: 'usual',
        ...attachedTo(nat, { PortBindings: { '80/tcp': [{ HostPort: '' }] } }),
      });
      const bothAnswer = async () => {
        expect(await host.fetches(published)).toBeReached({ by: server });
        expect(await host.fetches(`http://127.0.0.1:${await usual.hostPort(80)}`)).toBeReached({ by: usual });
      };
      await control(bothAnswer);
      const bindings = (await server.inspect()).NetworkSettings.Ports?.['80/tcp'] ?? [];
      expect(bindings.filter(({ HostIp }) => HostIp !== '::')).toEqual([{ HostIp: '0.0.0.0', HostPort: '' }]);
      for (const address of ['127.0.0.1', (await server.endpoint(net.name)).Gateway])
        expect(await host.fetches(`http://${address}:${asked}`)).toBeOutcome('refused');
      await control(bothAnswer);
    },
  },
  // a network beside whose host there are other machines
  {
    id: 'nat.routed.egress-keeps-the-containers-address',
    level: 'must',
    title: "With gateway_mode_ipv4=routed, remote machines must see the container's own IPv4 address",
    sources: [portPublishing],
    observedBy: 'curl inside the container fetches a server in a namespace beside the host, which answers with the address of its client.',
    requires: ['docker-engine', 'own-lab'],
    since: natAndRouted,
    faults: ['nat.routed-packets-are-translated'],
    check: async () => {
      const { far, routed } = await town();
      const answer = await routed.server.fetches(`http://${far.address}`);
      expect(answer).toBeReached({ by: far.machine });
      expect(answer).toMatchObject({ body: (await routed.server.endpoint(routed.net.name)).IPAddress });
    },
  },
  // a routed network
  {
    id: 'nat.routed.published-port-is-open-to-other-networks',
    level: 'must',
    title: "gateway_mode_ipv4=routed must open published ports at a container's IPv4 address to other networks",
    sources: [portPublishing, { docs: 'docs.docker.com/engine/release-notes/28' }, bridgeTests],
    observedBy: "curl inside a container of another network fetches the container's address.",
    requires: ['docker-engine', 'ip-forward'],
    since: {
      version: '28.0.0',
      source: 'Published ports of routed networks can be accessed from other bridge networks since, Engine 28.0 release notes',
    },
    faults: ['nat.network-options-are-lost'],
    check: async () => {
      const [{ server, published }, net] = await Promise.all([serverOn(mode('routed')), make.network()]);
      const stranger = await make.container({ member: 'stranger', ...attachedTo(net) });
      expect(await stranger.fetches(published)).toBeReached({ by: server });
    },
  },
  // a network beside whose host there are other machines
  {
    id: 'nat.unprotected.every-port-is-open-to-neighbours',
    level: 'must',
    title: "gateway_mode_ipv4=nat-unprotected must open unpublished ports at the container's IPv4 address",
    sources: [portPublishing, portMappingTests],
    observedBy: 'curl in a namespace beside the host fetches a port of the container that is not published.',
    requires: ['docker-engine', 'own-lab'],
    since: further,
    faults: ['nat.network-options-are-lost'],
    check: async () => {
      const { own, far } = await town();
      const { server, unpublished } = await serverOn(mode('nat-unprotected'), own);
      expect(await far.machine.fetches(unpublished)).toBeReached({ by: server });
    },
  },
  {
    id: 'nat.trusted-interface.opens-published-ports',
    level: 'must',
    title: "trusted_host_interfaces must open a container's IPv4 published ports to those interfaces alone",
    sources: [portPublishing, { docs: 'docs.docker.com/engine/release-notes/28' }],
    observedBy:
      'Two namespaces beside the host, at links of which the network names one in trusted_host_interfaces; the other reaches the port at the address of the host only.',
    requires: ['docker-engine', 'own-lab'],
    since: { version: '28.2.0', source: 'trusted_host_interfaces, Engine 28.2 release notes' },
    faults: [
      'nat.network-options-are-lost',
      {
        id: 'nat.every-link-is-trusted',
        title: 'The engine is asked for a network whose ports are open to everybody where it may trust one link only',
        api: [
          {
            method: 'POST',
            path: /^\/networks\/create/,
            does: 'asks',
            at: ['Options'],
            value: { 'com.docker.network.bridge.gateway_mode_ipv4': 'nat-unprotected' },
          },
        ],
        engines: { kind: 'docker', versions: '>=28' },
      },
    ],
    check: async () => {
      const { own, far, further } = await town();
      const { server, published } = await serverOn({ 'com.docker.network.bridge.trusted_host_interfaces': far.link }, own);
      expect(await far.machine.fetches(published)).toBeReached({ by: server });
      const throughHost = async () =>
        expect(await further.machine.fetches(`http://${further.hostAddress}:${await server.hostPort(80)}`)).toBeReached({ by: server });
      await control(throughHost);
      expect(await further.machine.fetches(published)).toBeOutcome('timed-out');
      await control(throughHost);
    },
  },
  // a network in gateway mode routed
  {
    id: 'nat.routed.ping-is-answered',
    level: 'must',
    title: "With gateway_mode_ipv4=routed, a remote machine's ping of a container must be answered",
    sources: [portPublishing, portMappingTests],
    observedBy: "ping in a namespace beside the host to the container's address.",
    requires: ['docker-engine', 'own-lab'],
    since: natAndRouted,
    faults: [
      {
        id: 'nat.pings-are-not-forwarded',
        title: 'No ICMP is forwarded',
        inject: 'iptables -t mangle -I FORWARD -p icmp -j DROP',
        undo: 'iptables -t mangle -D FORWARD -p icmp -j DROP',
      },
    ],
    check: async () => {
      const { far, routed } = await town();
      const { IPAddress } = await routed.server.endpoint(routed.net.name);
      expect((await far.machine.exec(['ping', '-c', '1', '-W', '2', IPAddress])).exitCode).toBe(0);
    },
  },
]);
