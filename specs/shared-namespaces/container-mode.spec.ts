import { isDeepStrictEqual } from 'node:util';
import { ask, claim, control, describe, eventually, expect, host, make, networkView, read, scene } from '../../helpers';

/** What makes a container the joiner of another one. */
const joining = (donor: { id: string }) => ({ NetworkMode: `container:${donor.id}` });
/** What a command prints in each of some containers. */
const inEachOf = (containers: readonly Parameters<typeof read>[0][], argv: readonly string[]) => Promise.all(containers.map((it) => read(it, argv)));
const start = (id: string) => ask('POST', `/containers/${id}/start`);

describe('a server that joins a container', () => {
  /** A donor that listens on nothing and publishes port 80, a joiner that is a server, and a neighbour of the donor. */
  const shared = scene(async () => {
    const net = await make.network();
    const [donor, neighbour] = await Promise.all([
      make.container({
        member: 'donor',
        Hostname: 'donors-own',
        HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort: '' }] }, ExtraHosts: ['elsewhere.example:192.0.2.80'] },
      }),
      make.container({ member: 'neighbour', HostConfig: { NetworkMode: net.name } }),
    ]);
    const joiner = await make.claimed.server({ member: 'joiner', HostConfig: { NetworkMode: `container:${donor.containerName}` } });
    return { net, donor, neighbour, joiner };
  });

  claim('container-mode.shares-the-namespace', async () => {
    const { donor, joiner } = await shared();
    // not one look each: a link-local address gets its route only once nobody else has it, which may be between the two
    const both = () => Promise.all([networkView(donor), networkView(joiner)]);
    const [ofDonor, ofJoiner] = await eventually(both, ([one, other]) => isDeepStrictEqual(one, other), { within: 5000 });
    expect(ofJoiner.namespace).toMatch(/^net:\[\d+\]$/);
    expect(ofJoiner.interfaces).toContain('eth0');
    expect(ofJoiner).toEqual(ofDonor);
  });

  claim('container-mode.shares-loopback', async () => {
    const { donor, joiner } = await shared();
    expect(await donor.fetches('http://127.0.0.1')).toBeReached({ by: joiner });
  });

  claim('container-mode.answers-at-the-donors-address', async () => {
    const { net, donor, neighbour, joiner } = await shared();
    expect(await neighbour.fetches(await donor.origin(net.name, 80))).toBeReached({ by: joiner });
  });

  claim('container-mode.answers-to-the-donors-name', async () => {
    const { donor, neighbour, joiner } = await shared();
    expect(await neighbour.fetches(`http://${donor.containerName}`)).toBeReached({ by: joiner });
  });

  claim('container-mode.donors-published-port-leads-to-the-joiner', async () => {
    const { donor, joiner } = await shared();
    expect(await host.fetches(`http://localhost:${await donor.hostPort(80)}`)).toBeReached({ by: joiner });
  });

  claim('container-mode.shares-name-files', async () => {
    const { donor, joiner } = await shared();
    const [ofDonor, ofJoiner] = await inEachOf([donor, joiner], ['cat', '/etc/hosts', '/etc/resolv.conf']);
    expect(ofJoiner).toMatch(/^192\.0\.2\.80\s+elsewhere\.example$/m);
    expect(ofJoiner).toBe(ofDonor);
  });

  claim('container-mode.has-the-donors-host-name', async () => {
    const { donor, joiner } = await shared();
    expect(await inEachOf([donor, joiner], ['hostname'])).toEqual(['donors-own\n', 'donors-own\n']);
  });

  claim('container-mode.inspect.names-the-donors-id', async () => {
    const { donor, joiner } = await shared();
    expect((await joiner.inspect()).HostConfig.NetworkMode).toBe(`container:${donor.id}`);
  });

  claim('container-mode.inspect.has-no-networks', async () => {
    const { net, donor, joiner } = await shared();
    const [ofDonor, ofJoiner] = await Promise.all([donor.inspect(), joiner.inspect()]);
    const listed = ({ NetworkSettings: { Networks, Ports } }: typeof ofDonor) => [Networks, Ports].flatMap((map) => Object.keys(map ?? {}));
    await control(() => expect(listed(ofDonor)).toEqual([net.name, '80/tcp']));
    expect(listed(ofJoiner)).toEqual([]);
  });

  claim('container-mode.connecting-is-refused', async () => {
    const [{ joiner }, net, other] = await Promise.all([shared(), make.network(), make.container()]);
    expect((await net.tryConnect(joiner)).status).toBeGreaterThanOrEqual(400);
    await control(async () => expect((await net.tryConnect(other)).status).toBe(200));
  });
});

