import { forIpv4AndIpv6, stops } from '../../fixtures/faults/scripts';
import { claims, context, control, engine, expect, host, listeningAt, mustStart, networkView, topology } from '../../helpers';

/** Where the default bridge publishes: on all addresses of the host, unless its operator chose one (`ip`). */
const bindingAddress = () => context.engine.defaultBridge?.options['com.docker.network.bridge.host_binding_ipv4'] ?? '0.0.0.0';
const onAllAddresses = () => bindingAddress() === '0.0.0.0';
const localAddress = () => (onAllAddresses() ? '127.0.0.1' : bindingAddress());

const lab = topology('half-published');
const published = () => lab.nginx.hostPort(80, 'tcp', bindingAddress());

/** With these, nothing leads from the host to the published port. */
const stopPublishing = [
  'engine.no-default-bridge',
  'engine.publishes-on-loopback',
  'engine.publishes-on-a-missing-address',
  'engine.docker-proxy-fails',
  'server.that-publishes-ended',
  'proxy.killed',
  'proxy.ends-at-once',
  'port.taken-from-the-proxy',
  'api.ports-published-nowhere',
  'api.publishing-means-host-mode',
  'api.publishing-shares-the-hosts-namespace',
] as const;

export default claims(lab, [
  // a container that publishes one of its two ports
  {
    id: 'bridge.default.is-what-a-container-gets',
    level: 'must',
    title: 'A container that asks for no network must be attached to the default bridge, and to nothing else',
    sources: [{ document: 'line 39' }, { docs: 'docs.docker.com/engine/network' }],
    observedBy: 'The container object lists its networks, and the bridge network lists the container.',
    faults: [
      'engine.no-default-bridge',
      'api.default-bridge-refused',
      'api.default-bridge-hangs-up',
      'server.that-publishes-ended',
      'api.other-container-id',
      'api.other-network-of-a-container',
      'api.networks-forget-their-containers',
      'api.publishing-means-host-mode',
      'api.publishing-shares-the-hosts-namespace',
    ],
    check: async () => {
      const { Id, NetworkSettings } = await lab.nginx.inspect();
      const bridge = await engine.network('bridge');
      const attached = await Promise.all(Object.values(NetworkSettings.Networks ?? {}).map(({ NetworkID }) => engine.network(NetworkID)));
      expect(attached.map((network) => network.Id)).toEqual([bridge.Id]);
      expect(bridge.Containers?.[Id]).toBeDefined();
    },
  },
  {
    id: 'bridge.default.container-has-its-own-namespace',
    level: 'must',
    title: "A container on the bridge must have a network namespace of its own, apart from the host's",
    sources: [{ document: 'line 45' }, { docs: 'docs.docker.com/engine/network/drivers/bridge' }],
    observedBy: 'The inode of /proc/self/ns/net inside the container and on the host.',
    faults: ['api.publishing-shares-the-hosts-namespace'],
    check: async () => {
      const [inside, outside] = await Promise.all([networkView(lab.nginx), networkView(host)]);
      expect(inside.namespace).toMatch(/^net:\[\d+\]$/);
      expect(outside.namespace).toMatch(/^net:\[\d+\]$/);
      expect(inside.namespace).not.toBe(outside.namespace);
    },
  },
  {
    id: 'bridge.published.host-reaches-the-container',
    level: 'must',
    title: 'A TCP port published on the default bridge must lead the host to its container over IPv4',
    sources: [{ document: 'line 39' }, { docs: 'docs.docker.com/engine/network/port-publishing' }],
    observedBy: "curl on the host fetches 127.0.0.1 at the published port; the answer carries the container's own token.",
    requires: ['published-ports'],
    faults: [
      ...stopPublishing,
      'firewall.raw-table-drops',
      'firewall.input-drops',
      'firewall.input-policy-drops',
      'bridge.is-down',
      'host.loopback-is-down',
      {
        kind: 'engine',
        id: 'engine.no-way-to-published-ports',
        title: 'Neither docker-proxy nor rules of the packet filter lead to published ports (--userland-proxy=false --iptables=false)',
        daemonArgs: ['--userland-proxy=false', '--iptables=false'],
        cause: 'port.held-by-engine',
      },
      {
        kind: 'host',
        id: 'firewall.output-drops',
        title: 'A rule in OUTPUT drops what the host sends to a container',
        within: { 'half-published': 'iptables -I OUTPUT -d "$NGINX_IP" -j DROP' },
        cause: 'host.firewall',
      },
      {
        kind: 'host',
        id: 'nat.published-port-is-diverted',
        title: 'A NAT rule leads a published port to a port of the host where nobody listens',
        within: { 'half-published': forIpv4AndIpv6('-t nat -I OUTPUT -p tcp --dport "$NGINX_HOST_PORT" -j REDIRECT --to-ports 9') },
        cause: 'host.nat-diverts',
      },
      {
        kind: 'host',
        id: 'nat.rules-deleted',
        title: "The engine's NAT rules are deleted on a host that has no docker-proxy",
        daemonArgs: ['--userland-proxy=false'],
        within: { 'half-published': 'iptables -t nat -F DOCKER || nft flush chain ip docker-bridges nat-prerouting-and-output' },
        cause: 'port.held-by-engine',
      },
      {
        kind: 'host',
        id: 'bridge.without-address',
        title: 'The default bridge has lost its address',
        within: { 'half-published': 'ip address flush dev "$BRIDGE"' },
        cause: 'bridge.no-address',
      },
      {
        kind: 'host',
        id: 'container.default-route-lost',
        title: 'A container has a wrong default route, and its subnet is no link of its own',
        within: {
          'half-published': 'inside NGINX ip route flush table main; inside NGINX ip route add default via 192.0.2.99 dev eth0 onlink',
        },
        cause: 'target.no-way-back',
      },
      {
        kind: 'host',
        id: 'host.route-discards',
        title: 'A route of the host discards what it sends to a container',
        within: { 'half-published': 'ip route add blackhole "$NGINX_IP/32"' },
        cause: 'host.route-shadowed',
      },
      {
        kind: 'host',
        id: 'host.route-shadows-the-bridge',
        title: 'A route of the host to another link stands before that to the bridge',
        within: {
          'half-published':
            'ip link add other0 type veth peer name other1; ip link set other0 up; ip link set other1 up; ip route add "$NGINX_IP/32" dev other0',
        },
        cause: 'host.route-shadowed',
      },
      {
        kind: 'host',
        id: 'host.address-taken-twice',
        title: 'The host has the address of a container as well',
        within: { 'half-published': 'ip address add "$NGINX_IP/32" dev lo' },
        cause: 'address.taken-twice',
      },
      {
        kind: 'host',
        id: 'host.wrong-neighbour',
        title: 'The host takes a wrong MAC address for that of a container',
        within: { 'half-published': 'ip neigh replace "$NGINX_IP" lladdr 02:00:00:00:00:01 dev "$BRIDGE" nud permanent' },
        cause: 'neighbour.wrong-mac-address',
      },
      {
        kind: 'host',
        id: 'host.bridges-arp-is-off',
        title: 'The default bridge takes no part in ARP',
        within: { 'half-published': 'ip link set "$BRIDGE" arp off; ip neigh flush dev "$BRIDGE"' },
        cause: 'source.arp-off',
      },
      {
        kind: 'host',
        id: 'server.that-publishes-stopped',
        title: 'The processes of a server that publishes a port are stopped by a signal',
        within: { 'half-published': stops('NGINX') },
        cause: 'target.stopped',
      },
      {
        kind: 'host',
        id: 'server.paused',
        title: 'A container is paused',
        within: { 'half-published': 'docker pause "$NGINX_ID"' },
        mayKill: ['bridge.default.container-has-its-own-namespace'],
        cause: 'target.paused',
      },
    ],
    check: async () => {
      await mustStart('half-published');
      expect(await host.fetches(`http://${localAddress()}:${await published()}`)).toBeReached({ by: lab.nginx });
    },
  },
  {
    id: 'bridge.published.docker-proxy-listens',
    level: 'should',
    title: "A TCP port published over IPv4 must have a docker-proxy to the container's address and port",
    sources: [{ document: 'line 39' }, { docs: 'docs.docker.com/reference/cli/dockerd' }],
    observedBy: 'The command lines of the docker-proxy processes on the host, and the sockets that listen there.',
    requires: ['userland-proxy'],
    faults: [...stopPublishing, 'api.other-address-of-a-container'],
    check: async () => {
      await mustStart('half-published');
      const hostPort = await published();
      const address = (await lab.nginx.endpoint('bridge')).IPAddress;
      const proxies = await host.commandLines('docker-proxy');
      expect(proxies.filter((arguments_) => arguments_.includes(`-host-port ${hostPort} `))).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `-proto tcp -host-ip ${bindingAddress().replaceAll('.', '\\.')} -host-port ${hostPort} -container-ip ${address} -container-port 80\\b`,
          ),
        ),
      );
      expect(await listeningAt(host)).toContain(`${bindingAddress()}:${hostPort}`);
    },
  },
  {
    id: 'bridge.unpublished.host-port-refuses',
    level: 'must',
    title: "An unpublished container port must be refused at the host's localhost and at the bridge's gateway",
    sources: [{ document: 'line 39' }, { docs: 'docs.docker.com/engine/network/port-publishing' }],
    observedBy:
      "One container listens on two ports and publishes one. The host's own port of the other number must refuse, on localhost and at the bridge's gateway, while the host reaches that very listener at the container's address, and the published port at 127.0.0.1 and the gateway, before and after.",
    requires: ['published-ports', 'host-bridges', 'unconfigured-default-gateway'],
    faults: [
      'api.publishing-means-host-mode',
      'api.publishing-shares-the-hosts-namespace',
      {
        kind: 'host',
        id: 'firewall.drops-on-an-unpublished-port',
        title: 'A rule drops on the loopback what is sent to a port that is not published',
        within: { 'half-published': forIpv4AndIpv6('-I INPUT -i lo -p tcp --dport "$NGINX_PORT2" -j DROP') },
        cause: 'host.firewall',
      },
      {
        kind: 'host',
        id: 'nat.unpublished-port-is-published',
        title: 'A NAT rule leads a port of the host to a container that does not publish it',
        within: {
          'half-published':
            'iptables -t nat -I OUTPUT -o lo -p tcp --dport "$NGINX_PORT2" -j DNAT --to-destination "$NGINX_IP"; iptables -t nat -I POSTROUTING -o "$BRIDGE" -d "$NGINX_IP" -j MASQUERADE; echo 1 >"/proc/sys/net/ipv4/conf/$BRIDGE/route_localnet"',
        },
        cause: 'host.nat-diverts',
      },
      {
        kind: 'host',
        id: 'nat.unpublished-port-leads-from-addresses',
        title: 'A NAT rule leads a port of the host, at all addresses but loopback, to a container that does not publish it',
        within: {
          'half-published':
            'iptables -t nat -I OUTPUT ! -d 127.0.0.0/8 -p tcp -m addrtype --dst-type LOCAL --dport "$NGINX_PORT2" -j DNAT --to-destination "$NGINX_IP"',
        },
        cause: 'host.nat-diverts',
      },
    ],
    controlFaults: ['server.that-publishes-ended', 'proxy.killed'],
    check: async () => {
      const [, unpublished] = lab.nginx.ports;
      const { Gateway } = await lab.nginx.endpoint('bridge');
      const allAnswer = async () => {
        const places = [localAddress(), ...(onAllAddresses() ? [Gateway] : [])];
        const port = await published();
        const origins = [await lab.nginx.origin('bridge', unpublished), ...places.map((place) => `http://${place}:${port}`)];
        for (const answer of await Promise.all(origins.map((origin) => host.fetches(origin))))
          expect(answer).toBeReached({ by: lab.nginx });
      };
      await control(allAnswer);
      // engines lead loopback and the host's other addresses to a container in different ways
      for (const place of ['localhost', Gateway]) expect(await host.fetches(`http://${place}:${unpublished}`)).toBeOutcome('refused');
      await control(allAnswer);
    },
  },
]);
