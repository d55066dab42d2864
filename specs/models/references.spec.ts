import { ask, claim, control, describe, engine, expect, make, scene } from '../../helpers';

/** The shortest start of an id, of at least 6 digits, that no other network of the engine has. */
async function startOf(id: string): Promise<string> {
  const { body: networks } = await ask<{ Id: string }[]>('GET', '/networks');
  const lengths = Array.from({ length: id.length - 6 }, (_, index) => index + 6);
  const length = lengths.find((digits) => networks.filter(({ Id }) => Id.startsWith(id.slice(0, digits))).length === 1);
  return id.slice(0, length);
}

describe('what leads to a network', () => {
  const known = scene(() => make.network());

  claim('models.reference.start-of-an-id', async () => {
    const [{ id }, another] = [await make.network(), await known()];
    await control(async () => expect((await engine.networkIfAny(id))?.Id).toBe(id));
    const start = await startOf(id);
    expect(start.length).toBeLessThan(id.length);
    expect(await ask('DELETE', `/networks/${start}`)).toMatchObject({ status: 204 });
    expect(await engine.networkIfAny(id)).toBeUndefined();
    expect((await engine.networkIfAny(another.id))?.Id).toBe(another.id);
  });

  claim('models.reference.names-count-whole', async () => {
    const { id, name } = await known();
    await control(async () => expect((await engine.networkIfAny(name))?.Id).toBe(id));
    for (const other of [name.slice(0, -1), name.toUpperCase()])
      expect(await ask('GET', `/networks/${other}`)).toMatchObject({ status: 404 });
  });

  claim('models.reference.id-wins-over-name', async () => {
    const first = await make.network();
    const second = await make.tryNetwork({ Name: first.id });
    expect((await engine.network(first.id)).Name).toBe(first.name);
    expect(await ask('DELETE', `/networks/${first.id}`)).toMatchObject({ status: 204 });
    expect(await engine.networkIfAny(first.name)).toBeUndefined();
    if (second.status === 201) expect(await engine.networkIfAny(second.body.Id)).toMatchObject({ Name: first.id });
  });

  claim('models.reference.mode-takes-names-and-ids', async () => {
    const { id, name } = await known();
    for (const NetworkMode of [name, id, await startOf(id)]) {
      const container = await make.claimed.container({ HostConfig: { NetworkMode } });
      const endpoints = Object.entries((await container.inspect()).NetworkSettings.Networks ?? {});
      const attached = await Promise.all(endpoints.map(async ([key, { NetworkID }]) => [key, (await engine.network(NetworkID)).Id]));
      expect(attached).toEqual([[name, id]]);
    }
  });
});
