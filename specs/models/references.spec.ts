import { ask, claims, control, engine, expect, make, scene } from '../../helpers';

const reference = 'docs.docker.com/reference/api/engine/version/v1.51';
const preferIdTest = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/delete_test.go' };
const findNetwork = { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/network.go' };

/** The shortest start of an id, of at least 6 digits, that no other network of the engine has. */
async function startOf(id: string): Promise<string> {
  const { body: networks } = await ask<{ Id: string }[]>('GET', '/networks');
  const lengths = Array.from({ length: id.length - 6 }, (_, index) => index + 6);
  const length = lengths.find((digits) => networks.filter(({ Id }) => Id.startsWith(id.slice(0, digits))).length === 1);
  return id.slice(0, length);
}

const known = scene(() => make.network());

export default claims([
  // what leads to a network
  {
    id: 'models.reference.start-of-an-id',
    level: 'must',
    title: "An unambiguous start of a network's id must be enough to remove the network",
    sources: [
      findNetwork,
      { docs: 'docs.docker.com/reference/cli/docker/network/rm' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/inspect_test.go' },
    ],
    observedBy:
      'The shortest start of the id, of at least 6 digits, that no other network of the engine has is all that the removal names; that network is gone, and another one is still there.',
    faults: [
      {
        id: 'models.short-ids-are-unknown',
        title: 'A network that is to be removed is not found by the start of its id',
        api: [{ method: 'DELETE', path: /^\/networks\/[0-9a-f]{6,20}$/, does: 'pretends', status: 404 }],
      },
    ],
    check: async () => {
      const [{ id }, another] = [await make.network(), await known()];
      await control(async () => expect((await engine.networkIfAny(id))?.Id).toBe(id));
      const start = await startOf(id);
      expect(start.length).toBeLessThan(id.length);
      expect(await ask('DELETE', `/networks/${start}`)).toMatchObject({ status: 204 });
      expect(await engine.networkIfAny(id)).toBeUndefined();
      expect((await engine.networkIfAny(another.id))?.Id).toBe(another.id);
    },
  },
  {
    id: 'models.reference.names-count-whole',
    level: 'observed',
    title: "Neither the start of a network's name nor its name in capitals may select the network",
    sources: [findNetwork],
    observedBy: 'GET /networks/{name} finds the network; with one letter less, and with capitals instead of small letters, it answers 404.',
    faults: [
      {
        id: 'models.names-in-capitals-are-known',
        title: 'A network is found by its name in capitals',
        api: [{ method: 'GET', path: /^\/networks\/[A-Z0-9-]+$/, does: 'pretends', status: 200 }],
      },
    ],
    check: async () => {
      const { id, name } = await known();
      await control(async () => expect((await engine.networkIfAny(name))?.Id).toBe(id));
      for (const other of [name.slice(0, -1), name.toUpperCase()])
        expect(await ask('GET', `/networks/${other}`)).toMatchObject({ status: 404 });
    },
  },
  {
    id: 'models.reference.id-wins-over-name',
    level: 'must',
    title: 'An id must select its own network, even if another network is named like that id',
    sources: [preferIdTest, findNetwork],
    observedBy:
      'A second network is asked for that has the id of the first one as its name. Whether the engine creates it or not, the id leads to the first one and removes it.',
    faults: [
      'models.removal-is-pretended',
      {
        id: 'models.name-wins-over-id',
        title: 'What an id leads to is told to be the network with that id as its name',
        api: [{ method: 'GET', path: /^\/networks\/[0-9a-f]{64}$/, does: 'answers', at: ['Name'], value: 'a'.repeat(64) }],
      },
    ],
    check: async () => {
      const first = await make.network();
      const second = await make.tryNetwork({ Name: first.id });
      expect((await engine.network(first.id)).Name).toBe(first.name);
      expect(await ask('DELETE', `/networks/${first.id}`)).toMatchObject({ status: 204 });
      expect(await engine.networkIfAny(first.name)).toBeUndefined();
      if (second.status === 201) expect(await engine.networkIfAny(second.body.Id)).toMatchObject({ Name: first.id });
    },
  },
  {
    id: 'models.reference.mode-takes-names-and-ids',
    level: 'observed',
    title: "NetworkMode must take a network's name, its full id, or the start of its id",
    sources: [
      { docs: `${reference}/#tag/Container/operation/ContainerCreate` },
      findNetwork,
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' },
    ],
    observedBy: 'The name of the only endpoint of three containers, and the network that its NetworkID leads to.',
    faults: ['models.every-container-is-on-the-default-bridge'],
    check: async () => {
      const { id, name } = await known();
      for (const NetworkMode of [name, id, await startOf(id)]) {
        const container = await make.claimed.container({ HostConfig: { NetworkMode } });
        const endpoints = Object.entries((await container.inspect()).NetworkSettings.Networks ?? {});
        const attached = await Promise.all(endpoints.map(async ([key, { NetworkID }]) => [key, (await engine.network(NetworkID)).Id]));
        expect(attached).toEqual([[name, id]]);
      }
    },
  },
]);
