import { attachedTo, claims, control, expect, lookUp, make, read, scene, serving } from '../../helpers';

const dns = { docs: 'docs.docker.com/engine/network/dns' };
const bridgeTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' };

const nameServed = 'server { listen [::]:80 ipv6only=on; root /usr/share/nginx/html; }';

/** A server that listens on IPv6 alone, another container without IPv6, and a client, on a network with both families. */
const dual = scene(async () => {
  const [four, six] = [make.subnet(), make.subnet6()];
  const net = await make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: four.subnet }, { Subnet: six.subnet }] } });
  const [server, without, client] = await Promise.all([
    make.container({
      member: 'server',
      ...serving(nameServed),
      Cmd: ['nginx', '-g', 'daemon off;'],
      ...attachedTo(net),
    }),
    make.container({ member: 'without', ...attachedTo(net, { Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1' } }) }),
    make.container({ member: 'client', ...attachedTo(net) }),
  ]);
  return { net, server, without, client };
});

/** A network whose IPv6 subnet this is, and two containers in it. */
async function pairIn(Subnet: string) {
  const net = await make.claimed.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: make.subnet().subnet }, { Subnet }] } });
  const [one, other] = await Promise.all([make.claimed.container(attachedTo(net)), make.claimed.container(attachedTo(net))]);
  return { net, one, other };
}

export default claims([
  // names on a network with both families
  {
    id: 'ipv6.on.names-lead-there',
    level: 'must',
    title: 'On a network with both families, a name must lead to a server that listens on IPv6 alone',
    sources: [dns, bridgeTests],
    observedBy: 'curl in a container of the network fetches from the server by its name.',
    faults: ['ipv6.networks-do-without'],
    check: async () => {
      const { server, client } = await dual();
      expect(await client.fetches(`http://${server.containerName}`)).toMatchObject({
        kind: 'reached',
        remoteAddress: expect.stringContaining(':'),
      });
    },
  },
  {
    id: 'ipv6.disabled.name-has-no-ipv6-address',
    level: 'must',
    title: 'A name of a container with disable_ipv6=1 must have its IPv4 address, and no IPv6 address',
    sources: [bridgeTests],
    observedBy: 'The A and AAAA records that a peer on a network with both families gets; another container has both.',
    requires: ['docker-engine'],
    since: { version: '28.0.0', source: 'IPv6 addresses are given only where IPv6 is enabled since, moby commit ec3dde7001' },
    faults: ['ipv6.nothing-is-disabled'],
    check: async () => {
      const { net, server, without, client } = await dual();
      const records = async (name: string, type: 'A' | 'AAAA') => (await lookUp(client, name, type)).records.map(({ data }) => data);
      await control(async () => expect(await records(server.containerName, 'AAAA')).toHaveLength(1));
      expect(await records(without.containerName, 'A')).toEqual([(await without.endpoint(net.name)).IPAddress]);
      expect(await records(without.containerName, 'AAAA')).toEqual([]);
    },
  },
  // subnets of other kinds
  {
    id: 'ipv6.subnet.may-be-link-local',
    level: 'must',
    title: 'A network must take the IPv6 subnet fe80::/64, give addresses of it, and tell them by DNS',
    sources: [bridgeTests],
    observedBy: 'The endpoint of a container in it, the address that a peer is told by its name, and a ping of that.',
    requires: ['docker-engine'],
    since: { version: '25.0.0', source: 'TestBridgeICC of moby, which keeps it, is of this version' },
    faults: ['ipv6.networks-do-without'],
    check: async () => {
      for (const subnet of ['fe80::/64', 'fe80:1234::/64']) {
        const { net, one, other } = await pairIn(subnet);
        const { GlobalIPv6Address } = await other.endpoint(net.name);
        expect(GlobalIPv6Address).toBeInSubnet(subnet);
        expect((await lookUp(one, other.containerName, 'AAAA')).records.map(({ data }) => data)).toEqual([GlobalIPv6Address]);
        expect(await read(one, ['ping', '-6', '-c', '1', '-W', '3', `${GlobalIPv6Address}%eth0`])).toMatch(/1 packets received|1 received/);
        await net.disconnect(one);
        await net.disconnect(other);
        await net.remove();
      }
    },
  },
]);
