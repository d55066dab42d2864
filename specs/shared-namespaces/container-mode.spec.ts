import { isDeepStrictEqual } from 'node:util';
import { containerObject, createContainer } from '../../fixtures/faults/trials/shared-namespaces';
import { ask, attachedTo, claims, control, eventually, expect, host, make, networkView, read, scene } from '../../helpers';

const containerNetworks = { docs: 'docs.docker.com/engine/network/#container-networks' };
/** Where a container that asks for another one's namespace is refused, and where it takes what that one has. */
const joiningSource = { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' };
const networkConflicts = { docs: 'github.com/moby/moby/blob/v28.5.2/runconfig/hostconfig.go' };

/** What makes a container share the namespace of another one, its owner. */
const joining = (owner: { id: string }) => ({ NetworkMode: `container:${owner.id}` });
/** What a command prints in each of some containers. */
const inEachOf = (containers: readonly Parameters<typeof read>[0][], argv: readonly string[]) =>
  Promise.all(containers.map((it) => read(it, argv)));
const start = (id: string) => ask('POST', `/containers/${id}/start`);

/** The owner of a namespace, which listens on nothing and publishes port 80; a server that shares the namespace; and a peer of the owner. */
const shared = scene(async () => {
  const net = await make.network();
  const [owner, peer] = await Promise.all([
    make.container({
      member: 'owner',
      Hostname: 'owners-own',
      ...attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort: '' }] }, ExtraHosts: ['elsewhere.example:192.0.2.80'] }),
    }),
    make.container({ member: 'peer', ...attachedTo(net) }),
  ]);
  const sharer = await make.claimed.server({ member: 'sharer', HostConfig: { NetworkMode: `container:${owner.containerName}` } });
  return { net, owner, peer, sharer };
});

