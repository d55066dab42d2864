import {
  ask,
  beyond,
  claim,
  configuredServer,
  context,
  describe,
  expect,
  lab,
  make,
  mustHideAddresses,
  reachable,
  scene,
  toldOf,
} from '../../helpers';

type Beyond = Awaited<ReturnType<typeof beyond>>;

const world = scene(() => beyond({ context, make, ask, lab }));

/** A container on a network that hides it behind the host; ping needs NET_RAW, where nothing else is answered. */
async function boxOn({ make: its, ask: engine }: Beyond, network: string) {
  await mustHideAddresses(network, engine);
  return its.container({ member: 'box', HostConfig: { NetworkMode: network, CapAdd: ['NET_RAW'] } });
}

/** RFC 6761: whoever is asked says that there is no such name. */
const impossible = () => `${make.name()}.invalid`;

describe('a container on the default bridge', () => {
  claim('egress.default-bridge.reaches-what-its-host-reaches', async () => {
    const found = await reachable(await world(), 'IPv4', context.reach);
    const box = await boxOn(await world(), 'bridge');
    for (const { kind, from } of found) expect(await from(box)).toBeOutcome(kind);
  });

  claim('egress.default-bridge.name-servers-answer', async () => {
    const { atHost } = await world();
    const box = await boxOn(await world(), 'bridge');
    const server = await configuredServer(box, atHost);
    const { host, container } = await toldOf(impossible(), { atHost, box, server, asked: server });
    expect(container).toEqual(host);
  });
});

describe('a container on a user-defined network', () => {
  claim('egress.user-network.reaches-what-its-host-reaches', async () => {
    const { make: its } = await world();
    const found = await reachable(await world(), 'IPv4', context.reach);
    const box = await boxOn(await world(), (await its.network()).name);
    for (const { kind, from } of found) expect(await from(box)).toBeOutcome(kind);
  });

  claim('egress.user-network.reaches-by-ipv6-what-its-host-reaches', async () => {
    const { make: its } = await world();
    const found = await reachable(await world(), 'IPv6', context.reach);
    const { subnet } = its.subnet6();
    const box = await boxOn(await world(), (await its.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: subnet }] } })).name);
    for (const { kind, from } of found) expect(await from(box)).toBeOutcome(kind);
  });

  claim('egress.user-network.name-servers-answer', async () => {
    const { atHost, make: its } = await world();
    const [onDefault, box] = await Promise.all([
      its.container({ member: 'on-default-bridge' }),
      boxOn(await world(), (await its.network()).name),
    ]);
    const { host, container } = await toldOf(impossible(), { atHost, box, server: await configuredServer(onDefault, atHost) });
    expect(container).toEqual(host);
  });
});
