import { claim, control, describe, expect, make, networkView, scene } from '../../helpers';

type Network = Awaited<ReturnType<typeof make.network>>;
type Container = Awaited<ReturnType<typeof make.container>>;

// it is killed when it is stopped: a shell that has only just been started may not yet heed any other signal
const on = (network: Network) => ({ HostConfig: { NetworkMode: network.name }, StopSignal: 'SIGKILL' });

/** Next hops of a container's default routes. */
const gateways = async (container: Container) => (await networkView(container)).gateways;

describe('a container in a network whose name sorts last', () => {
  const named = async (stem: string, more = {}) => {
    const { subnet, gateway } = make.subnet();
    return {
      network: await make.claimed.network({ Name: make.name(stem), IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] }, ...more }),
      gateway,
    };
  };

  const networks = scene(async () => {
    const [first, last] = await Promise.all([named('a'), named('z')]);
    return { first, last };
  });

  claim('connecting.gateway.first-name-wins', async () => {
    const { first, last } = await networks();
    const box = await make.container(on(last.network));
    await control(async () => expect(await gateways(box)).toEqual([last.gateway]));
    await first.network.connect(box);
    expect(await gateways(box)).toEqual([first.gateway]);
  });

  claim('connecting.gateway.moves-when-its-network-is-left', async () => {
    const { first, last } = await networks();
    const box = await make.container(on(last.network));
    await first.network.connect(box);
    await control(async () => expect(await gateways(box)).toContain(first.gateway));
    await first.network.disconnect(box);
    expect(await gateways(box)).toEqual([last.gateway]);
  });

  claim('connecting.gateway.internal-network-gives-none', async () => {
    const { first, last } = await networks();
    const [internal, box] = await Promise.all([named('0', { Internal: true }), make.container(on(last.network))]);
    await internal.network.connect(box);
    expect(await gateways(box)).toEqual([last.gateway]);
    await first.network.connect(box);
    await control(async () => expect(await gateways(box)).toContain(first.gateway));
  });

  claim('connecting.gateway.highest-priority-wins', async () => {
    const { first, last } = await networks();
    const box = await make.container(on(first.network));
    await control(async () => expect(await gateways(box)).toEqual([first.gateway]));
    await last.network.connect(box, { GwPriority: 1 });
    expect(await gateways(box)).toEqual([last.gateway]);
  });

  claim('connecting.gateway.priority-is-kept', async () => {
    const { first, last } = await networks();
    const box = await make.container(on(first.network));
    await last.network.connect(box, { GwPriority: 7 });
    await box.restart();
    expect(await gateways(box)).toEqual([last.gateway]);
    expect(await box.endpoint(last.network.name)).toMatchObject({ GwPriority: 7 });
  });
});
