import { droppedOnBridges } from '../../fixtures/faults/trials/dns';
import {
  addressesOfLongNames,
  askedFor,
  attachedTo,
  claims,
  control,
  eventually,
  expect,
  listeningAt,
  listensOn,
  lookUp,
  make,
  nameServer,
  nameServerOn,
  scene,
} from '../../helpers';

const dns = { docs: 'docs.docker.com/engine/network/dns' };
const dnsServices = { docs: 'docs.docker.com/engine/network/#dns-services' };
const finalBoundary = { version: '24.0.1', source: 'NXDOMAIN is handed on, Engine 24.0 release notes, pull request 45573' };
/** DNS over TCP is no option of a name server. */
const overTcp = { docs: 'rfc-editor.org/rfc/rfc7766 (section 5)' };
const resolver = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/resolver_test.go' };
const resolvConfTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/resolvconf_test.go' };

const on = (net: { name: string }, ...Dns: string[]) => attachedTo(net, { Dns });
/** A name that no other claim asks for; its first label tells a name server of the test what to say. */
const nameBeginning = (label: string) => `${label}.${make.name()}.example`;
const answered = (address: string) => ({ code: 'NOERROR', records: [expect.objectContaining({ data: address }) as object] });
/** Addresses of a container's own loopback, where nobody listens: a name server there fails at once. */
const nobody = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

/** What the two name servers of the test answer with. */
const [fromFirst, fromSecond] = ['198.51.100.1', '198.51.100.2'];

/** A container on a network that listens for questions, and its address there. */
async function listening(net: { name: string }, body: Parameters<typeof make.container>[0]) {
  const container = await make.container({ ...body, ...on(net) });
  await eventually(
    () => listeningAt(container),
    (sockets) => listensOn(sockets, 53),
    { within: 3000 },
  );
  return { container, address: (await container.endpoint(net.name)).IPAddress };
}

/** Two name servers, of which the first does not know everything, and a container that was given both. */
const served = scene(async () => {
  const net = await make.network();
  const says = { missing: 'NXDOMAIN', gone: 'authoritative NXDOMAIN', broken: 'SERVFAIL', closed: 'REFUSED' } as const;
  const [first, second] = await Promise.all([
    nameServerOn(make, net, { member: 'first', gives: fromFirst, says }),
    nameServerOn(make, net, { member: 'second', gives: fromSecond }),
  ]);
  const asking = await make.claimed.container({ member: 'asking', ...on(net, first.address, second.address) });
  return { net, first, second, asking };
});

/** A name server of the test, and a container that was given it. */
const servedOverTcp = scene(async () => {
  const net = await make.network();
  const { address } = await nameServerOn(make, net, { gives: fromFirst });
  return make.container({ member: 'asking', ...on(net, address) });
});
const allAddresses = {
  code: 'NOERROR',
  records: Array.from({ length: addressesOfLongNames }, () => expect.objectContaining({ data: fromFirst }) as object),
};