describe('joining a container', () => {
  claim('container-mode.refuses-network-options', async () => {
    const donor = await make.container({ member: 'donor' });
    const attempt = async (body: Record<string, unknown>, options: Record<string, unknown> = {}) =>
      (await make.tryContainer({ ...body, HostConfig: { ...joining(donor), ...options } })).status;
    await control(async () => expect(await attempt({})).toBe(201));
    const conflicts: Record<string, number> = {
      Hostname: await attempt({ Hostname: 'own' }),
      ExposedPorts: await attempt({ ExposedPorts: { '81/tcp': {} } }),
      PortBindings: await attempt({}, { PortBindings: { '81/tcp': [{ HostPort: '' }] } }),
      PublishAllPorts: await attempt({}, { PublishAllPorts: true }),
      Dns: await attempt({}, { Dns: ['192.0.2.1'] }),
      ExtraHosts: await attempt({}, { ExtraHosts: ['elsewhere.example:192.0.2.80'] }),
      Links: await attempt({}, { Links: [`${donor.containerName}:donor`] }),
    };
    expect(conflicts).toEqual(Object.fromEntries(Object.keys(conflicts).map((option) => [option, 400])));
  });

  claim('container-mode.unknown-donor-is-named', async () => {
    const nobody = make.name('nobody');
    // an engine that starts no container says nothing by refusing this one
    await make.container({ member: 'plain' });
    const created = await make.tryContainer({ HostConfig: { NetworkMode: `container:${nobody}` } });
    const { status, message } = created.status < 400 ? await start(created.body.Id) : created;
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toEqual(expect.stringContaining(nobody));
  });

  claim('container-mode.stopped-donor-is-refused', async () => {
    const [donor] = await Promise.all([make.container({ member: 'donor', started: false }), make.container({ member: 'plain' })]);
    const joiner = await make.claimed.container({ member: 'joiner', started: false, HostConfig: joining(donor) });
    expect((await start(joiner.id)).status).toBe(409);
    await control(async () => {
      await donor.start();
      expect(await start(joiner.id)).toMatchObject({ status: 204 });
    });
  });

  claim('container-mode.follows-the-donors-networks', async () => {
    const donor = await make.container({ member: 'donor' });
    const [joiner, net] = await Promise.all([make.claimed.container({ member: 'joiner', HostConfig: joining(donor) }), make.network()]);
    const before = await networkView(joiner);
    await net.connect(donor);
    const { IPAddress } = await donor.endpoint(net.name);
    await control(() => expect(before.addresses).not.toContain(IPAddress));
    expect((await networkView(joiner)).addresses).toContain(IPAddress);
  });

  claim('container-mode.restarted-donor-leaves-the-joiner-behind', async () => {
    const donor = await make.container({ member: 'donor' });
    const joiner = await make.claimed.container({ member: 'joiner', HostConfig: joining(donor) });
    await control(async () => expect((await networkView(joiner)).interfaces).toContain('eth0'));
    await donor.restart();
    const [left, found] = await Promise.all([networkView(joiner), networkView(donor)]);
    expect(left.interfaces).toEqual(['lo']);
    expect(found.namespace).not.toBe(left.namespace);
    await joiner.restart();
    expect(await networkView(joiner)).toMatchObject({ namespace: found.namespace, interfaces: found.interfaces });
  });
});
