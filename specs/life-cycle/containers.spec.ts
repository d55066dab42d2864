import type { ApiFault } from '../../fixtures/faults/model';
import { brokenTool } from '../../fixtures/faults/trials/broken-tool';
import { networkObject } from '../../fixtures/faults/trials/life-cycle';
import {
  ask,
  attachedTo,
  claims,
  type Container,
  control,
  eventually,
  expect,
  freePorts,
  host,
  knowsNoName,
  lab,
  lookUpAll,
  make,
  type OwnNetwork,
  read,
  scene,
} from '../../helpers';

const connectReference = { docs: 'docs.docker.com/reference/cli/docker/network/connect' };
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const embeddedDns = { docs: 'docs.docker.com/engine/network' };

/** What a container asks for that is to have this address on a network, and this port of the host for its port 80. */
const at = (network: OwnNetwork, address: string, hostPort?: number) => ({
  ...(hostPort !== undefined && { ExposedPorts: { '80/tcp': {} } }),
  ...attachedTo(network, { ...(hostPort !== undefined && { PortBindings: { '80/tcp': [{ HostPort: String(hostPort) }] } }) }),
  NetworkingConfig: { EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: address } } } },
});

/** Ends a server's own process, as if it had crashed. Nobody asks how the command fared that does it: Podman forgets it as soon as the container starts again. */
async function end(server: Container): Promise<void> {
  const { body } = await ask<{ Id: string }>('POST', `/containers/${server.id}/exec`, { Cmd: ['kill', '-TERM', '1'] });
  await control(async () => expect((await ask('POST', `/exec/${body.Id}/start`, { Detach: true })).status).toBe(200));
}

/** Looks at the state of a container until the engine has noticed something. */
const untilState = (container: Container, noticed: (state: { Running: boolean; restarts: number }) => boolean) =>
  eventually(
    async () => {
      const { body } = await ask<{ State: { Running: boolean }; RestartCount: number }>('GET', `/containers/${container.id}/json`);
      return {
        Running: body.State.Running,
        get restarts() {
          return body.RestartCount;
        },
      };
    },
    noticed,
    { within: 5000 },
  );

const answers = (origin: string, server: Container, from: { fetches: Container['fetches'] }) =>
  eventually(
    () => from.fetches(origin),
    (outcome) => outcome.kind === 'reached' && outcome.by === server.token,
    { within: 5000 },
  );

const street = scene(async () => {
  const { subnet, address } = make.subnet();
  const network = await make.network({ IPAM: { Config: [{ Subnet: subnet }] } });
  return {
    network,
    address,
    member: await make.container({
      member: 'member',
      ...attachedTo(network, { Dns: [await knowsNoName(make, network)] }),
    }),
  };
});
const create: Pick<ApiFault['calls'][number], 'method' | 'path'> = { method: 'POST', path: /^\/containers\/create/ };

