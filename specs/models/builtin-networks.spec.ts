import { ask, claim, control, describe, engine, expect, lab, make, networkView } from '../../helpers';

interface Addressed {
  IPAM: { Config: { Subnet?: string }[] | null };
}

/** What a network, by its name, has been given of addresses: an entry for each of its subnets. */
async function addressingOf(network: string): Promise<{ Subnet?: string }[]> {
  const { body } = await ask<Addressed>('GET', `/networks/${network}`);
  return body.IPAM.Config ?? [];
}

describe('the networks that an engine brings', () => {
  claim('models.builtin.cannot-be-removed', async () => {
    const networks = await engine.builtinNetworks();
    expect(networks.length).toBeGreaterThan(0);
    for (const { Id } of networks) {
      expect(await ask('DELETE', `/networks/${Id}`)).toMatchObject({ status: 403 });
      expect(await engine.networkIfAny(Id)).toMatchObject({ Id });
    }
  });

  claim('models.builtin.names-are-reserved', async () => {
    for (const Name of ['bridge', 'host', 'none', 'default']) expect(await make.tryNetwork({ Name })).toMatchObject({ status: 403 });
    await control(async () => expect(await make.tryNetwork()).toMatchObject({ status: 201 }));
  });

  claim('models.builtin.host-and-null-are-single', async () => {
    for (const Driver of ['host', 'null']) expect(await make.tryNetwork({ Driver })).toMatchObject({ status: 403 });
    await control(async () => expect(await make.tryNetwork({ Driver: 'bridge' })).toMatchObject({ status: 201 }));
  });

  claim('models.builtin.host-and-none-have-no-subnet', async () => {
    await control(async () =>
      expect(await addressingOf('bridge')).toContainEqual(expect.objectContaining({ Subnet: expect.stringContaining('/') })),
    );
    for (const network of ['host', 'none']) expect(await addressingOf(network)).toEqual([]);
  });

  claim('models.builtin.outlive-a-prune', async () => {
    const own = await lab([], 'pruned');
    const { body: unused } = await own.ask<{ Id: string }>('POST', '/networks/create', { Name: own.make.name('unused') });
    await control(async () => expect(await own.engine.networkIfAny(unused.Id)).toMatchObject({ Id: unused.Id }));
    const before = await own.engine.builtinNetworks();
    expect(before.length).toBeGreaterThan(0);
    expect(await own.ask('POST', '/networks/prune')).toMatchObject({ status: 200 });
    await control(async () => expect(await own.engine.networkIfAny(unused.Id)).toBeUndefined());
    expect((await own.engine.builtinNetworks()).map(({ Id }) => Id).sort()).toEqual(before.map(({ Id }) => Id).sort());
  });

  claim('models.builtin.bridge-can-be-left-out', async () => {
    const own = await lab(['--bridge=none']);
    const { body: networks } = await own.ask<{ Name: string }[]>('GET', '/networks');
    expect(networks.map(({ Name }) => Name).sort()).toEqual(['host', 'none']);
    const { interfaces } = await networkView(await own.make.claimed.container());
    expect(interfaces).toEqual(['lo']);
  });
});