export default claims([
  // a container that was given name servers
  {
    id: 'dns.forward.asks-the-given-server',
    level: 'must',
    title: 'Without ndots given, a name that no container has must be forwarded to the --dns server',
    sources: [dns, dnsServices],
    observedBy:
      'The answer that a container gets, with the address that the name server of the test gives, for a name with a dot and one without.',
    requires: ['unconfigured-dns-options'],
    faults: [
      'dns.containers-ask-the-host',
      'dns.given-servers-are-lost',
      'dns.forwarding-over-udp-is-dead',
      'dns.first-server-is-passed-over',
    ],
    check: async () => {
      const { asking } = await served();
      for (const name of [nameBeginning('there'), make.name()]) expect(await lookUp(asking, name)).toMatchObject(answered(fromFirst));
    },
  },
  {
    id: 'dns.forward.no-such-name-is-final',
    level: 'must',
    title: 'NXDOMAIN must be returned without asking the next name server',
    sources: [dns, { docs: 'docs.docker.com/engine/release-notes/24.0' }],
    observedBy: 'The answer that a container gets, and what its second name server was asked, which answers another container.',
    since: finalBoundary,
    faults: [
      'dns.containers-ask-the-host',
      'dns.given-servers-are-lost',
      'dns.forwarding-over-udp-is-dead',
      'dns.first-server-is-passed-over',
      'dns.second-server-is-silent',
    ],
    check: async () => {
      const { net, first, second, asking } = await served();
      const missing = nameBeginning('missing');
      expect(await lookUp(asking, missing)).toEqual({ code: 'NXDOMAIN', records: [] });
      await control(async () => {
        const other = await make.container({ member: 'other', ...on(net, ...nobody.slice(0, 1), second.address) });
        expect(await lookUp(other, nameBeginning('there'))).toMatchObject(answered(fromSecond));
        expect(await askedFor(first.container)).toContain(`${missing} A`);
      });
      expect(await askedFor(second.container)).not.toContain(`${missing} A`);
    },
  },
  {
    id: 'dns.forward.no-such-name-moves-on',
    level: 'observed',
    title: 'After NXDOMAIN the next name server must be asked, unless the answer is authoritative',
    sources: [{ docs: 'github.com/moby/moby/blob/v20.10.24/vendor/github.com/docker/libnetwork/resolver.go' }],
    observedBy: 'The answer that a container gets, with the address that its second name server gives.',
    requires: ['docker-engine'],
    until: { ...finalBoundary, replacedBy: 'dns.forward.no-such-name-is-final' },
    faults: ['dns.containers-ask-the-host', 'dns.given-servers-are-lost', 'dns.forwarding-over-udp-is-dead', 'dns.second-server-is-silent'],
    check: async () => {
      const { asking } = await served();
      expect(await lookUp(asking, nameBeginning('missing'))).toMatchObject(answered(fromSecond));
      expect(await lookUp(asking, nameBeginning('gone'))).toEqual({ code: 'NXDOMAIN', records: [] });
    },
  },
  {
    id: 'dns.forward.failure-moves-on',
    level: 'must',
    title: 'After SERVFAIL or REFUSED the next name server must be asked',
    sources: [dns],
    observedBy:
      'The answer that a container gets, with the address that its second name server gives, where the first one says SERVFAIL or REFUSED.',
    faults: ['dns.containers-ask-the-host', 'dns.given-servers-are-lost', 'dns.forwarding-over-udp-is-dead', 'dns.second-server-is-silent'],
    check: async () => {
      const { asking } = await served();
      for (const label of ['broken', 'closed']) expect(await lookUp(asking, nameBeginning(label))).toMatchObject(answered(fromSecond));
    },
  },
  {
    id: 'dns.forward.silence-moves-on',
    level: 'must',
    title: 'After a name server that is unreachable or silent the next one must be asked',
    sources: [dns],
    observedBy:
      'The answers that two containers get: the first name server of one is an address where nobody listens, that of the other takes connections and says nothing.',
    faults: ['dns.given-servers-are-lost', 'dns.forwarding-over-udp-is-dead', 'dns.second-server-is-silent'],
    check: async () => {
      const { net, first } = await served();
      const mute = await listening(net, {
        member: 'mute',
        Cmd: ['sh', '-c', 'socat -u UDP-RECV:53 OPEN:/dev/null & exec nc -ll -p 53 -e sleep 60'],
      });
      const answers = await Promise.all(
        [...nobody.slice(0, 1), mute.address].map(async (silent) => {
          const name = nameBeginning('there');
          return lookUp(await make.claimed.container({ member: 'asking', ...on(net, silent, first.address) }), name);
        }),
      );
      expect(answers).toMatchObject([answered(fromFirst), answered(fromFirst)]);
    },
  },
  {
    id: 'dns.forward.fourth-server-is-ignored',
    level: 'must',
    title: 'A fourth --dns server must not be asked',
    sources: [dns],
    observedBy: 'What that name server was asked by a container which has three others that nobody answers at, and by one that has two.',
    faults: ['dns.given-servers-are-lost', 'dns.first-server-is-passed-over'],
    check: async () => {
      const { net, first } = await served();
      const [fourth, third] = await Promise.all(
        [3, 2].map(async (before) => {
          const name = nameBeginning('there');
          const asking = await make.claimed.container({ member: 'asking', ...on(net, ...nobody.slice(0, before), first.address) });
          await lookUp(asking, name);
          return name;
        }),
      );
      const asked = await askedFor(first.container);
      await control(() => expect(asked).toContain(`${third} A`));
      expect(asked).not.toContain(`${fourth} A`);
    },
  },
  // a container on a network of its own
  {
    id: 'dns.forward.no-answer-is-a-server-failure',
    level: 'must',
    title: 'A question that no name server answers must end as SERVFAIL',
    sources: [dns],
    observedBy: 'The answer that a container gets whose name server is an address where nobody listens.',
    since: { version: '24.0.0', source: 'where no name server answers, that is told since, moby pull request 44664' },
    faults: ['dns.given-servers-are-lost'],
    check: async () => {
      const asking = await make.claimed.container({ ...on(await make.network(), ...nobody.slice(0, 1)) });
      expect(await lookUp(asking, nameBeginning('there'))).toEqual({ code: 'SERVFAIL', records: [] });
    },
  },
  {
    id: 'dns.forward.loopback-is-the-containers-own',
    level: 'must',
    title: 'A loopback address given as --dns must be asked inside the container',
    sources: [dns, dnsServices],
    observedBy: 'The answer that a container gets in which the name server of the test runs.',
    faults: ['dns.given-servers-are-lost', 'dns.first-server-is-passed-over'],
    check: async () => {
      const net = await make.network();
      const asking = await make.claimed.container({ ...nameServer(fromFirst), ...on(net, '127.0.0.1') });
      await eventually(
        () => listeningAt(asking),
        (sockets) => listensOn(sockets, 53),
        { within: 3000 },
      );
      expect(await lookUp(asking, nameBeginning('there'))).toMatchObject(answered(fromFirst));
    },
  },
  // a container that was given name servers
  {
    id: 'dns.forward.own-address-is-ignored',
    level: 'must',
    title: "The embedded name server's own address, given as --dns, must be passed over",
    sources: [
      { docs: 'docs.docker.com/engine/release-notes/26.1' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/dns_test.go' },
    ],
    observedBy: 'The answer that a container gets whose first name server is 127.0.0.11 and whose second is one of the test.',
    since: { version: '26.1.3', source: 'its own address is no external server, Engine 26.1 release notes' },
    faults: ['dns.given-servers-are-lost', 'dns.forwarding-over-udp-is-dead', 'dns.second-server-is-silent'],
    check: async () => {
      const { net, first } = await served();
      const asking = await make.claimed.container({ member: 'asking', ...on(net, '127.0.0.11', first.address) });
      expect(await lookUp(asking, nameBeginning('there'))).toMatchObject(answered(fromFirst));
    },
  },
  {
    id: 'dns.forward.own-ndots-keeps-short-names',
    level: 'must',
    title: 'With ndots given, A and AAAA queries for unknown dotless names must get no records, nor be forwarded',
    sources: [dns],
    observedBy: 'The answer that a container gets, and what its name server was asked; a name with a dot reaches it.',
    faults: ['dns.domains-and-options-are-lost'],
    check: async () => {
      const { net, first } = await served();
      const asking = await make.claimed.container({
        member: 'asking',
        ...attachedTo(net, { Dns: [first.address], DnsOptions: ['ndots:1'] }),
      });
      const [short, dotted] = [make.name(), nameBeginning('there')];
      for (const type of ['A', 'AAAA'] as const) expect(await lookUp(asking, short, type)).toEqual({ code: 'NOERROR', records: [] });
      await lookUp(asking, dotted);
      const asked = await askedFor(first.container);
      await control(() => expect(asked).toContain(`${dotted} A`));
      for (const type of ['A', 'AAAA']) expect(asked).not.toContain(`${short} ${type}`);
    },
  },
  // what a container asks over TCP, and what UDP has no room for
  {
    id: 'dns.transport.forwards-over-tcp',
    level: 'must',
    title: 'A question that comes over TCP must be forwarded and answered',
    sources: [overTcp, dns],
    observedBy: 'The answer over TCP to a container whose name server is one of the test, with the address that this one gives.',
    faults: ['dns.forwarding-over-tcp-is-dead', 'dns.embedded-server-takes-no-connections'],
    check: async () => {
      expect(await lookUp(await servedOverTcp(), nameBeginning('there'), 'A', { over: 'TCP' })).toMatchObject(answered(fromFirst));
    },
  },
  {
    id: 'dns.transport.truncation-is-told',
    level: 'must',
    title: 'An upstream answer that was truncated for UDP must be marked so, and come whole over TCP',
    sources: [overTcp, { docs: 'rfc-editor.org/rfc/rfc2181 (section 9)' }, resolver],
    observedBy: 'The answers over UDP and over TCP to a question whose 40 addresses are more than 512 bytes can carry.',
    faults: ['dns.forwarding-over-udp-is-dead', 'dns.forwarding-over-tcp-is-dead', 'dns.embedded-server-takes-no-connections'],
    check: async () => {
      const asking = await servedOverTcp();
      const name = nameBeginning('long');
      expect(await lookUp(asking, name)).toMatchObject({ code: 'NOERROR', truncated: true });
      expect(await lookUp(asking, name, 'A', { over: 'TCP' })).toEqual(allAddresses);
    },
  },
  {
    id: 'dns.transport.edns-size-is-passed-on',
    level: 'must',
    title: 'An answer above 512 bytes must come whole over UDP where the question allows its size by EDNS',
    sources: [{ docs: 'rfc-editor.org/rfc/rfc6891 (section 6.2)' }, dns],
    observedBy: 'The answer to a question with an EDNS size of 1232 bytes, to which the name server of the test gives 40 addresses.',
    faults: [
      'dns.forwarding-over-udp-is-dead',
      {
        id: 'dns.large-datagrams-are-lost',
        title: 'What a name server sends in more than 512 bytes over UDP is lost between containers',
        ...droppedOnBridges('udp sport 53 ip length gt 540'),
      },
    ],
    check: async () => {
      expect(await lookUp(await servedOverTcp(), nameBeginning('long'), 'A', { edns: { size: 1232 } })).toEqual(allAddresses);
    },
  },
  // a container on an internal network
  {
    id: 'dns.internal.given-server-is-asked',
    level: 'must',
    title: 'A container on an internal network must be able to use a --dns server on that network',
    sources: [dns, resolvConfTests],
    observedBy: 'The answer that the container gets, with the address that the name server of the test gives.',
    faults: ['dns.given-servers-are-lost', 'dns.forwarding-over-udp-is-dead', 'dns.first-server-is-passed-over'],
    check: async () => {
      const net = await make.network({ Internal: true });
      const { address } = await nameServerOn(make, net, { gives: fromFirst });
      const asking = await make.claimed.container({ member: 'asking', ...on(net, address) });
      expect(await lookUp(asking, nameBeginning('there'))).toMatchObject(answered(fromFirst));
    },
  },
  {
    id: 'dns.internal.hosts-servers-are-not-asked',
    level: 'must',
    title: "Without --dns, internal networks must answer unknown names with SERVFAIL, not ask the host's servers",
    sources: [
      dns,
      { docs: 'github.com/moby/moby/security/advisories/GHSA-mq39-4gv4-mvpx' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/resolvconf_test.go' },
    ],
    observedBy:
      'The answer to a question for a name that there cannot be; the same question from another network is answered: there is no such name.',
    since: { version: '25.0.5', source: 'CVE-2024-29018, Engine 25.0 release notes' },
    faults: [
      'dns.host-knows-every-name',
      {
        id: 'dns.internal-is-lost',
        title: 'The engine is not told that a network is internal',
        api: [{ method: 'POST', path: /^\/networks\/create/, does: 'asks', at: ['Internal'], value: false }],
      },
    ],
    check: async () => {
      const [internal, net] = await Promise.all([make.network({ Internal: true }), make.network()]);
      const [asking, outside] = await Promise.all([
        make.container({ member: 'asking', ...on(internal) }),
        make.container({ member: 'outside', ...on(net) }),
      ]);
      // RFC 6761: whoever is asked says that there is no such name
      const impossible = `${make.name()}.invalid`;
      await control(
        async () => expect(await lookUp(outside, impossible)).toEqual({ code: 'NXDOMAIN', records: expect.anything() as object }),
        "the name servers of the engine's host do not say that a name of the domain invalid is none",
      );
      expect(await lookUp(asking, impossible)).toEqual({ code: 'SERVFAIL', records: [] });
    },
  },
  {
    id: 'dns.forward.own-address-alone-is-nobody',
    level: 'must',
    title: 'With 127.0.0.11 as the only --dns server, unknown names must end as SERVFAIL',
    sources: [
      { docs: 'docs.docker.com/engine/release-notes/26.1' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/dns_test.go' },
    ],
    observedBy: 'The answer that a container gets which has no other name server.',
    since: { version: '26.1.3', source: 'its own address is no external server, Engine 26.1 release notes' },
    faults: ['dns.given-servers-are-lost'],
    check: async () => {
      const { net } = await served();
      const asking = await make.claimed.container({ member: 'asking', ...on(net, '127.0.0.11') });
      expect(await lookUp(asking, nameBeginning('there'))).toEqual({ code: 'SERVFAIL', records: [] });
    },
  },
  {
    id: 'dns.forward.answers-are-not-kept',
    level: 'must',
    title: 'A question that was forwarded must be forwarded again when it is asked again',
    sources: [dns],
    observedBy: 'How often the name server of the test was asked for a name that a container asked for twice.',
    requires: ['docker-engine', 'unconfigured-dns-options'],
    faults: [
      'dns.containers-ask-the-host',
      'dns.given-servers-are-lost',
      'dns.forwarding-over-udp-is-dead',
      'dns.first-server-is-passed-over',
    ],
    check: async () => {
      const { first, asking } = await served();
      const name = nameBeginning('there');
      // a client that waits asks again by itself
      const counted = async () => (await askedFor(first.container)).filter((asked) => asked === `${name} A`).length;
      expect(await lookUp(asking, name)).toMatchObject(answered(fromFirst));
      const once = await counted();
      expect(await lookUp(asking, name)).toMatchObject(answered(fromFirst));
      expect(once).toBeGreaterThan(0);
      expect(await counted()).toBeGreaterThan(once);
    },
  },
]);