export default claims([
  // a server that joins a container
  {
    id: 'container-mode.shares-the-namespace',
    level: 'must',
    title: "A container with network mode container:X must be in X's network namespace",
    sources: [containerNetworks],
    observedBy: 'What /proc and /sys tell inside each of the two.',
    faults: ['shared-namespaces.nothing-is-shared'],
    check: async () => {
      const { owner, sharer } = await shared();
      // not one look each: a link-local address gets its route only once nobody else has it, which may be between the two
      const both = () => Promise.all([networkView(owner), networkView(sharer)]);
      const [ofOwner, ofSharer] = await eventually(both, ([one, other]) => isDeepStrictEqual(one, other), { within: 5000 });
      expect(ofSharer.namespace).toMatch(/^net:\[\d+\]$/);
      expect(ofSharer.interfaces).toContain('eth0');
      expect(ofSharer).toEqual(ofOwner);
    },
  },
  {
    id: 'container-mode.answers-at-the-donors-address',
    level: 'must',
    title: "A server in a container:X container must answer X's peers at X's IPv4 address",
    sources: [containerNetworks],
    observedBy: "curl inside a peer fetches the owner's address; the answer carries the sharing container's token.",
    faults: ['shared-namespaces.nothing-is-shared', 'shared-namespaces.interfaces-are-down'],
    check: async () => {
      const { net, owner, peer, sharer } = await shared();
      expect(await peer.fetches(await owner.origin(net.name, 80))).toBeReached({ by: sharer });
    },
  },
  {
    id: 'container-mode.answers-to-the-donors-name',
    level: 'must',
    title: "On a user-defined network, a server in a container:X container must answer peers under X's name",
    sources: [containerNetworks, { docs: 'docs.docker.com/engine/network/dns' }],
    observedBy: "curl inside a peer fetches the owner's name; the answer carries the sharing container's token.",
    faults: ['shared-namespaces.nothing-is-shared', 'shared-namespaces.interfaces-are-down'],
    check: async () => {
      const { owner, peer, sharer } = await shared();
      expect(await peer.fetches(`http://${owner.containerName}`)).toBeReached({ by: sharer });
    },
  },
  {
    id: 'container-mode.donors-published-port-leads-to-the-joiner',
    level: 'must',
    title: "A TCP port that X publishes must lead the host's localhost to the server in a container:X container",
    sources: [containerNetworks, { docs: 'docs.docker.com/engine/network/port-publishing' }],
    observedBy: "curl on the host fetches localhost at the owner's published port; the answer carries the sharing container's token.",
    requires: ['published-ports'],
    faults: [
      'shared-namespaces.nothing-is-shared',
      'shared-namespaces.interfaces-are-down',
      'shared-namespaces.containers-are-without-ports',
    ],
    check: async () => {
      const { owner, sharer } = await shared();
      expect(await host.fetches(`http://localhost:${await owner.hostPort(80)}`)).toBeReached({ by: sharer });
    },
  },
  {
    id: 'container-mode.shares-name-files',
    level: 'observed',
    title: "A container:X container must have X's /etc/hosts and /etc/resolv.conf",
    sources: [containerNetworks, joiningSource],
    observedBy: 'The two files inside each of the two; the owner was given a line of its own.',
    faults: ['shared-namespaces.nothing-is-shared', 'shared-namespaces.host-names-and-hosts-are-lost'],
    check: async () => {
      const { owner, sharer } = await shared();
      const [ofOwner, ofSharer] = await inEachOf([owner, sharer], ['cat', '/etc/hosts', '/etc/resolv.conf']);
      expect(ofSharer).toMatch(/^192\.0\.2\.80\s+elsewhere\.example$/m);
      expect(ofSharer).toBe(ofOwner);
    },
  },
  {
    id: 'container-mode.has-the-donors-host-name',
    level: 'must',
    title: "A container:X container must have X's host name",
    sources: [joiningSource, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: 'What the two call themselves; the owner was given a name of its own.',
    faults: ['shared-namespaces.nothing-is-shared', 'shared-namespaces.host-names-and-hosts-are-lost'],
    check: async () => {
      const { owner, sharer } = await shared();
      expect(await inEachOf([owner, sharer], ['hostname'])).toEqual(['owners-own\n', 'owners-own\n']);
    },
  },
  // joining a container
  {
    id: 'container-mode.follows-the-donors-networks',
    level: 'must',
    title: 'The IPv4 address that X gets on a further network must appear in a container:X container, too',
    sources: [containerNetworks, { docs: 'docs.docker.com/reference/cli/docker/network/connect' }],
    observedBy: "The addresses inside the sharing container, which then include the owner's new one.",
    faults: ['shared-namespaces.nothing-is-shared', 'shared-namespaces.connects-nobody'],
    check: async () => {
      const owner = await make.container({ member: 'owner' });
      const [sharer, net] = await Promise.all([make.claimed.container({ member: 'sharer', HostConfig: joining(owner) }), make.network()]);
      const before = await networkView(sharer);
      await net.connect(owner);
      const { IPAddress } = await owner.endpoint(net.name);
      await control(() => expect(before.addresses).not.toContain(IPAddress));
      expect((await networkView(sharer)).addresses).toContain(IPAddress);
    },
  },
  // a server that joins a container
  {
    id: 'container-mode.inspect.names-the-donors-id',
    level: 'observed',
    title: 'NetworkMode of a container:NAME container must be container: and the full id of NAME',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/daemon_unix.go' }],
    observedBy: 'The container object.',
    faults: [
      'shared-namespaces.nothing-is-shared',
      {
        id: 'shared-namespaces.modes-are-told-by-name',
        title: 'The object of a container tells a mode that names no container',
        api: [{ ...containerObject, does: 'answers', at: ['HostConfig', 'NetworkMode'], value: 'container:donor' }],
      },
    ],
    check: async () => {
      const { owner, sharer } = await shared();
      expect((await sharer.inspect()).HostConfig.NetworkMode).toBe(`container:${owner.id}`);
    },
  },
  {
    id: 'container-mode.inspect.has-no-networks',
    level: 'observed',
    title: 'A container:X container must be listed with no network and no port of its own',
    sources: [joiningSource],
    observedBy: "The container object; the owner's lists its network and its port.",
    faults: ['shared-namespaces.nothing-is-shared', 'shared-namespaces.networks-are-not-told'],
    check: async () => {
      const { net, owner, sharer } = await shared();
      const [ofOwner, ofSharer] = await Promise.all([owner.inspect(), sharer.inspect()]);
      const listed = ({ NetworkSettings: { Networks, Ports } }: typeof ofOwner) =>
        [Networks, Ports].flatMap((map) => Object.keys(map ?? {}));
      await control(() => expect(listed(ofOwner)).toEqual([net.name, '80/tcp']));
      expect(listed(ofSharer)).toEqual([]);
    },
  },
  // joining a container
  {
    id: 'container-mode.refuses-network-options',
    level: 'must',
    title: 'container:X must be refused with a host name, DNS servers, extra hosts, --link or ports of its own',
    sources: [
      containerNetworks,
      networkConflicts,
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_netmode_test.go' },
    ],
    observedBy: "The API's answer to each of them alone, and to none of them, which is granted.",
    faults: [
      'shared-namespaces.nothing-is-shared',
      'shared-namespaces.containers-are-without-ports',
      'shared-namespaces.host-names-and-hosts-are-lost',
    ],
    check: async () => {
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
    },
  },
  // a server that joins a container
  {
    id: 'container-mode.connecting-is-refused',
    level: 'must',
    title: 'Connecting a container:X container to a network must be refused',
    sources: [joiningSource, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: "The API's answer; connecting another container is granted.",
    faults: ['shared-namespaces.nothing-is-shared', 'shared-namespaces.connects-nobody'],
    check: async () => {
      const [{ sharer }, net, other] = await Promise.all([shared(), make.network(), make.container()]);
      expect((await net.tryConnect(sharer)).status).toBeGreaterThanOrEqual(400);
      await control(async () => expect((await net.tryConnect(other)).status).toBe(200));
    },
  },
  // joining a container
  {
    id: 'container-mode.unknown-donor-is-named',
    level: 'observed',
    title: 'A container:X container must not start if X does not exist, and the refusal must name X',
    sources: [joiningSource],
    observedBy: "The API's answer to creating it, or to starting it.",
    faults: [
      'shared-namespaces.nothing-is-shared',
      'shared-namespaces.starts-nobody',
      {
        id: 'shared-namespaces.refusals-say-nothing',
        title: 'The API refuses containers in container mode without saying why',
        mayKill: 'any',
        api: [{ ...createContainer, does: 'pretends', status: 404, message: 'No such container', asked: /"NetworkMode":"container:/ }],
      },
    ],
    check: async () => {
      const nobody = make.name('nobody');
      // an engine that starts no container says nothing by refusing this one
      await make.container({ member: 'plain' });
      const created = await make.tryContainer({ HostConfig: { NetworkMode: `container:${nobody}` } });
      const { status, message } = created.status < 400 ? await start(created.body.Id) : created;
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).toEqual(expect.stringContaining(nobody));
    },
  },
  {
    id: 'container-mode.stopped-donor-is-refused',
    level: 'observed',
    title: 'A container:X container must be refused with 409 while X does not run, and start once X does',
    sources: [joiningSource],
    observedBy: "The API's answer to starting the sharing container, before and after the owner is started.",
    faults: ['shared-namespaces.nothing-is-shared', 'shared-namespaces.starts-nobody'],
    check: async () => {
      const [owner] = await Promise.all([make.container({ member: 'owner', started: false }), make.container({ member: 'plain' })]);
      const sharer = await make.claimed.container({ member: 'sharer', started: false, HostConfig: joining(owner) });
      expect((await start(sharer.id)).status).toBe(409);
      await control(async () => {
        await owner.start();
        expect(await start(sharer.id)).toMatchObject({ status: 204 });
      });
    },
  },
  {
    id: 'container-mode.restarted-donor-leaves-the-joiner-behind',
    level: 'observed',
    title: 'A restart of X must leave a container:X container with loopback alone until it is restarted, too',
    sources: [{ docs: 'github.com/docker/compose/issues/6626' }],
    observedBy: 'The links inside the sharing container, and the namespaces of the two.',
    requires: ['default-bridge'],
    faults: [
      'shared-namespaces.nothing-is-shared',
      {
        id: 'shared-namespaces.restarts-nobody',
        title: 'The API grants every restart, and restarts nobody',
        api: [{ method: 'POST', path: /^\/containers\/[^/]+\/restart/, does: 'pretends', status: 204 }],
      },
    ],
    check: async () => {
      const owner = await make.container({ member: 'owner' });
      const sharer = await make.claimed.container({ member: 'sharer', HostConfig: joining(owner) });
      await control(async () => expect((await networkView(sharer)).interfaces).toContain('eth0'));
      await owner.restart();
      const [left, found] = await Promise.all([networkView(sharer), networkView(owner)]);
      expect(left.interfaces).toEqual(['lo']);
      expect(found.namespace).not.toBe(left.namespace);
      await sharer.restart();
      expect(await networkView(sharer)).toMatchObject({ namespace: found.namespace, interfaces: found.interfaces });
    },
  },
  {
    id: 'container-mode.of-a-sharer-is-the-same-namespace',
    level: 'must',
    title: "If X itself shares Y's network namespace, a container:X container must be in that one, too",
    sources: [containerNetworks, joiningSource],
    observedBy: 'The network namespace inside the owner and inside a container that names one that shares it.',
    faults: ['shared-namespaces.nothing-is-shared'],
    check: async () => {
      const { owner, sharer } = await shared();
      const third = await make.claimed.container({ member: 'sharer', HostConfig: joining(sharer) });
      const [ofOwner, ofThird] = await Promise.all([networkView(owner), networkView(third)]);
      expect(ofThird.namespace).toBe(ofOwner.namespace);
    },
  },
  {
    id: 'container-mode.of-host-mode-is-the-hosts',
    level: 'must',
    title: "A container:X container must be in the host's network namespace if X is in host mode",
    sources: [containerNetworks, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: 'The network namespace inside the container and on the host.',
    faults: ['shared-namespaces.nothing-is-shared'],
    check: async () => {
      const onHost = await make.container({ member: 'on-host', HostConfig: { NetworkMode: 'host' } });
      const sharer = await make.claimed.container({ member: 'sharer', HostConfig: joining(onHost) });
      const [ofHost, ofSharer] = await Promise.all([networkView(host), networkView(sharer)]);
      expect(ofSharer.namespace).toBe(ofHost.namespace);
    },
  },
  {
    id: 'container-mode.of-itself-is-refused',
    level: 'must',
    title: 'A container:X container must not start if it is X itself',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: "The API's answer to creating it, or to starting it, and that it does not run; one that names another container runs.",
    faults: ['shared-namespaces.nothing-is-shared'],
    check: async () => {
      const { owner } = await shared();
      await control(async () => expect(await make.tryToRun({ HostConfig: joining(owner) })).toMatchObject({ status: 204, runs: true }));
      const name = make.name('box');
      expect(await make.tryToRun({ name, HostConfig: { NetworkMode: `container:${name}` } })).toBeRefused();
    },
  },
  {
    id: 'container-mode.without-a-name-is-refused',
    level: 'must',
    title: 'Creating a container with network mode "container:" and no name must be refused',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_netmode_test.go' }],
    observedBy: "The API's answer; the mode with a name is granted.",
    faults: ['shared-namespaces.nothing-is-shared'],
    check: async () => {
      const { owner } = await shared();
      await control(async () => expect((await make.tryContainer({ HostConfig: joining(owner) })).status).toBe(201));
      expect((await make.tryContainer({ HostConfig: { NetworkMode: 'container:' } })).status).toBeGreaterThanOrEqual(400);
    },
  },
]);
