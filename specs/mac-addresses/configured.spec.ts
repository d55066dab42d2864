import { ask, claim, control, describe, expect, make, networkView } from '../../helpers';

type Box = Awaited<ReturnType<typeof make.container>>;

/** A MAC address of the claim's own: locally administered (02), from the addresses of its own subnet. */
function ownMac(firstOctet = '02'): string {
  const octets = make
    .subnet()
    .address(7)
    .split('.')
    .map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return [firstOctet, 'dc', ...octets].join(':');
}

/**
 * The body of a container in a network, with MAC addresses for the endpoint there and for the whole container; it is not
 * waited for when it is stopped before it listens to signals.
 */
const inside = ({ name }: { name: string }, { endpoint, container }: { endpoint?: string; container?: string }) => ({
  StopTimeout: 0,
  HostConfig: { NetworkMode: name },
  NetworkingConfig: { EndpointsConfig: { [name]: { ...(endpoint !== undefined && { MacAddress: endpoint }) } } },
  ...(container !== undefined && { MacAddress: container }),
});

/** The MAC addresses that a container reports in a network, and that its interface has. */
async function macsOf(container: Box, { name }: { name: string }) {
  return { reported: (await container.endpoint(name)).MacAddress, real: (await networkView(container)).links['eth0']?.macAddress };
}

describe('a container with a MAC address of its own choice', () => {
  claim('mac.configured.of-the-container-is-used', async () => {
    const [there, mac] = [await make.network(), ownMac()];
    const container = await make.claimed.container(inside(there, { container: mac }));
    expect(await macsOf(container, there)).toEqual({ reported: mac, real: mac });
  });

  claim('mac.configured.of-the-endpoint-is-used', async () => {
    const [there, mac] = [await make.network(), ownMac()];
    const container = await make.claimed.container(inside(there, { endpoint: mac }));
    expect(await macsOf(container, there)).toEqual({ reported: mac, real: mac });
  });

  claim('mac.configured.of-the-container-is-for-its-first-network', async () => {
    const [first, further, mac] = [await make.network(), await make.network(), ownMac()];
    const container = await make.claimed.container(inside(first, { container: mac }));
    await further.connect(container);
    expect((await container.endpoint(first.name)).MacAddress).toBe(mac);
    const { MacAddress } = await container.endpoint(further.name);
    expect(MacAddress).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    expect(MacAddress).not.toBe(mac);
  });

  claim('mac.configured.survives-a-restart', async () => {
    const [there, mac] = [await make.network(), ownMac()];
    const container = await make.claimed.container(inside(there, { endpoint: mac, container: mac }));
    await container.stop();
    expect((await container.endpoint(there.name)).MacAddress).toBe('');
    await container.start();
    expect(await macsOf(container, there)).toEqual({ reported: mac, real: mac });
  });

  claim('mac.configured.no-two-for-one-endpoint', async () => {
    const [there, mac, another, name] = [await make.network(), ownMac(), ownMac(), make.name('torn')];
    await control(() => make.claimed.container({ ...inside(there, { endpoint: mac, container: mac }), started: false }));
    expect((await make.tryContainer({ name, ...inside(there, { endpoint: mac, container: another }) })).status).toBe(400);
    expect((await ask('GET', `/containers/${name}/json`)).status).toBe(404);
  });

  claim('mac.configured.of-the-container-is-warned-of', async () => {
    const there = await make.network();
    // an engine may warn of its host, too
    const warnings = async (macs: object) =>
      (await make.tryContainer(inside(there, macs))).body.Warnings?.filter((warning) => !/forwarding is disabled/.test(warning));
    expect(await warnings({ endpoint: ownMac() })).toEqual([]);
    expect(await warnings({ container: ownMac() })).toEqual([expect.stringContaining('MacAddress')]);
  });

  claim('mac.configured.group-address-fails-the-start', async () => {
    const there = await make.network();
    const both = (mac: string) => inside(there, { endpoint: mac, container: mac });
    await control(() => make.claimed.container(both(ownMac('02'))));
    expect(await make.tryToRun(both(ownMac('03')))).toBeRefused();
  });
});
