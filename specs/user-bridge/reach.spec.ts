import { claim, control, describe, engine, eventually, expect, freePorts, host, make, networkView, scene } from '../../helpers';

/** A port that no object knows of: nginx listens there beside the port that its image exposes. */
const unexposed = 8081;

/** The image's nginx, which listens at {@link unexposed}, too. */
const alsoUnexposed = {
  Entrypoint: ['sh', '-c', `sed 's/80;/${unexposed};/' /etc/nginx/conf.d/default.conf >/etc/nginx/conf.d/unexposed.conf; exec "$@"`, 'sh'],
};

describe("containers on a user's network", () => {
  const two = scene(async () => {
    const net = await make.network();
    const server = (member: string) => make.server({ member, HostConfig: { NetworkMode: net.name }, ...alsoUnexposed });
    const [one, other] = await Promise.all([server('one'), server('other')]);
    return { net, one, other };
  });

  claim('bridge.user.members-reach-every-port', async () => {
    const { net, one, other } = await two();
    expect((await other.inspect()).NetworkSettings.Ports ?? {}).not.toHaveProperty(`${unexposed}/tcp`);
    expect(await one.fetches(await other.origin(net.name, unexposed))).toBeReached({ by: other });
    expect(await other.fetches(await one.origin(net.name, unexposed))).toBeReached({ by: one });
  });

  claim('bridge.user.host-reaches-members', async () => {
    const { net, one } = await two();
    expect(await host.fetches(await one.origin(net.name, unexposed))).toBeReached({ by: one });
  });

  claim('bridge.user.members-reach-the-host', async () => {
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
    expect(answer).toMatchObject({ kind: 'reached', body: page });
  });

  claim('bridge.user.replaces-the-default-bridge', async () => {
    const { net, one } = await two();
    expect(Object.keys((await one.inspect()).NetworkSettings.Networks ?? {})).toEqual([net.name]);
    expect((await networkView(one)).interfaces).toEqual(['eth0', 'lo']);
    const [ofDefault, ofUser] = await Promise.all([engine.network('bridge'), engine.network(net.id)]);
    await control(() => expect(Object.keys(ofUser.Containers ?? {})).toContain(one.id));
    expect(Object.keys(ofDefault.Containers ?? {})).not.toContain(one.id);
  });

  claim('bridge.user.member-of-two-reaches-both', async () => {
    const { net, one } = await two();
    const second = await make.network();
    const [beyond, between] = await Promise.all([
      make.server({ member: 'beyond', HostConfig: { NetworkMode: second.name } }),
      make.container({ member: 'between', HostConfig: { NetworkMode: net.name } }),
    ]);
    await second.connect(between);
    const [here, there] = await Promise.all([one.origin(net.name), beyond.origin(second.name)]);
    expect(await between.fetches(here)).toBeReached({ by: one });
    expect(await between.fetches(there)).toBeReached({ by: beyond });
  });
});

describe('what a container may do to its own network', () => {
  /** A container without NET_RAW and NET_ADMIN, and one that has both. */
  const unlike = scene(async () => {
    const net = await make.network();
    const [without, having] = await Promise.all([
      make.container({ member: 'without', HostConfig: { NetworkMode: net.name, CapDrop: ['NET_RAW'] } }),
      make.container({ member: 'having', HostConfig: { NetworkMode: net.name, CapAdd: ['NET_RAW', 'NET_ADMIN'] } }),
    ]);
    return { without, having };
  });

  /** Sees that a command works with a capability, and what the kernel says to it without. */
  const isRefused = async (command: readonly string[], says: string) => {
    const { without, having } = await unlike();
    await control(async () => expect(await having.exec(command)).toMatchObject({ exitCode: 0 }));
    expect(await without.exec(command)).toMatchObject({ stderr: expect.stringContaining(says) });
  };

  claim('bridge.user.raw-sockets-need-net-raw', async () => {
    // its own loopback: a host may be told to answer no echo
    await isRefused(['ping', '-c', '1', '-W', '2', '127.0.0.1'], 'permission denied');
  });

  claim('bridge.user.links-need-net-admin', async () => {
    await isRefused(['sh', '-c', 'ip link set eth0 mtu "$(cat /sys/class/net/eth0/mtu)"'], 'Operation not permitted');
    await isRefused(['ip', 'route', 'add', 'blackhole', '192.0.2.0/24'], 'Operation not permitted');
  });
});
