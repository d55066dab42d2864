import type { VersionBoundary } from '../../fixtures/claims/model';
import {
  attachedTo,
  claims,
  control,
  eventually,
  expect,
  externalHost,
  freePorts,
  host,
  lab,
  make,
  networkView,
  overIPv6,
  type OwnLab,
  scene,
  serving,
  tellsWhoAsks,
} from '../../helpers';

const portPublishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const portMappingTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/port_mapping_linux_test.go' };
const bridgeTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' };
const routedTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' };
const release28 = { docs: 'docs.docker.com/engine/release-notes/28' };

/** Before, nothing is translated or filtered over IPv6 unless the daemon is told to do experiments. */
const rulesOfIPv6: VersionBoundary = { version: '27.0.1', source: 'ip6tables is on by default since, Engine 27 release notes' };
const natAndRouted: VersionBoundary = { version: '27.0.1', source: 'Gateway modes nat and routed, Engine 27.0 release notes' };
const further: VersionBoundary = { version: '28.0.0', source: 'Gateway modes nat-unprotected and isolated, Engine 28.0 release notes' };

type Mode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated';

const mode = (name: Mode) => ({ 'com.docker.network.bridge.gateway_mode_ipv6': name });

/** A server on a network with IPv6 in this mode, which publishes its port 80 and listens at 81 as well. */
async function serverOn(name: Mode, { make: making }: Pick<OwnLab, 'make'>, HostPort = '') {
  const six = making.subnet6();
  const net = await making.claimed.network({ EnableIPv6: true, Options: mode(name), IPAM: { Config: [{ Subnet: six.subnet }] } });
  const server = await making.server({
    member: 'server',
    ...serving(tellsWhoAsks, 'server { listen [::]:81; root /usr/share/nginx/html; }'),
    ...attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort }] } }),
  });
  const { GlobalIPv6Address: address } = await server.endpoint(net.name);
  return { net, server, address, gateway: six.gateway, published: `http://[${address}]`, unpublished: `http://[${address}]:81` };
}

type From = Pick<Awaited<ReturnType<typeof serverOn>>['server'], 'fetches'>;

/** Milliseconds for the kernel to see that nobody else has an address of a bridge, as it does before Engine 28. */
const duplicateDetection = 8000;

/** Fetches over IPv6 what may only just have got its address. */
const fetched = (from: From, origin: string) =>
  eventually(
    () => from.fetches(origin),
    ({ kind }) => kind === 'reached',
    { within: duplicateDetection },
  );

const town = scene(async () => {
  const own = await lab();
  const [machineWithLink, usual, routed] = await Promise.all([
    externalHost(own, { member: 'far', ...serving(tellsWhoAsks) }),
    serverOn('nat', own),
    serverOn('routed', own),
  ]);
  const far = { machine: machineWithLink.machine, ...(await overIPv6(own, machineWithLink)) };
  const throughHost = `http://[${far.hostAddress}]:${await usual.server.hostPort(80)}`;
  return { own, far, usual, routed, throughHost };
});

