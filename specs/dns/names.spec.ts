import { create } from '../../fixtures/faults/trials/dns';
import {
  ask,
  askedFor,
  asksNobodyElse,
  attachedTo,
  claims,
  control,
  eventually,
  expect,
  knowsNoName,
  lookUp,
  lookUpAll,
  make,
  mustGrant,
  nameServerOn,
  scene,
} from '../../helpers';

const dns = { docs: 'docs.docker.com/engine/network/dns' };
const resolver = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/resolver.go' };
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const api = { docs: 'github.com/moby/moby/blob/v28.5.2/docs/api/v1.51.yaml' };
const network = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/network.go' };

/** It has a peer; a guest and a second guest are on its network and on another one, where a second server is. */
const town = scene(async () => {
  const hostName = make.name('host');
  const [net, other] = await Promise.all([make.network(), make.network()]);
  const [server, elsewhere, peer, guest, companion] = await Promise.all([
    make.server({ member: 'server', Hostname: hostName, ...attachedTo(net) }),
    make.server({ member: 'elsewhere', ...attachedTo(other, { Dns: [await knowsNoName(make, other)] }) }),
    make.container({ member: 'peer', ...attachedTo(net) }),
    make.container({ member: 'guest', ...attachedTo(net) }),
    make.container({ member: 'companion', ...attachedTo(net) }),
  ]);
  await Promise.all([other.connect(guest), other.connect(companion)]);
  return { hostName, net, other, server, elsewhere, peer, guest, companion };
});

/** A name server of the test on a network, and a container that is to ask it for what the engine does not know. */
const consulted = scene(async () => {
  const net = await make.network();
  const { container: upstream, address } = await nameServerOn(make, net);
  return { upstream, asking: await make.claimed.container({ member: 'asking', ...attachedTo(net, { Dns: [address] }) }) };
});

/** A container with an IPv6 address of its choice, and a peer. */
const dualStack = scene(async () => {
  const { subnet, address: nth } = make.subnet6();
  const [net, address] = [await make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: subnet }] } }), nth(0x80)];
  const [named, asking] = await Promise.all([
    make.container({
      member: 'named',
      NetworkingConfig: { EndpointsConfig: { [net.name]: { IPAMConfig: { IPv6Address: address } } } },
      ...attachedTo(net),
    }),
    make.container(attachedTo(net)),
  ]);
  return { net, named, asking, address };
});

/** Asks about a peer, and proves that the question went to nobody else, while others do. */
async function answeredWithoutForwarding(type: 'AAAA' | 'MX') {
  const { upstream, asking } = await consulted();
  const unknown = `${make.name()}.example`;
  const answer = await lookUp(asking, upstream.containerName, type);
  await lookUp(asking, unknown, type);
  const asked = await askedFor(upstream);
  await control(() => expect(asked).toContain(`${unknown} ${type}`));
  expect(asked).not.toContain(`${upstream.containerName} ${type}`);
  return answer;
}

/** A server and a peer on a network of their own. */
const pair = async () => {
  const net = await make.network();
  const [server, peer] = await Promise.all([
    make.server({ member: 'server', ...attachedTo(net) }),
    make.container({ member: 'peer', ...attachedTo(net, asksNobodyElse) }),
  ]);
  const becomes = (name: string, outcome: 'reached' | 'name-unknown') =>
    eventually(
      () => peer.fetches(`http://${name}`),
      ({ kind }) => kind === outcome,
      { within: 4000 },
    );
  return { net, server, peer, becomes };
};

