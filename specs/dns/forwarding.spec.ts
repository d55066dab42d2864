import {
  addressesOfLongNames,
  askedFor,
  claim,
  control,
  describe,
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

const on = (net: { name: string }, ...Dns: string[]) => ({ HostConfig: { NetworkMode: net.name, Dns } });
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

describe('a container that was given name servers', () => {
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

  claim('dns.forward.asks-the-given-server', async () => {
    const { asking } = await served();
    for (const name of [nameBeginning('there'), make.name()]) expect(await lookUp(asking, name)).toMatchObject(answered(fromFirst));
  });

  claim('dns.forward.no-such-name-is-final', async () => {
    const { net, first, second, asking } = await served();
    const missing = nameBeginning('missing');
    expect(await lookUp(asking, missing)).toEqual({ code: 'NXDOMAIN', records: [] });
    await control(async () => {
      const other = await make.container({ member: 'other', ...on(net, ...nobody.slice(0, 1), second.address) });
      expect(await lookUp(other, nameBeginning('there'))).toMatchObject(answered(fromSecond));
      expect(await askedFor(first.container)).toContain(`${missing} A`);
    });
    expect(await askedFor(second.container)).not.toContain(`${missing} A`);
  });

  claim('dns.forward.no-such-name-moves-on', async () => {
    const { asking } = await served();
    expect(await lookUp(asking, nameBeginning('missing'))).toMatchObject(answered(fromSecond));
    expect(await lookUp(asking, nameBeginning('gone'))).toEqual({ code: 'NXDOMAIN', records: [] });
  });

  claim('dns.forward.failure-moves-on', async () => {
    const { asking } = await served();
    for (const label of ['broken', 'closed']) expect(await lookUp(asking, nameBeginning(label))).toMatchObject(answered(fromSecond));
  });

  claim('dns.forward.silence-moves-on', async () => {
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
  });

  claim('dns.forward.fourth-server-is-ignored', async () => {
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
  });

  claim('dns.forward.own-address-is-ignored', async () => {
    const { net, first } = await served();
    const asking = await make.claimed.container({ member: 'asking', ...on(net, '127.0.0.11', first.address) });
    expect(await lookUp(asking, nameBeginning('there'))).toMatchObject(answered(fromFirst));
  });

  claim('dns.forward.own-ndots-keeps-short-names', async () => {
    const { net, first } = await served();
    const asking = await make.claimed.container({
      member: 'asking',
      HostConfig: { NetworkMode: net.name, Dns: [first.address], DnsOptions: ['ndots:1'] },
    });
    const [short, dotted] = [make.name(), nameBeginning('there')];
    expect(await lookUp(asking, short)).toEqual({ code: 'NOERROR', records: [] });
    await lookUp(asking, dotted);
    const asked = await askedFor(first.container);
    await control(() => expect(asked).toContain(`${dotted} A`));
    expect(asked).not.toContain(`${short} A`);
  });
});

describe('what a container asks over TCP, and what UDP has no room for', () => {
  /** A name server of the test, and a container that was given it. */
  const served = scene(async () => {
    const net = await make.network();
    const { address } = await nameServerOn(make, net, { gives: fromFirst });
    return make.container({ member: 'asking', ...on(net, address) });
  });
  const allAddresses = {
    code: 'NOERROR',
    records: Array.from({ length: addressesOfLongNames }, () => expect.objectContaining({ data: fromFirst }) as object),
  };

  claim('dns.transport.forwards-over-tcp', async () => {
    expect(await lookUp(await served(), nameBeginning('there'), 'A', { over: 'TCP' })).toMatchObject(answered(fromFirst));
  });

  claim('dns.transport.truncation-is-told', async () => {
    const asking = await served();
    const name = nameBeginning('long');
    expect(await lookUp(asking, name)).toMatchObject({ code: 'NOERROR', truncated: true });
    expect(await lookUp(asking, name, 'A', { over: 'TCP' })).toEqual(allAddresses);
  });

  claim('dns.transport.edns-size-is-passed-on', async () => {
    expect(await lookUp(await served(), nameBeginning('long'), 'A', { edns: { size: 1232 } })).toEqual(allAddresses);
  });
});

describe('a container on a network of its own', () => {
  claim('dns.forward.no-answer-is-a-server-failure', async () => {
    const asking = await make.claimed.container({ ...on(await make.network(), ...nobody.slice(0, 1)) });
    expect(await lookUp(asking, nameBeginning('there'))).toEqual({ code: 'SERVFAIL', records: [] });
  });

  claim('dns.forward.loopback-is-the-containers-own', async () => {
    const net = await make.network();
    const asking = await make.claimed.container({ ...nameServer(fromFirst), ...on(net, '127.0.0.1') });
    await eventually(
      () => listeningAt(asking),
      (sockets) => listensOn(sockets, 53),
      { within: 3000 },
    );
    expect(await lookUp(asking, nameBeginning('there'))).toMatchObject(answered(fromFirst));
  });
});

describe('a container on an internal network', () => {
  claim('dns.internal.given-server-is-asked', async () => {
    const net = await make.network({ Internal: true });
    const { address } = await nameServerOn(make, net, { gives: fromFirst });
    const asking = await make.claimed.container({ member: 'asking', ...on(net, address) });
    expect(await lookUp(asking, nameBeginning('there'))).toMatchObject(answered(fromFirst));
  });

  claim('dns.internal.hosts-servers-are-not-asked', async () => {
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
  });
});
