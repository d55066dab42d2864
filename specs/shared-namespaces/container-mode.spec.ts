import { isDeepStrictEqual } from 'node:util';
import { ask, claim, control, describe, eventually, expect, host, make, networkView, read, scene } from '../../helpers';

/** What makes a container share the namespace of another one, its owner. */
const joining = (owner: { id: string }) => ({ NetworkMode: `container:${owner.id}` });
/** What a command prints in each of some containers. */
const inEachOf = (containers: readonly Parameters<typeof read>[0][], argv: readonly string[]) =>
  Promise.all(containers.map((it) => read(it, argv)));
const start = (id: string) => ask('POST', `/containers/${id}/start`);

describe('a server that joins a container', () => {
  /** The owner of a namespace, which listens on nothing and publishes port 80; a server that shares the namespace; and a peer of the owner. */
  const shared = scene(async () => {
    const net = await make.network();
    const [owner, peer] = await Promise.all([
      make.container({
        member: 'owner',
        Hostname: 'owners-own',
        HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort: '' }] }, ExtraHosts: ['elsewhere.example:192.0.2.80'] },
      }),
      make.container({ member: 'peer', HostConfig: { NetworkMode: net.name } }),
    ]);
    const sharer = await make.claimed.server({ member: 'sharer', HostConfig: { NetworkMode: `container:${owner.containerName}` } });
    return { net, owner, peer, sharer };
  });

  claim('container-mode.shares-the-namespace', async () => {
    const { owner, sharer } = await shared();
    // not one look each: a link-local address gets its route only once nobody else has it, which may be between the two
    const both = () => Promise.all([networkView(owner), networkView(sharer)]);
    const [ofOwner, ofSharer] = await eventually(both, ([one, other]) => isDeepStrictEqual(one, other), { within: 5000 });
    expect(ofSharer.namespace).toMatch(/^net:\[\d+\]$/);
    expect(ofSharer.interfaces).toContain('eth0');
    expect(ofSharer).toEqual(ofOwner);
  });

  claim('container-mode.answers-at-the-donors-address', async () => {
    const { net, owner, peer, sharer } = await shared();
    expect(await peer.fetches(await owner.origin(net.name, 80))).toBeReached({ by: sharer });
  });

  claim('container-mode.answers-to-the-donors-name', async () => {
    const { owner, peer, sharer } = await shared();
    expect(await peer.fetches(`http://${owner.containerName}`)).toBeReached({ by: sharer });
  });

  claim('container-mode.donors-published-port-leads-to-the-joiner', async () => {
    const { owner, sharer } = await shared();
    expect(await host.fetches(`http://localhost:${await owner.hostPort(80)}`)).toBeReached({ by: sharer });
  });

  claim('container-mode.shares-name-files', async () => {
    const { owner, sharer } = await shared();
    const [ofOwner, ofSharer] = await inEachOf([owner, sharer], ['cat', '/etc/hosts', '/etc/resolv.conf']);
    expect(ofSharer).toMatch(/^192\.0\.2\.80\s+elsewhere\.example$/m);
    expect(ofSharer).toBe(ofOwner);
  });

  claim('container-mode.has-the-donors-host-name', async () => {
    const { owner, sharer } = await shared();
    expect(await inEachOf([owner, sharer], ['hostname'])).toEqual(['owners-own\n', 'owners-own\n']);
  });

  claim('container-mode.inspect.names-the-donors-id', async () => {
    const { owner, sharer } = await shared();
    expect((await sharer.inspect()).HostConfig.NetworkMode).toBe(`container:${owner.id}`);
  });

  claim('container-mode.inspect.has-no-networks', async () => {
    const { net, owner, sharer } = await shared();
    const [ofOwner, ofSharer] = await Promise.all([owner.inspect(), sharer.inspect()]);
    const listed = ({ NetworkSettings: { Networks, Ports } }: typeof ofOwner) => [Networks, Ports].flatMap((map) => Object.keys(map ?? {}));
    await control(() => expect(listed(ofOwner)).toEqual([net.name, '80/tcp']));
    expect(listed(ofSharer)).toEqual([]);
  });

  claim('container-mode.connecting-is-refused', async () => {
    const [{ sharer }, net, other] = await Promise.all([shared(), make.network(), make.container()]);
    expect((await net.tryConnect(sharer)).status).toBeGreaterThanOrEqual(400);
    await control(async () => expect((await net.tryConnect(other)).status).toBe(200));
  });
});

describe('joining a container', () => {
  claim('container-mode.refuses-network-options', async () => {
    const owner = await make.container({ member: 'owner' });
    const attempt = async (body: Record<string, unknown>, options: Record<string, unknown> = {}) =>
      (await make.tryContainer({ ...body, HostConfig: { ...joining(owner), ...options } })).status;
    await control(async () => expect(await attempt({})).toBe(201));
    const conflicts: Record<string, number> = {
      Hostname: await attempt({ Hostname: 'own' }),
      ExposedPorts: await attempt({ ExposedPorts: { '81/tcp': {} } }),
      PortBindings: await attempt({}, { PortBindings: { '81/tcp': [{ HostPort: '' }] } }),
      PublishAllPorts: await attempt({}, { PublishAllPorts: true }),
      Dns: await attempt({}, { Dns: ['192.0.2.1'] }),
      ExtraHosts: await attempt({}, { ExtraHosts: ['elsewhere.example:192.0.2.80'] }),
      Links: await attempt({}, { Links: [`${owner.containerName}:owner`] }),
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
    const [owner] = await Promise.all([make.container({ member: 'owner', started: false }), make.container({ member: 'plain' })]);
    const sharer = await make.claimed.container({ member: 'sharer', started: false, HostConfig: joining(owner) });
    expect((await start(sharer.id)).status).toBe(409);
    await control(async () => {
      await owner.start();
      expect(await start(sharer.id)).toMatchObject({ status: 204 });
    });
  });

  claim('container-mode.follows-the-donors-networks', async () => {
    const owner = await make.container({ member: 'owner' });
    const [sharer, net] = await Promise.all([make.claimed.container({ member: 'sharer', HostConfig: joining(owner) }), make.network()]);
    const before = await networkView(sharer);
    await net.connect(owner);
    const { IPAddress } = await owner.endpoint(net.name);
    await control(() => expect(before.addresses).not.toContain(IPAddress));
    expect((await networkView(sharer)).addresses).toContain(IPAddress);
  });

  claim('container-mode.restarted-donor-leaves-the-joiner-behind', async () => {
    const owner = await make.container({ member: 'owner' });
    const sharer = await make.claimed.container({ member: 'sharer', HostConfig: joining(owner) });
    await control(async () => expect((await networkView(sharer)).interfaces).toContain('eth0'));
    await owner.restart();
    const [left, found] = await Promise.all([networkView(sharer), networkView(owner)]);
    expect(left.interfaces).toEqual(['lo']);
    expect(found.namespace).not.toBe(left.namespace);
    await sharer.restart();
    expect(await networkView(sharer)).toMatchObject({ namespace: found.namespace, interfaces: found.interfaces });
  });
});
