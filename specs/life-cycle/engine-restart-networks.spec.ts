import {
  asksForMac,
  attachedTo,
  claims,
  type Container,
  context,
  control,
  eventually,
  expect,
  lab,
  mustRun,
  networkView,
  type OwnLab,
  scene,
} from '../../helpers';

const startAutomatically = { docs: 'docs.docker.com/engine/containers/start-containers-automatically' };
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const bridgeTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' };
const macvlanTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/macvlan/macvlan_test.go' };
const macTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/mac_addr_test.go' };

const mac = '02:dc:4d:00:00:11';
const RestartPolicy = { Name: 'always' };
const containerCreate = { method: 'POST', path: /^\/containers\/create\b/, does: 'asks' } as const;

/** Fetches until a server answers that may have only just been started. */
const answers = (from: { fetches: Container['fetches'] }, origin: string, server: Container) =>
  eventually(
    () => from.fetches(origin),
    (outcome) => outcome.kind === 'reached' && outcome.by === server.token,
    { within: 8000 },
  );

/** A container on two networks, of which it was connected to one, another in host mode, and one of each network, all of which return. */
async function town(own: OwnLab) {
  const [{ subnet, address }, other] = [own.make.subnet(), await own.make.network()];
  const net = await own.make.network({ IPAM: { Config: [{ Subnet: subnet }] } });
  const of = (network: { name: string }, more: object = {}) => attachedTo(network, { RestartPolicy, ...more });
  const [both, near, far, ofHost] = await Promise.all([
    own.make.server({ member: 'both', ...of(net) }),
    own.make.server({ member: 'near', ...of(net) }),
    own.make.server({ member: 'far', ...of(other) }),
    own.make.container({ member: 'of-the-host', HostConfig: { NetworkMode: 'host', RestartPolicy } }),
  ]);
  await other.connect(both);
  return { own, net, other, address, both, near, far, ofHost };
}

/** Expects the container on two networks to reach a peer on each, by name. */
async function expectBoth({ both, near, far }: Awaited<ReturnType<typeof town>>) {
  for (const server of [near, far]) expect(await answers(both, `http://${server.containerName}`, server)).toBeReached({ by: server });
}

const restarted = scene(async () => {
  const own = await lab([], 'networks-restarted');
  // a link that no end of a container takes away
  await mustRun(own.host, [
    'sh',
    '-ec',
    'ip link show parent0 || ip link add parent0 type veth peer name parent1; ip link set parent0 up; ip link set parent1 up',
  ]);
  const macvlan = await own.make.network({
    Driver: 'macvlan',
    Options: { parent: 'parent0' },
    IPAM: { Config: [{ Subnet: own.make.subnet().subnet }] },
  });
  const made = await town(own);
  const source = await own.make.server({ member: 'source', HostConfig: { RestartPolicy } });
  const [configured, ephemeral, recipient, late, one, two] = await Promise.all([
    own.make.container({
      member: 'configured',
      ...attachedTo(made.net, { RestartPolicy }),
      ...asksForMac(context.engine, made.net.name, mac),
    }),
    own.make.server({ member: 'ephemeral', ...attachedTo(made.net, { RestartPolicy, PortBindings: { '80/tcp': [{}] } }) }),
    own.make.container({ member: 'recipient', HostConfig: { RestartPolicy, Links: [`${source.containerName}:linked`] } }),
    own.make.container({ member: 'late', started: false, ...attachedTo(made.net) }),
    own.make.server({ member: 'one', ...attachedTo(macvlan, { RestartPolicy }) }),
    own.make.container({ member: 'two', ...attachedTo(macvlan, { RestartPolicy }) }),
  ]);
  await made.other.connect(late);
  await own.restart();
  await late.start();
  return { ...made, macvlan, configured, ephemeral, source, recipient, late, one, two };
});

const crashed = scene(async () => {
  const made = await town(await lab([], 'networks-crashed'));
  await made.own.restart({ signal: 'SIGKILL' });
  return made;
});

