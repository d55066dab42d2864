import { prune } from '../../fixtures/faults/trials/life-cycle';
import { ask, attachedTo, claims, clock, control, eventually, expect, lab, make, type OwnNetwork } from '../../helpers';

const removeReference = { docs: 'docs.docker.com/reference/cli/docker/network/rm' };
const pruneReference = { docs: 'docs.docker.com/reference/cli/docker/network/prune' };
const byId = { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/network.go' };

// it is killed when it is stopped: a shell that has only just been started may not yet heed any other signal
const on = (network: OwnNetwork) => ({ ...attachedTo(network), StopSignal: 'SIGKILL' });

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

export default claims([
  // the removal of a network
  {
    id: 'life.network.used-one-is-not-removed',
    level: 'must',
    title: 'A network must not be removed by its name while a running container is connected to it',
    sources: [removeReference],
    observedBy: 'The status of the removal; the server on that network is reached before and after, and without it the network is removed.',
    faults: ['life-cycle.removes-nothing'],
    check: async () => {
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
    },
  },
  {
    id: 'life.network.id-protects-it-as-its-name-does',
    level: 'must',
    title: 'A network must not be removed by its id while a running container is connected to it',
    sources: [removeReference],
    observedBy: 'The status of the removal, and the network object after it; without the container the network is removed.',
    requires: ['own-lab'],
    faults: ['life-cycle.removes-nothing', 'life-cycle.members-are-forgotten'],
    check: async () => {
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
    },
  },
  {
    id: 'life.network.stopped-container-does-not-hold-it',
    level: 'observed',
    title: 'A network that only stopped containers belong to must be removable',
    sources: [removeReference, byId],
    observedBy: 'The status of the removal while a container that has ended, and one that never started, belong to the network.',
    faults: ['life-cycle.refuses-to-remove'],
    check: async () => {
      const network = await make.network();
      const [ended] = await Promise.all([make.container(on(network)), make.container({ started: false, ...on(network) })]);
      await ended.stop();
      expect((await ask('DELETE', `/networks/${network.name}`)).status).toBe(204);
      expect(await statusOf(network.id)).toBe(404);
    },
  },
  {
    id: 'life.network.namesake-does-not-take-its-place',
    level: 'observed',
    title: 'A stopped container whose network was removed must not start on a new one of the same name',
    sources: [{ docs: 'github.com/docker/compose/issues/5745' }, byId],
    observedBy:
      'The status of the start; another container starts on the new network, and this one once it is disconnected from the lost network and connected to the new one.',
    faults: ['life-cycle.starts-nothing'],
    check: async () => {
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
    },
  },
  {
    id: 'life.network.name-can-be-used-again',
    level: 'must',
    title: 'A network with the name of a removed one must have an id and settings of its own',
    sources: [removeReference, { docs: 'docs.docker.com/reference/cli/docker/network/create' }],
    observedBy: 'The object that the name leads to: it is not internal any more, and has the new id and the new subnet.',
    faults: ['life-cycle.removes-nothing'],
    check: async () => {
      const [before, after] = [make.subnet(), make.subnet()];
      const first = await make.network({ Internal: true, IPAM: { Config: [{ Subnet: before.subnet }] } });
      await control(async () => expect((await first.remove()).status).toBe(204));
      const second = await make.claimed.network({ Name: first.name, IPAM: { Config: [{ Subnet: after.subnet }] } });
      expect(second.id).not.toBe(first.id);
      const { body } = await ask('GET', `/networks/${first.name}`);
      expect(body).toMatchObject({ Id: second.id, Internal: false, IPAM: { Config: [{ Subnet: after.subnet }] } });
    },
  },
  // a prune of the networks with a label
  {
    id: 'life.prune.label-selects',
    level: 'must',
    title: 'Pruning with a label filter must remove the unused networks that have the label, and no others',
    sources: [pruneReference],
    observedBy:
      'The answer to the prune, and which of three networks are there afterwards: one with the label and value, one with another value, one without.',
    faults: [
      'life-cycle.prune-takes-nothing',
      {
        id: 'life-cycle.prune-takes-every-value',
        title: 'A prune looks at the names of labels and not at their values',
        api: [{ ...prune, does: 'rewrites', from: /=yes/, to: '' }],
      },
    ],
    check: async () => {
      const label = make.name('label');
      const [wanted, otherValue, without] = await Promise.all([
        make.network({ Labels: { [label]: 'yes' } }),
        make.network({ Labels: { [label]: 'no' } }),
        make.network(),
      ]);
      expect(await pruned({ label: [`${label}=yes`] })).toEqual([wanted.name]);
      expect(await Promise.all([wanted, otherValue, without].map(({ id }) => statusOf(id)))).toEqual([404, 200, 200]);
    },
  },
  {
    id: 'life.prune.used-network-stays',
    level: 'must',
    title: 'Pruning must not remove a network that a running container is connected to',
    sources: [pruneReference],
    observedBy: 'The network is still there after a prune that names its label and does remove an unused one.',
    faults: ['life-cycle.prune-takes-nothing', 'life-cycle.members-are-forgotten'],
    check: async () => {
      const label = make.name('label');
      const [used, unused] = await Promise.all([make.network({ Labels: { [label]: '' } }), make.network({ Labels: { [label]: '' } })]);
      const box = await make.container(on(used));
      const removed = await pruned({ label: [label] });
      await control(() => expect(removed).toContain(unused.name));
      expect(removed).toEqual([unused.name]);
      expect(Object.keys((await used.inspect()).Containers ?? {})).toEqual([box.id]);
    },
  },
  {
    id: 'life.prune.stopped-container-does-not-hold-it',
    level: 'observed',
    title: 'Pruning must remove a network that only stopped containers belong to',
    sources: [pruneReference, { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/prune.go' }],
    observedBy: 'The answer to a prune that names the label of the network.',
    faults: ['life-cycle.prune-takes-nothing'],
    check: async () => {
      const label = make.name('label');
      const network = await make.network({ Labels: { [label]: '' } });
      await (await make.container(on(network))).stop();
      expect(await pruned({ label: [label] })).toEqual([network.name]);
    },
  },
  {
    id: 'life.prune.until-spares-younger-ones',
    level: 'must',
    title: 'Pruning with until must not remove a network created after that time',
    sources: [pruneReference],
    observedBy:
      'The answers to two prunes with the label of a new network: one until an hour ago, and one without that filter, which does remove it.',
    faults: [
      {
        id: 'life-cycle.prune-takes-every-age',
        title: 'A prune does not look at how old a network is',
        api: [{ ...prune, does: 'rewrites', from: /,"until":\["1h"\]/, to: '' }],
      },
    ],
    check: async () => {
      const label = make.name('label');
      const network = await make.network({ Labels: { [label]: '' } });
      expect(await pruned({ label: [label], until: ['1h'] })).toEqual([]);
      expect(await statusOf(network.id)).toBe(200);
      await control(async () => expect(await pruned({ label: [label] })).toEqual([network.name]));
    },
  },
  {
    id: 'life.prune.until-takes-times',
    level: 'must',
    title: 'The prune filter until must take a Unix time and a time of RFC 3339 as it takes a duration',
    sources: [pruneReference],
    observedBy: 'The answers to prunes with the label of a new network, until an hour ago and until an hour from now, in both forms.',
    faults: [
      {
        id: 'life-cycle.prune-knows-no-times',
        title: 'A prune does not look at a time that is a date or a number',
        api: [{ ...prune, does: 'rewrites', from: /,"until":\["[^"]*"\]/, to: '' }],
      },
    ],
    check: async () => {
      const now = clock();
      for (const form of [(time: Date) => `${Math.floor(time.getTime() / 1000)}`, (time: Date) => time.toISOString()]) {
        const label = make.name('label');
        const network = await make.network({ Labels: { [label]: '' } });
        const until = (hours: number) => pruned({ label: [label], until: [form(new Date(now + hours * 3_600_000))] });
        expect(await until(-1)).toEqual([]);
        expect(await until(1)).toEqual([network.name]);
      }
    },
  },
  {
    id: 'life.prune.other-labels-are-spared',
    level: 'must',
    title: 'Pruning with label! must spare unused networks that have the label and value',
    sources: [pruneReference, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_prune_unix_test.go' }],
    observedBy: 'The answer to the prune, and which of two networks with one label and different values are there afterwards.',
    faults: [
      'life-cycle.prune-takes-nothing',
      {
        id: 'life-cycle.prune-spares-no-label',
        title: 'A prune does not look at the labels that are to be spared',
        api: [{ ...prune, does: 'rewrites', from: /,"label!":\[[^\]]*\]/, to: '' }],
      },
    ],
    check: async () => {
      const label = make.name('label');
      const [kept, other] = await Promise.all(['kept', 'other'].map((value) => make.network({ Labels: { [label]: value } })));
      expect(await pruned({ label: [label], 'label!': [`${label}=kept`] })).toEqual([other?.name]);
      expect(await Promise.all([kept, other].map((network) => statusOf(network?.id ?? '')))).toEqual([200, 404]);
    },
  },
  {
    // the reference has every repeated filter widen, and a prune cannot be undone
    id: 'life.prune.labels-narrow',
    level: 'observed',
    title: 'Pruning with several values of the filter label must remove only networks that have all of them',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/api/types/filters/parse.go' }],
    observedBy: 'The answer to the prune, and which of two networks are there afterwards: one with both labels, and one with the first.',
    faults: [
      'life-cycle.prune-takes-nothing',
      {
        id: 'life-cycle.prune-looks-at-one-label',
        title: 'A prune looks at the first of several labels alone',
        api: [{ ...prune, does: 'rewrites', from: /("label":\["[^"]+"),"[^"]+"/, to: '$1' }],
      },
    ],
    check: async () => {
      const label = make.name('label');
      const [one, both] = await Promise.all([
        make.network({ Labels: { [label]: '' } }),
        make.network({ Labels: { [label]: '', [`${label}-too`]: '' } }),
      ]);
      expect(await pruned({ label: [label, `${label}-too`] })).toEqual([both.name]);
      expect(await Promise.all([one, both].map(({ id }) => statusOf(id)))).toEqual([200, 404]);
    },
  },
  // a configuration network
  {
    id: 'life.config-only.used-one-is-not-removed',
    level: 'must',
    title: 'A config-only network must not be removed while another network uses it',
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/network/create' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/libnetwork_linux_test.go' },
    ],
    observedBy: 'The status of the removal; without the other network it is granted.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.removes-nothing'],
    check: async () => {
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
    },
  },
]);