export default claims([
  // a host with IPv6 beside which there is another machine with IPv6
  {
    id: 'nat.ipv6.egress-has-the-hosts-address',
    level: 'must',
    title: "By default, a container's IPv6 connections must arrive at remote machines with the host's address",
    sources: [portPublishing, portMappingTests],
    observedBy:
      'curl inside the container fetches the IPv6 address of a server in a namespace beside the host, which answers with the address of its client.',
    requires: ['own-lab'],
    since: rulesOfIPv6,
    faults: [
      {
        id: 'nat.ipv6-masquerade-is-missing',
        title: 'A rule before all others keeps outgoing IPv6 packets from being masqueraded',
        inject: 'ip6tables -t nat -I POSTROUTING -j ACCEPT',
        undo: 'ip6tables -t nat -D POSTROUTING -j ACCEPT',
      },
    ],
    check: async () => {
      const { far, usual } = await town();
      const answer = await fetched(usual.server, `http://[${far.address}]`);
      expect(answer).toBeReached({ by: far.machine });
      expect(answer).toMatchObject({ body: far.hostAddress });
    },
  },
  {
    id: 'nat.ipv6.published-port-sees-the-remote-address',
    level: 'observed',
    title: "A remote machine must reach an IPv6 network's published port over IPv6, seen with its own address",
    sources: [portMappingTests, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/port_mapping_linux.go' }],
    observedBy:
      "A namespace beside the host fetches the host's IPv6 address at the published port of a container on a network with IPv6; the server answers with its client's address.",
    requires: ['own-lab'],
    subject: 'published-ports-from-beside',
    since: rulesOfIPv6,
    faults: ['nat.ipv6-packets-are-translated', 'nat.ipv6-forwarding-is-dropped'],
    check: async () => {
      const { far, usual, throughHost } = await town();
      const answer = await fetched(far.machine, throughHost);
      expect(answer).toBeReached({ by: usual.server });
      expect(answer).toMatchObject({ body: far.address });
    },
  },
  {
    id: 'nat.ipv6.direct-access-is-closed',
    level: 'must',
    title: "In gateway mode nat, remote machines routing to a container's IPv6 address must reach no port there",
    sources: [portPublishing, release28],
    observedBy:
      "A namespace beside the host fetches a published and an unpublished port at the container's IPv6 address; the host reaches both, and the namespace the published one at the host's address.",
    requires: ['docker-engine', 'own-lab'],
    since: {
      version: '28.0.0',
      source: 'remote hosts are kept from connecting to containers directly since, Engine 28 release notes, moby pull request 49325',
    },
    faults: ['nat.ipv6-is-accepted', 'nat.containers-have-no-curl'],
    check: async () => {
      const { own, far, usual, throughHost } = await town();
      const bothPortsListen = async () => {
        for (const origin of [usual.published, usual.unpublished])
          expect(await fetched(own.host, origin)).toBeReached({ by: usual.server });
        expect(await fetched(far.machine, throughHost)).toBeReached({ by: usual.server });
      };
      await control(bothPortsListen);
      for (const origin of [usual.published, usual.unpublished]) expect(await far.machine.fetches(origin)).toBeOutcome('timed-out');
      await control(bothPortsListen);
    },
  },
  {
    id: 'nat.ipv6.routed-published-port-is-open',
    level: 'must',
    title: "With gateway_mode_ipv6=routed, a published port must be open at the container's IPv6 address",
    sources: [portPublishing, portMappingTests],
    observedBy: "curl in a namespace beside the host fetches the container's IPv6 address; the server answers with its client's own.",
    requires: ['docker-engine', 'own-lab'],
    since: natAndRouted,
    faults: ['nat.ipv6-packets-are-translated'],
    check: async () => {
      const { far, routed } = await town();
      const answer = await fetched(far.machine, routed.published);
      expect(answer).toBeReached({ by: routed.server });
      expect(answer).toMatchObject({ body: far.address });
    },
  },
  {
    id: 'nat.ipv6.routed-unpublished-port-is-closed',
    level: 'must',
    title: 'With gateway_mode_ipv6=routed, an unpublished port must be closed to remote machines over IPv6',
    sources: [portPublishing, portMappingTests],
    observedBy:
      'curl in a namespace beside the host gets no answer from a port of the container that the host reaches, while another port of it answers.',
    requires: ['docker-engine', 'own-lab'],
    since: natAndRouted,
    faults: ['nat.ipv6-is-accepted', 'nat.containers-have-no-curl'],
    check: async () => {
      const { own, far, routed } = await town();
      const bothAnswer = async () => {
        expect(await fetched(own.host, routed.unpublished)).toBeReached({ by: routed.server });
        expect(await fetched(far.machine, routed.published)).toBeReached({ by: routed.server });
      };
      await control(bothAnswer);
      expect(await far.machine.fetches(routed.unpublished)).toBeOutcome('timed-out');
      await control(bothAnswer);
    },
  },
  {
    id: 'nat.ipv6.routed-egress-keeps-the-containers-address',
    level: 'must',
    title: "With gateway_mode_ipv6=routed, remote machines must see the container's own IPv6 address",
    sources: [portPublishing],
    observedBy:
      'curl inside the container fetches the IPv6 address of a server in a namespace beside the host, which answers with the address of its client.',
    requires: ['docker-engine', 'own-lab'],
    since: natAndRouted,
    faults: ['nat.ipv6-packets-are-translated'],
    check: async () => {
      const { far, routed } = await town();
      const answer = await fetched(routed.server, `http://[${far.address}]`);
      expect(answer).toBeReached({ by: far.machine });
      expect(answer).toMatchObject({ body: routed.address });
    },
  },
  {
    id: 'nat.ipv6.unprotected-opens-every-port',
    level: 'must',
    title: "gateway_mode_ipv6=nat-unprotected must open unpublished ports at the container's IPv6 address",
    sources: [portPublishing, portMappingTests],
    observedBy: 'curl in a namespace beside the host fetches a port of the container that is not published.',
    requires: ['docker-engine', 'own-lab'],
    since: further,
    faults: ['nat.network-options-are-lost', 'nat.ipv6-forwarding-is-dropped'],
    check: async () => {
      const { own, far } = await town();
      const { server, unpublished } = await serverOn('nat-unprotected', own);
      expect(await fetched(far.machine, unpublished)).toBeReached({ by: server });
    },
  },
  // a network whose gateway mode is of IPv6 alone
  {
    id: 'nat.ipv6.routed-takes-no-port-of-the-host',
    level: 'must',
    title: "With gateway_mode_ipv6=routed alone, a port must be published at the host's IPv4 addresses only",
    sources: [portPublishing, portMappingTests],
    observedBy:
      "NetworkSettings.Ports of a container that asked for a host port, and that this port answers at 127.0.0.1 and refuses at ::1 and at the host's IPv6 address on the network.",
    requires: ['published-ports', 'docker-engine', 'host-ipv6', 'ipv6-forwarding'],
    since: {
      version: '28.0.0',
      source:
        'A host port that a gateway mode leaves unused no longer keeps a container from being made since, Engine 28.0 release notes, moby pull request 48575',
    },
    faults: ['nat.network-options-are-lost'],
    check: async () => {
      const asked = `${await freePorts(host)}`;
      const { server, gateway, published } = await serverOn('routed', { make }, asked);
      const bothAnswer = async () => {
        expect(await fetched(host, published)).toBeReached({ by: server });
        expect(await host.fetches(`http://127.0.0.1:${asked}`)).toBeReached({ by: server });
      };
      await control(bothAnswer);
      const bindings = (await server.inspect()).NetworkSettings.Ports?.['80/tcp'] ?? [];
      expect(bindings).toHaveLength(2);
      expect(bindings).toContainEqual({ HostIp: '0.0.0.0', HostPort: asked });
      expect(bindings).toContainEqual({ HostIp: '::', HostPort: '' });
      for (const address of ['::1', gateway]) expect(await host.fetches(`http://[${address}]:${asked}`)).toBeOutcome('refused');
      await control(bothAnswer);
    },
  },
  {
    id: 'nat.ipv6.isolated-host-has-no-address',
    level: 'must',
    title: 'The host must have no IPv6 address on a network with gateway_mode_ipv6=isolated',
    sources: [portPublishing, bridgeTests],
    observedBy: "The IPv6 addresses of the network's bridge interface, beside that of an internal network in the usual mode.",
    requires: ['docker-engine', 'host-bridges', 'host-ipv6', 'ipv6-forwarding'],
    since: further,
    faults: ['nat.network-options-are-lost'],
    check: async () => {
      const [usual, isolated] = [make.subnet6(), make.subnet6()];
      const internal = { Internal: true, EnableIPv6: true };
      const open = await make.network({ ...internal, IPAM: { Config: [{ Subnet: usual.subnet }] } });
      const closed = await make.claimed.network({
        ...internal,
        Options: mode('isolated'),
        IPAM: { Config: [{ Subnet: isolated.subnet }] },
      });
      const { links } = await networkView(host);
      const ofBridge = ({ id }: { id: string }) => links[`br-${id.slice(0, 12)}`]?.addresses.filter((address) => address.includes(':'));
      await control(() => expect(ofBridge(open)).toContain(`${usual.gateway}/64`));
      expect(ofBridge(closed)).toEqual([]);
    },
  },
  // a host with IPv6 beside which there is another machine with IPv6
  {
    id: 'nat.ipv6.routed-network-is-open-to-other-networks',
    level: 'must',
    title: 'gateway_mode_ipv6=routed must open published ports, and no others, to other networks over IPv6',
    sources: [portPublishing, routedTests],
    observedBy:
      'curl inside a container of a network in mode nat fetches both ports of the routed container at its IPv6 address; the host reaches both.',
    requires: ['docker-engine', 'own-lab'],
    since: further,
    faults: ['nat.ipv6-is-accepted', 'nat.ipv6-forwarding-is-dropped'],
    check: async () => {
      const { own, usual, routed } = await town();
      const publishedIsOpenAndBothListen = async () => {
        expect(await fetched(usual.server, routed.published)).toBeReached({ by: routed.server });
        expect(await fetched(own.host, routed.unpublished)).toBeReached({ by: routed.server });
      };
      await publishedIsOpenAndBothListen();
      expect(await usual.server.fetches(routed.unpublished)).toBeOutcome('timed-out');
      await control(publishedIsOpenAndBothListen);
    },
  },
  {
    id: 'nat.ipv6.other-networks-reach-a-port-through-the-host',
    level: 'must',
    title: "A container must reach a port that another network publishes at the host's IPv6 address",
    sources: [portPublishing, portMappingTests],
    observedBy: "curl inside a container of a routed network fetches the host's address on another link at the published port.",
    requires: ['docker-engine', 'own-lab'],
    since: rulesOfIPv6,
    faults: [
      {
        id: 'nat.ipv6-way-into-the-host-is-closed',
        title: 'What containers send to the host over IPv6 is dropped, on its way in and to where it is led',
        inject: 'for at in INPUT FORWARD; do ip6tables -t mangle -I $at -p tcp ! -i lo -j DROP; done',
        undo: 'for at in INPUT FORWARD; do ip6tables -t mangle -D $at -p tcp ! -i lo -j DROP; done',
      },
    ],
    check: async () => {
      const { usual, routed, throughHost } = await town();
      expect(await fetched(routed.server, throughHost)).toBeReached({ by: usual.server });
    },
  },
  {
    id: 'nat.ipv6.pings-are-answered-where-it-is-routed',
    level: 'must',
    title: "A remote machine's IPv6 ping must be answered with gateway_mode_ipv6=routed, and by default not",
    sources: [portPublishing, portMappingTests],
    observedBy: 'ping in a namespace beside the host to the IPv6 addresses of two containers, one of them on a network in mode routed.',
    requires: ['docker-engine', 'own-lab'],
    since: {
      version: '28.0.0',
      source: 'remote hosts are kept from connecting to containers directly since, Engine 28 release notes, moby pull request 49325',
    },
    faults: [
      'nat.ipv6-is-accepted',
      {
        id: 'nat.ipv6-pings-are-dropped',
        title: 'No ICMPv6 echo is forwarded',
        inject: 'ip6tables -t mangle -I FORWARD -p icmpv6 --icmpv6-type echo-request -j DROP',
        undo: 'ip6tables -t mangle -D FORWARD -p icmpv6 --icmpv6-type echo-request -j DROP',
      },
    ],
    check: async () => {
      const { own, far, usual, routed } = await town();
      const answers = async (from: Pick<typeof far.machine, 'exec'>, address: string) =>
        (await from.exec(['ping', '-c', '1', '-W', '2', address])).exitCode === 0;
      expect(await answers(far.machine, routed.address)).toBe(true);
      await control(async () => expect(await answers(own.host, usual.address)).toBe(true));
      expect(await answers(far.machine, usual.address)).toBe(false);
      await control(async () => expect(await answers(far.machine, routed.address)).toBe(true));
    },
  },
]);
