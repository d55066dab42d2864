import { createContainer } from '../../fixtures/faults/trials/user-bridge';
import { attachedTo, claims, control, engine, eventually, expect, freePorts, host, make, networkView, scene } from '../../helpers';

const bridgeDriver = { docs: 'docs.docker.com/engine/network/drivers/bridge' };
const portPublishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const privileges = { docs: 'docs.docker.com/engine/containers/run#runtime-privilege-and-linux-capabilities' };

/** A port that no object knows of: nginx listens there beside the port that its image exposes. */
const unexposed = 8081;

/** The image's nginx, which listens at {@link unexposed}, too. */
const alsoUnexposed = {
  Entrypoint: ['sh', '-c', `sed 's/80;/${unexposed};/' /etc/nginx/conf.d/default.conf >/etc/nginx/conf.d/unexposed.conf; exec "$@"`, 'sh'],
};

const two = scene(async () => {
  const net = await make.network();
  const server = (member: string) => make.server({ member, ...attachedTo(net), ...alsoUnexposed });
  const [one, other] = await Promise.all([server('one'), server('other')]);
  return { net, one, other };
});

/** A container without NET_RAW and NET_ADMIN, and one that has both. */
const unlike = scene(async () => {
  const net = await make.network();
  const [without, having] = await Promise.all([
    make.container({ member: 'without', ...attachedTo(net, { CapDrop: ['NET_RAW'] }) }),
    make.container({ member: 'having', ...attachedTo(net, { CapAdd: ['NET_RAW', 'NET_ADMIN'] }) }),
  ]);
  return { without, having };
});

/** Sees that a command works with a capability, and what the kernel says to it without. */
const isRefused = async (command: readonly string[], says: string) => {
  const { without, having } = await unlike();
  await control(async () => expect(await having.execByEngine(command)).toMatchObject({ exitCode: 0 }));
  expect(await without.execByEngine(command)).toMatchObject({ stderr: expect.stringContaining(says) });
};

