import { ask, claim, control, describe, eventually, expect, lab, make } from '../../helpers';

type Network = Awaited<ReturnType<typeof make.network>>;

// it is killed when it is stopped: a shell that has only just been started may not yet heed any other signal
const on = (network: Network) => ({ HostConfig: { NetworkMode: network.name }, StopSignal: 'SIGKILL' });

/** The status of what an id or a name of a network leads to: 404 where there is none. */
const statusOf = async (network: string) => (await ask('GET', `/networks/${network}`)).status;

/**
 * Names of the networks that a prune with these filters has removed. Each has a label that only its claim's networks have.
 * An engine may refuse one while it does another (409), and Podman one during which a container goes.
 */
async function pruned(filters: { label: string[] } & Record<string, string[]>): Promise<string[]> {
  const prune = () =>
    ask<{ NetworksDeleted: string[] | null }>('POST', `/networks/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`);
  const { status, body } = await eventually(prune, (answer) => answer.status === 200, { within: 5000 });
  expect(status).toBe(200);
  return [...(body.NetworksDeleted ?? [])].sort();
}

describe('the removal of a network', () => {
  claim('life.network.used-one-is-not-removed', async () => {
    const network = await make.network();
    const [server, member] = await Promise.all([make.server(on(network)), make.container(on(network))]);
    const origin = await server.origin(network.name);
    const reached = async () => expect(await member.fetches(origin)).toBeReached({ by: server });
    await control(reached);
    expect((await ask('DELETE', `/networks/${network.name}`)).status).toBeGreaterThanOrEqual(400);
    await reached();
    await control(async () => {
      await Promise.all([server, member].map(({ id }) => ask('DELETE', `/containers/${id}?force=1`)));
      expect((await ask('DELETE', `/networks/${network.name}`)).status).toBe(204);
    });
  });

  claim('life.network.id-protects-it-as-its-name-does', async () => {
    // in a lab, since an engine that does remove the network does not clean up behind it
    const own = await lab();
    const network = await own.make.network();
    const box = await own.make.container(on(network));
    expect((await own.ask('DELETE', `/networks/${network.id}`)).status).toBeGreaterThanOrEqual(400);
    expect(Object.keys((await network.inspect()).Containers ?? {})).toEqual([box.id]);
    await control(async () => {
      await own.ask('DELETE', `/containers/${box.id}?force=1`);
      expect((await own.ask('DELETE', `/networks/${network.id}`)).status).toBe(204);
    });
  });

  claim('life.network.stopped-container-does-not-hold-it', async () => {
    const network = await make.network();
    const [ended] = await Promise.all([make.container(on(network)), make.container({ started: false, ...on(network) })]);
    await ended.stop();
    expect((await ask('DELETE', `/networks/${network.name}`)).status).toBe(204);
    expect(await statusOf(network.id)).toBe(404);
  });

  claim('life.network.namesake-does-not-take-its-place', async () => {
    const lost = await make.network();
    const box = await make.container({ started: false, ...on(lost) });
    // a container that has been started knows its network by the id
    await box.start();
    await box.stop();
    await lost.remove();
    const namesake = await make.network({ Name: lost.name });
    const start = async () => (await ask('POST', `/containers/${box.id}/start`)).status;
    expect(await start()).toBeGreaterThanOrEqual(400);
    await control(async () => {
      expect((await (await make.container(on(namesake))).endpoint(namesake.name)).NetworkID).toBe(namesake.id);
      await namesake.disconnect(box, true);
      await namesake.connect(box);
      expect(await start()).toBe(204);
    });
  });

  claim('life.network.name-can-be-used-again', async () => {
    const [before, after] = [make.subnet(), make.subnet()];
    const first = await make.network({ Internal: true, IPAM: { Config: [{ Subnet: before.subnet }] } });
    await control(async () => expect((await first.remove()).status).toBe(204));
    const second = await make.claimed.network({ Name: first.name, IPAM: { Config: [{ Subnet: after.subnet }] } });
    expect(second.id).not.toBe(first.id);
    const { body } = await ask('GET', `/networks/${first.name}`);
    expect(body).toMatchObject({ Id: second.id, Internal: false, IPAM: { Config: [{ Subnet: after.subnet }] } });
  });
});

describe('a prune of the networks with a label', () => {
  claim('life.prune.label-selects', async () => {
    const label = make.name('label');
    const [wanted, otherValue, without] = await Promise.all([
      make.network({ Labels: { [label]: 'yes' } }),
      make.network({ Labels: { [label]: 'no' } }),
      make.network(),
    ]);
    expect(await pruned({ label: [`${label}=yes`] })).toEqual([wanted.name]);
    expect(await Promise.all([wanted, otherValue, without].map(({ id }) => statusOf(id)))).toEqual([404, 200, 200]);
  });

  claim('life.prune.used-network-stays', async () => {
    const label = make.name('label');
    const [used, unused] = await Promise.all([make.network({ Labels: { [label]: '' } }), make.network({ Labels: { [label]: '' } })]);
    const box = await make.container(on(used));
    const removed = await pruned({ label: [label] });
    await control(() => expect(removed).toContain(unused.name));
    expect(removed).toEqual([unused.name]);
    expect(Object.keys((await used.inspect()).Containers ?? {})).toEqual([box.id]);
  });

  claim('life.prune.stopped-container-does-not-hold-it', async () => {
    const label = make.name('label');
    const network = await make.network({ Labels: { [label]: '' } });
    await (await make.container(on(network))).stop();
    expect(await pruned({ label: [label] })).toEqual([network.name]);
  });

  claim('life.prune.until-spares-younger-ones', async () => {
    const label = make.name('label');
    const network = await make.network({ Labels: { [label]: '' } });
    expect(await pruned({ label: [label], until: ['1h'] })).toEqual([]);
    expect(await statusOf(network.id)).toBe(200);
    await control(async () => expect(await pruned({ label: [label] })).toEqual([network.name]));
  });
});

describe('a configuration network', () => {
  claim('life.config-only.used-one-is-not-removed', async () => {
    // in a lab, since a network that is made from another one can have no labels by which it would be removed
    const own = await lab();
    const configuration = await own.make.claimed.network({ ConfigOnly: true });
    const dependent = own.make.name('dependent');
    await control(async () =>
      expect((await own.ask('POST', '/networks/create', { Name: dependent, ConfigFrom: { Network: configuration.name } })).status).toBe(
        201,
      ),
    );
    expect((await configuration.remove()).status).toBeGreaterThanOrEqual(400);
    expect(await configuration.inspect()).toMatchObject({ Id: configuration.id, ConfigOnly: true });
    await control(async () => {
      await own.ask('DELETE', `/networks/${dependent}`);
      expect((await configuration.remove()).status).toBe(204);
    });
  });
});