export default claims([
  // a network with a member that looks at the others
  {
    id: 'life.policy.comes-back-with-address-and-port',
    level: 'must',
    title: 'A container restarted by its policy must have its static IPv4 address and given host port again',
    sources: [{ docs: 'docs.docker.com/engine/containers/start-containers-automatically' }, connectReference],
    observedBy:
      'The server ends by itself; when the engine has started it again, a member of its network fetches it at its address, and the host at the published port, on loopback and at its address on the network.',
    requires: ['published-ports'],
    faults: [
      'publishing.dnat-of-the-host-is-stale',
      {
        id: 'life-cycle.policies-are-lost',
        title: 'The engine is not told which containers to start again',
        api: [{ ...create, does: 'asks', at: ['HostConfig', 'RestartPolicy'], value: { Name: 'no' } }],
      },
    ],
    check: async () => {
      const [{ network, address, member }, port] = [await street(), await freePorts(host)];
      const asked = at(network, address(30), port);
      const server = await make.server({ ...asked, HostConfig: { ...asked.HostConfig, RestartPolicy: { Name: 'always' } } });
      await end(server);
      expect(await untilState(server, ({ Running, restarts }) => Running && restarts > 0)).toEqual({ Running: true, restarts: 1 });
      expect(await answers(`http://${address(30)}`, server, member)).toBeReached({ by: server });
      const { Gateway } = await server.endpoint(network.name);
      for (const ofHost of ['localhost', Gateway])
        expect(await answers(`http://${ofHost}:${port}`, server, host)).toBeReached({ by: server });
    },
  },
  {
    id: 'life.end.network-lists-it-no-longer',
    level: 'observed',
    title: "A container that ended by itself must leave its network's list, and its published port be closed",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/monitor.go' }],
    observedBy: 'The network object, and a fetch of the published port from the host, before and after the server ends.',
    requires: ['published-ports'],
    faults: [
      {
        id: 'life-cycle.networks-never-change',
        title: 'The API tells of a network what it told first',
        api: [{ ...networkObject, does: 'repeats' }],
      },
    ],
    check: async () => {
      const [{ network, address }, port] = [await street(), await freePorts(host)];
      const server = await make.server(at(network, address(40), port));
      const members = async () => Object.keys((await network.inspect()).Containers ?? {});
      await control(async () => {
        expect(await members()).toContain(server.id);
        expect(await host.fetches(`http://localhost:${port}`)).toBeReached({ by: server });
      });
      await end(server);
      expect(await untilState(server, ({ Running }) => !Running)).toMatchObject({ Running: false });
      expect(await eventually(members, (ids) => !ids.includes(server.id), { within: 5000 })).not.toContain(server.id);
      expect(
        await eventually(
          () => host.fetches(`http://localhost:${port}`),
          ({ kind }) => kind === 'refused',
          { within: 5000 },
        ),
      ).toBeOutcome('refused');
    },
  },
  {
    id: 'life.removal.name-leads-to-the-successor',
    level: 'must',
    title: "On a user-defined network, a removed container's name must lead to a new container of that name",
    sources: [
      { docs: 'docs.docker.com/engine/network/dns' },
      embeddedDns,
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/resolver.go' },
    ],
    observedBy: 'A member of the network fetches the name, which first one server has and then another at another address.',
    faults: ['life-cycle.removes-nothing'],
    check: async () => {
      const { network, address, member } = await street();
      const name = make.name('heir');
      const first = await make.server({ name, ...at(network, address(70)) });
      await control(async () => expect(await member.fetches(`http://${name}`)).toBeReached({ by: first }));
      await ask('DELETE', `/containers/${first.id}?force=1`);
      const second = await make.claimed.server({ name, ...at(network, address(71)) });
      expect(await member.fetches(`http://${name}`)).toBeReached({ by: second });
    },
  },
  {
    // what a rename means for the name server is in the code alone; a test of moby restarts the container first
    id: 'life.rename.new-name-resolves',
    level: 'observed',
    title: 'On a user-defined network, a renamed container must resolve by its new name and not by the old one',
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/container/rename' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/rename.go' },
    ],
    observedBy: 'A member of the network asks its name server for both names, before and after.',
    requires: ['outside-swarm', 'unconfigured-dns-options'],
    faults: ['life-cycle.renames-nothing'],
    check: async () => {
      const { network, address, member } = await street();
      const [box, renamed] = [await make.container(at(network, address(80))), make.name('renamed')];
      const answers = () =>
        lookUpAll(member, [
          [box.containerName, 'A'],
          [renamed, 'A'],
        ]);
      const [known, unknown] = [
        { code: 'NOERROR', records: [{ data: address(80) }] },
        { code: 'NXDOMAIN', records: [] },
      ];
      await control(async () => expect(await answers()).toMatchObject([known, unknown]));
      await ask('POST', `/containers/${box.id}/rename?name=${renamed}`);
      expect(await answers()).toMatchObject([unknown, known]);
    },
  },
  // a container that datagrams are sent to through a published port
  {
    id: 'life.removal.flows-are-forgotten',
    level: 'must',
    title: "Removing a container must delete the host's IPv4 UDP conntrack entries that lead to it",
    sources: [{ docs: 'docs.docker.com/engine/release-notes/23.0' }, { docs: 'github.com/moby/moby/issues/8795' }, networkTests],
    observedBy:
      "The host's table of tracked connections has flows to the container's address while datagrams are sent to its published port, and none after its removal.",
    requires: ['own-lab', 'docker-engine'],
    faults: [
      'life-cycle.removes-nothing',
      {
        id: 'life-cycle.conntrack-is-broken',
        title: 'The tool that lists tracked connections fails',
        endsInError: true,
        ...brokenTool('conntrack'),
      },
    ],
    check: async () => {
      const own = await lab();
      const port = String(await freePorts(own.host));
      const [home, elsewhere] = await Promise.all([own.make.network(), own.make.network()]);
      const [server, sender] = await Promise.all([
        own.make.container({
          ExposedPorts: { '7/udp': {} },
          ...attachedTo(home, { PortBindings: { '7/udp': [{ HostPort: port }] } }),
        }),
        own.make.container(attachedTo(elsewhere)),
      ]);
      const [{ IPAddress }, { Gateway }] = [await server.endpoint(home.name), await sender.endpoint(elsewhere.name)];
      // sent to the address itself, as docker-proxy does, or led there, so that answers come from it
      const flows = async () =>
        (await read(own.host, ['conntrack', '-L', '-p', 'udp'])).split('\n').filter((flow) => flow.includes(`=${IPAddress} `));
      await control(async () => {
        // nobody answers it; what counts is that the host saw it
        expect((await sender.exec(['timeout', '0.3', 'busybox', 'tftp', '-g', '-r', 'anything', Gateway, port])).exitCode).not.toBe(0);
        expect((await flows()).length).toBeGreaterThan(0);
      });
      await own.ask('DELETE', `/containers/${server.id}?force=1`);
      expect(await flows()).toEqual([]);
    },
  },
  {
    id: 'life.rename.network-lists-the-new-name',
    level: 'must',
    title: 'A network must list a renamed container under its new name',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/container/rename' }, networkTests],
    observedBy: 'Containers of the network object, before and after.',
    faults: ['life-cycle.renames-nothing'],
    check: async () => {
      const { network, address } = await street();
      const [box, renamed] = [await make.container(at(network, address(81))), make.name('renamed')];
      const listed = async () => (await network.inspect()).Containers?.[box.id]?.Name;
      await control(async () => expect(await listed()).toBe(box.containerName));
      await ask('POST', `/containers/${box.id}/rename?name=${renamed}`);
      expect(await listed()).toBe(renamed);
    },
  },
]);