export default claims([
  // containers on a user's network
  {
    id: 'bridge.user.members-reach-every-port',
    level: 'must',
    title: "By default, peers on a bridge network must reach each other's unpublished TCP ports over IPv4",
    sources: [bridgeDriver],
    observedBy:
      "curl inside either server fetches the other's address at a port that its object does not know; the answer carries the other's own token.",
    faults: ['user-bridge.members-are-kept-apart'],
    check: async () => {
      const { net, one, other } = await two();
      expect((await other.inspect()).NetworkSettings.Ports ?? {}).not.toHaveProperty(`${unexposed}/tcp`);
      expect(await one.fetches(await other.origin(net.name, unexposed))).toBeReached({ by: other });
      expect(await other.fetches(await one.origin(net.name, unexposed))).toBeReached({ by: one });
    },
  },
  {
    id: 'bridge.user.host-reaches-members',
    level: 'must',
    title: "The host must reach an unpublished port of a user-defined bridge network's container over IPv4",
    sources: [bridgeDriver, portPublishing],
    observedBy: "curl on the host; the answer carries the container's own token.",
    requires: ['host-bridges'],
    faults: ['user-bridge.host-takes-nothing'],
    check: async () => {
      const { net, one } = await two();
      expect(await host.fetches(await one.origin(net.name, unexposed))).toBeReached({ by: one });
    },
  },
  {
    id: 'bridge.user.members-reach-the-host',
    level: 'should',
    title: 'A container on a bridge network must reach a server of the host at its IPv4 gateway address',
    sources: [{ docs: 'docs.docker.com/engine/network/port-publishing#gateway-modes' }],
    observedBy:
      'A server in host mode listens on all addresses of the host; curl inside the container fetches the address that its default route leads to.',
    requires: ['host-bridges', 'host-input'],
    faults: ['host-mode.is-ignored', 'user-bridge.host-takes-nothing'],
    check: async () => {
      const { one } = await two();
      const [port, [gateway], page] = [await freePorts(host), (await networkView(one)).gateways, make.name('page')];
      const site = `server { listen ${port}; return 200 ${page}; }`;
      await make.container({
        member: 'of-the-host',
        HostConfig: { NetworkMode: 'host' },
        Cmd: ['sh', '-c', `echo '${site}' >/etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'`],
      });
      const answer = await eventually(
        () => one.fetches(`http://${gateway}:${port}`),
        ({ kind }) => kind === 'reached',
        { within: 3000 },
      );
      expect(answer).toBeOutcome('reached');
      expect(answer).toMatchObject({ body: page });
    },
  },
  {
    id: 'bridge.user.member-of-two-reaches-both',
    level: 'must',
    title: 'A container on two bridge networks must reach containers of both over IPv4',
    sources: [{ docs: 'docs.docker.com/engine/network' }, bridgeDriver],
    observedBy: 'curl inside the container fetches a server on each network.',
    faults: [
      'default-bridge.connecting-is-pretended',
      'models.every-container-is-on-the-default-bridge',
      'user-bridge.members-are-kept-apart',
    ],
    check: async () => {
      const { net, one } = await two();
      const second = await make.network();
      const [beyond, between] = await Promise.all([
        make.server({ member: 'beyond', ...attachedTo(second) }),
        make.container({ member: 'between', ...attachedTo(net) }),
      ]);
      await second.connect(between);
      const [here, there] = await Promise.all([one.origin(net.name), beyond.origin(second.name)]);
      expect(await between.fetches(here)).toBeReached({ by: one });
      expect(await between.fetches(there)).toBeReached({ by: beyond });
    },
  },
  {
    id: 'bridge.user.replaces-the-default-bridge',
    level: 'must',
    title: 'A container that asks for a user-defined network must not be on the default bridge',
    sources: [bridgeDriver, { docs: 'docs.docker.com/reference/cli/docker/container/run' }],
    observedBy: 'The networks of the container object, the containers that the default bridge lists, and the links inside the container.',
    requires: ['default-bridge'],
    faults: [
      'models.every-container-is-on-the-default-bridge',
      {
        id: 'user-bridge.networks-forget-their-containers',
        title: 'Networks list no containers',
        api: [{ method: 'GET', path: /^\/networks\/[0-9a-z]+$/, does: 'forgets', at: ['Containers'] }],
      },
    ],
    check: async () => {
      const { net, one } = await two();
      expect(Object.keys((await one.inspect()).NetworkSettings.Networks ?? {})).toEqual([net.name]);
      expect((await networkView(one)).interfaces).toEqual(['eth0', 'lo']);
      const [ofDefault, ofUser] = await Promise.all([engine.network('bridge'), engine.network(net.id)]);
      await control(() => expect(Object.keys(ofUser.Containers ?? {})).toContain(one.id));
      expect(Object.keys(ofDefault.Containers ?? {})).not.toContain(one.id);
    },
  },
  // what a container may do to its own network
  {
    id: 'bridge.user.raw-sockets-need-net-raw',
    level: 'must',
    title: 'A container without the capability NET_RAW must not open a raw socket',
    sources: [privileges],
    observedBy:
      "The ping of busybox to the container's own loopback, by a raw socket, is refused by the kernel; with NET_RAW it is answered.",
    faults: [
      {
        id: 'user-bridge.nothing-is-dropped',
        title: 'Containers keep the capabilities that they want to drop',
        api: [{ ...createContainer, does: 'asks', at: ['HostConfig', 'CapDrop'], value: [] }],
      },
    ],
    check: async () => {
      // its own loopback: a host may be told to answer no echo
      await isRefused(['ping', '-c', '1', '-W', '2', '127.0.0.1'], 'permission denied');
    },
  },
  {
    id: 'bridge.user.links-need-net-admin',
    level: 'must',
    title: 'A container without the capability NET_ADMIN must not change its interface or routes',
    sources: [privileges],
    observedBy: 'ip sets the MTU that the interface has, and adds a route; with NET_ADMIN both work.',
    faults: ['user-bridge.everybody-administers-networks'],
    check: async () => {
      await isRefused(['sh', '-c', 'ip link set eth0 mtu "$(cat /sys/class/net/eth0/mtu)"'], 'Operation not permitted');
      await isRefused(['ip', 'route', 'add', 'blackhole', '192.0.2.0/24'], 'Operation not permitted');
    },
  },
]);