export default claims([
  // a server on a user-defined network
  {
    id: 'dns.name.leads-to-its-container',
    level: 'must',
    title: 'The name of a container must lead its peers on a user-defined network to it',
    sources: [dns, { docs: 'docs.docker.com/engine/network/#user-defined-networks' }],
    observedBy: "curl inside a peer fetches the name; the answer carries the container's token.",
    faults: ['dns.names-are-others', 'dns.containers-ask-the-host'],
    check: async () => {
      const { server, peer } = await town();
      expect(await peer.fetches(`http://${server.containerName}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'dns.host-name.leads-to-its-container',
    level: 'must',
    title: 'The host name of a container must lead its peers on a user-defined network to it',
    sources: [api, { docs: 'docs.docker.com/engine/release-notes/20.10' }],
    observedBy: "curl inside a peer fetches the host name, which is not the container's name; the answer carries the container's token.",
    faults: [
      'dns.containers-ask-the-host',
      {
        id: 'dns.host-names-are-others',
        title: 'Containers get another host name than the one that they ask for',
        api: [{ ...create, does: 'asks', at: ['Hostname'], value: 'trial' }],
      },
    ],
    check: async () => {
      const { hostName, server, peer } = await town();
      expect(await peer.fetches(`http://${hostName}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'dns.short-id.leads-to-its-container',
    level: 'must',
    title: "The first 12 digits of a container's id must lead its peers on a user-defined network to it",
    sources: [api],
    observedBy: "curl inside a peer fetches the digits; the answer carries the container's token.",
    faults: ['dns.containers-ask-the-host'],
    check: async () => {
      const { server, peer } = await town();
      expect(await peer.fetches(`http://${server.id.slice(0, 12)}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'dns.name-and-network.gives-the-address-there',
    level: 'must',
    title: "CONTAINER.NETWORK must resolve to the container's IPv4 address on that network",
    sources: [api, networkTests],
    observedBy: 'The records that a container gets which shares two networks with the named one.',
    faults: ['dns.names-are-others', 'dns.containers-ask-the-host'],
    check: async () => {
      const { net, other, guest, companion } = await town();
      for (const { name } of [net, other]) {
        const { records } = await lookUp(guest, `${companion.containerName}.${name}`);
        expect(records.map(({ data }) => data)).toEqual([(await companion.endpoint(name)).IPAddress]);
      }
    },
  },
  {
    id: 'dns.name.in-capitals-is-the-same',
    level: 'must',
    title: 'The name of a container on a user-defined network must resolve in capital letters, too',
    sources: [{ docs: 'rfc-editor.org/rfc/rfc4343' }, network],
    observedBy: 'The record that a peer gets for the name in capitals.',
    faults: ['dns.names-are-others', 'dns.containers-ask-the-host'],
    check: async () => {
      const { net, server, peer } = await town();
      const { records } = await lookUp(peer, server.containerName.toUpperCase());
      expect(records.map(({ data }) => data)).toEqual([(await server.endpoint(net.name)).IPAddress]);
    },
  },
  {
    id: 'dns.transport.names-over-tcp',
    level: 'must',
    title: 'The name server of a user-defined network must answer for container names over TCP as well',
    sources: [{ docs: 'rfc-editor.org/rfc/rfc7766 (section 5)' }, dns],
    observedBy: 'The answer over TCP to a question for the name of another container, held against the address that the engine lists.',
    faults: ['dns.embedded-server-takes-no-connections'],
    check: async () => {
      const { net, server, peer } = await town();
      expect(await lookUp(peer, server.containerName, 'A', { over: 'TCP' })).toMatchObject({
        code: 'NOERROR',
        records: [{ type: 'A', data: (await server.endpoint(net.name)).IPAddress }],
      });
    },
  },
  {
    id: 'dns.name.unknown-without-a-shared-network',
    level: 'must',
    title: 'A container must not resolve the name of one that shares no network with it',
    sources: [dns],
    observedBy:
      'The answers of the name server of a container on another network, which is told of a container there; the name server that it forwards to knows no name. A peer of the named container reaches it by its name.',
    // with ndots set by the operator, moby does not ask on for a name without a dot (daemon/libnetwork/resolver.go)
    requires: ['unconfigured-dns-options'],
    faults: ['dns.names-are-others', 'dns.given-server-knows-every-name'],
    check: async () => {
      const { server, elsewhere, guest, peer } = await town();
      const reached = async () => expect(await peer.fetches(`http://${server.containerName}`)).toBeReached({ by: server });
      await control(reached);
      const [shared, other] = await lookUpAll(elsewhere, [
        [guest.containerName, 'A'],
        [server.containerName, 'A'],
      ]);
      await control(() => expect(shared).toMatchObject({ code: 'NOERROR', records: [{ type: 'A' }] }));
      expect(other).toEqual({ code: 'NXDOMAIN', records: [] });
      await control(reached);
    },
  },
  {
    id: 'dns.name.known-on-every-network-of-the-asker',
    level: 'must',
    title: 'A container on two user-defined networks must resolve the names of its peers on both',
    sources: [dns],
    observedBy: 'curl inside it fetches the names of a server on its first and of one on its second network.',
    faults: ['dns.names-are-others', 'dns.containers-ask-the-host'],
    check: async () => {
      const { server, elsewhere, guest } = await town();
      for (const it of [server, elsewhere]) expect(await guest.fetches(`http://${it.containerName}`)).toBeReached({ by: it });
    },
  },
  // a container that changes
  {
    id: 'dns.name.follows-the-life-of-its-container',
    level: 'must',
    title: 'The name of a container must resolve while it runs, and not while it is stopped',
    sources: [dns],
    observedBy: 'curl inside a peer, before, after the stop, and after the start; what the engine does not know, nobody is asked.',
    faults: ['dns.names-are-others', 'dns.given-server-knows-every-name'],
    check: async () => {
      const { server, peer, becomes } = await pair();
      const name = server.containerName;
      await control(async () => expect(await peer.fetches(`http://${name}`)).toBeReached({ by: server }));
      await server.stop();
      expect(await becomes(name, 'name-unknown')).toBeOutcome('name-unknown');
      await server.start();
      expect(await becomes(name, 'reached')).toBeReached({ by: server });
    },
  },
  {
    id: 'dns.name.stays-while-paused',
    level: 'observed',
    title: 'The name of a paused container on a user-defined network must still resolve to its IPv4 address',
    sources: [resolver],
    observedBy: 'The records that a peer gets.',
    faults: ['dns.names-are-others'],
    check: async () => {
      const { net, server, peer } = await pair();
      mustGrant('a container that the claim needs could not be paused', await ask('POST', `/containers/${server.id}/pause`));
      await control(async () =>
        expect((await ask<{ State: object }>('GET', `/containers/${server.id}/json`)).body.State).toMatchObject({ Paused: true }),
      );
      const { records } = await lookUp(peer, server.containerName);
      await ask('POST', `/containers/${server.id}/unpause`);
      expect(records.map(({ data }) => data)).toEqual([(await server.endpoint(net.name)).IPAddress]);
    },
  },
  // a server on a user-defined network
  {
    id: 'dns.answer.lasts-ten-minutes',
    level: 'must',
    title: "An A record for a container's name must have a TTL of 600 seconds",
    sources: [dns],
    observedBy: 'The record that a peer gets.',
    faults: ['dns.containers-ask-the-host'],
    check: async () => {
      const { server, peer } = await town();
      expect((await lookUp(peer, server.containerName)).records.map(({ ttl }) => ttl)).toEqual([600]);
    },
  },
  {
    // the page speaks of the name alone; what follows it is in the code
    id: 'dns.answer.reverse-is-name-and-network',
    level: 'observed',
    title: "A PTR query for a container's IPv4 address must be answered with CONTAINER.NETWORK",
    sources: [dns, network],
    observedBy: 'The record that a peer gets for the address.',
    faults: ['dns.names-are-others', 'dns.containers-ask-the-host'],
    check: async () => {
      const { net, server, peer } = await town();
      const { IPAddress } = await server.endpoint(net.name);
      const { records } = await lookUp(peer, `${IPAddress.split('.').reverse().join('.')}.in-addr.arpa`, 'PTR');
      expect(records.map(({ data }) => data)).toEqual([`${server.containerName}.${net.name}`]);
    },
  },
  // a container whose questions can be forwarded
  {
    id: 'dns.answer.no-ipv6-is-an-empty-success',
    level: 'must',
    title: 'An AAAA query for an IPv4-only container must get NOERROR without records, not be forwarded',
    sources: [resolver, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/resolver_unix_test.go' }],
    observedBy: 'The answer that a peer gets, and what a name server was asked that it would forward to.',
    faults: ['dns.containers-ask-given-servers'],
    check: async () => {
      expect(await answeredWithoutForwarding('AAAA')).toEqual({ code: 'NOERROR', records: [] });
    },
  },
  // a container that changes
  {
    id: 'dns.answer.ipv6-address',
    level: 'must',
    title: 'An AAAA query for a container on an IPv6 network must be answered with its IPv6 address',
    sources: [dns],
    observedBy: 'The record that a peer gets.',
    requires: ['ipv6-forwarding'],
    faults: ['dns.names-are-others'],
    check: async () => {
      const { named, asking, address } = await dualStack();
      const { records } = await lookUp(asking, named.containerName, 'AAAA');
      expect(records.map(({ type, data }) => ({ type, data }))).toEqual([{ type: 'AAAA', data: address }]);
    },
  },
  // a container whose questions can be forwarded
  {
    id: 'dns.answer.mail-is-an-empty-success',
    level: 'must',
    title: "An MX query for a container's name must get NOERROR without records, and not be forwarded",
    sources: [dns],
    observedBy: 'The answer that a peer gets, and what a name server was asked that it would forward to.',
    faults: ['dns.containers-ask-given-servers'],
    check: async () => {
      expect(await answeredWithoutForwarding('MX')).toEqual({ code: 'NOERROR', records: [] });
    },
  },
  {
    id: 'dns.answer.other-types-are-forwarded',
    level: 'must',
    title: "A TXT query for a container's name must be forwarded",
    sources: [dns],
    observedBy: 'What a name server of the test was asked, and the answer that the peer gets.',
    faults: ['dns.containers-ask-the-host', 'dns.given-servers-are-lost', 'dns.forwarding-over-udp-is-dead'],
    check: async () => {
      const { upstream, asking } = await consulted();
      const { code, records } = await lookUp(asking, upstream.containerName, 'TXT');
      expect({ code, data: records.map(({ data }) => data) }).toEqual({ code: 'NOERROR', data: ['198.51.100.1'] });
      expect(await askedFor(upstream)).toContain(`${upstream.containerName} TXT`);
    },
  },
  {
    id: 'dns.answer.reverse-of-ipv6-is-name-and-network',
    level: 'observed',
    title: "A PTR query for a container's IPv6 address must be answered with CONTAINER.NETWORK",
    sources: [dns, network],
    observedBy: 'The record that a peer gets for the address.',
    requires: ['ipv6-forwarding'],
    faults: ['dns.names-are-others'],
    check: async () => {
      const { net, named, asking, address } = await dualStack();
      const digits = address.split(':').map((group) => group.padStart(4, '0'));
      const whole = digits.flatMap((group) =>
        group === '0000' && digits.length < 8 ? Array<string>(9 - digits.length).fill(group) : [group],
      );
      const { records } = await lookUp(asking, `${Array.from(whole.join('')).reverse().join('.')}.ip6.arpa`, 'PTR');
      expect(records.map(({ data }) => data)).toEqual([`${named.containerName}.${net.name}`]);
    },
  },
  {
    id: 'dns.name.may-have-dots',
    level: 'must',
    title: 'The name of a container with dots in it must resolve to its IPv4 address on a user-defined network',
    sources: [dns, networkTests],
    observedBy: 'The record that a peer gets for the name.',
    faults: ['dns.names-are-others', 'dns.containers-ask-the-host'],
    check: async () => {
      const { net, peer } = await town();
      const dotted = await make.container({ name: make.name('web.of.the'), ...attachedTo(net) });
      const { records } = await lookUp(peer, dotted.containerName);
      expect(records.map(({ data }) => data)).toEqual([(await dotted.endpoint(net.name)).IPAddress]);
    },
  },
]);