export default claims([
  // an engine that was restarted
  {
    id: 'life.engine-restart.container-has-all-its-networks',
    level: 'must',
    title: 'A container that returns with the engine must reach its peers on each network that it was in',
    sources: [networkTests, startAutomatically],
    observedBy: 'A container that was created on one network and connected to another fetches by name from a peer on either.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down'],
    check: async () => expectBoth(await restarted()),
  },
  {
    id: 'life.engine-restart.configured-mac-is-there-again',
    level: 'must',
    title: 'A container that returns with the engine must have the MAC address that it was given',
    sources: [macTests],
    observedBy: 'The link inside the container.',
    requires: ['own-lab', 'docker-engine'],
    faults: [
      {
        id: 'life-cycle.mac-addresses-are-not-asked-for',
        title: 'The engine is not told which MAC address a container wants',
        api: [
          { ...containerCreate, at: ['MacAddress'], value: '' },
          { ...containerCreate, at: ['NetworkingConfig', 'EndpointsConfig', '*', 'MacAddress'], value: '' },
        ],
      },
    ],
    check: async () => {
      const { configured } = await restarted();
      const seen = await eventually(
        () => networkView(configured),
        ({ links }) => links['eth0'] !== undefined,
        { within: 5000 },
      );
      expect(seen.links['eth0']?.macAddress).toBe(mac);
    },
  },
  {
    id: 'life.engine-restart.ephemeral-port-answers',
    level: 'must',
    title: 'A container that returns with the engine must answer at the port that its object tells of the host',
    sources: [bridgeTests],
    observedBy:
      'The host fetches the port of its own that NetworkSettings.Ports tells after the restart, where none was asked for by number.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down'],
    check: async () => {
      const { own, ephemeral } = await restarted();
      expect(await answers(own.host, `http://127.0.0.1:${await ephemeral.hostPort(80)}`, ephemeral)).toBeReached({ by: ephemeral });
    },
  },
  {
    id: 'life.engine-restart.links-lead-to-their-source',
    level: 'must',
    title: 'A container that returns with the engine must reach its --link source by alias, if that is back',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_daemon_test.go' }],
    observedBy: 'curl in the recipient on the default bridge fetches the alias.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down'],
    check: async () => {
      const { source, recipient } = await restarted();
      expect(await answers(recipient, 'http://linked', source)).toBeReached({ by: source });
    },
  },
  {
    id: 'life.engine-restart.stopped-container-keeps-its-networks',
    level: 'must',
    title: 'A stopped container must start on each network that it was connected to before an engine restart',
    sources: [networkTests],
    observedBy: 'A container that never ran, was created on one network and connected to another, fetches by name from a peer on either.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down'],
    check: async () => {
      const { late, near, far } = await restarted();
      for (const server of [near, far]) expect(await answers(late, `http://${server.containerName}`, server)).toBeReached({ by: server });
    },
  },
  {
    id: 'life.engine-restart.macvlan-works-again',
    level: 'must',
    title: 'Containers of a macvlan network that return with the engine must reach each other by name',
    sources: [macvlanTests],
    observedBy: 'curl in one of them fetches from the other, on a parent that stayed.',
    requires: ['own-lab', 'docker-engine'],
    faults: [
      {
        id: 'life-cycle.macvlan-containers-are-cut-off',
        title: 'Containers may not send to port 80',
        inject: `for pid in $(docker ps --quiet | xargs -r docker inspect --format '{{.State.Pid}}'); do busybox nsenter -t $pid -n iptables -I OUTPUT -p tcp --dport 80 -j DROP || true; done`,
        undo: `for pid in $(docker ps --quiet | xargs -r docker inspect --format '{{.State.Pid}}'); do busybox nsenter -t $pid -n iptables -D OUTPUT -p tcp --dport 80 -j DROP || true; done`,
      },
    ],
    check: async () => {
      const { one, two } = await restarted();
      expect(await answers(two, `http://${one.containerName}`, one)).toBeReached({ by: one });
    },
  },
  // an engine that was killed and started again
  {
    id: 'life.engine-crash.container-has-all-its-networks',
    level: 'must',
    title: 'After an engine crash, a container must reach its peers on each network that it was connected to',
    sources: [networkTests, startAutomatically],
    observedBy: 'A container that was created on one network and connected to another fetches by name from a peer on either.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down'],
    check: async () => expectBoth(await crashed()),
  },
  {
    id: 'life.engine-crash.host-mode-comes-back',
    level: 'must',
    title: 'After an engine crash, a container in host mode must run again, with the interfaces of the host',
    sources: [networkTests],
    observedBy: 'The state of the container, and the interfaces inside it and on the host.',
    requires: ['own-lab', 'docker-engine'],
    faults: [
      {
        id: 'life-cycle.host-mode-is-a-bridge',
        title: 'The engine is asked for the default bridge in place of host mode',
        api: [
          {
            ...containerCreate,
            at: ['HostConfig', 'NetworkMode'],
            value: 'bridge',
            where: { at: ['HostConfig', 'NetworkMode'], is: 'host' },
          },
        ],
      },
    ],
    check: async () => {
      const { own, ofHost } = await crashed();
      const running = await eventually(
        () => ofHost.inspect(),
        ({ State }) => State.Running,
        { within: 8000 },
      );
      expect(running.State.Running).toBe(true);
      const { links } = await networkView(ofHost);
      await control(async () => expect(Object.keys((await networkView(own.host)).links)).toContain('docker0'));
      expect(Object.keys(links)).toContain('docker0');
    },
  },
]);
