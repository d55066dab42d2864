import { list as listFault, networkList as networkListFault } from '../../fixtures/faults/trials/inspection';
import { ask, attachedTo, claims, control, eventually, expect, make, scene } from '../../helpers';

const networkLs = { docs: 'docs.docker.com/reference/cli/docker/network/ls/#filter' };
const filterSource = { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/network/filter.go' };
const argumentsSource = { docs: 'github.com/moby/moby/blob/v28.5.2/api/types/filters/parse.go' };
const networkList = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkList' };

interface Listed {
  Id: string;
  Name: string;
  Containers?: Record<string, unknown> | null;
}

/** What only the inspection of a network tells: who uses it, and since API 1.52 how much of it. */
const onlyInspected = ['Containers', 'Services', 'Status'];

/** All networks, or those that filters select. Podman before 5.0.0 lists none while any container is being removed, which is not what is claimed here. */
async function list(filters: Record<string, string[]> = {}): Promise<Listed[]> {
  const look = () => ask<Listed[]>('GET', `/networks?filters=${encodeURIComponent(JSON.stringify(filters))}`);
  const { status, body } = await eventually(look, ({ message }) => !message.includes('no such container'), { within: 10_000 });
  expect(status).toBe(200);
  return body;
}

/** A network that a running container uses. */
const used = scene(async () => {
  const net = await make.network();
  const box = await make.container(attachedTo(net));
  return { net, box };
});

/** Three networks of which the second has the name of the first with a letter behind it, and the third another middle. */
const three = scene(async () => {
  const [stem, other, label] = [make.name('stem'), make.name('other'), make.name('label')];
  const [first, second, third] = await Promise.all([
    make.network({ Name: stem, Labels: { [label]: 'red' } }),
    make.network({ Name: `${stem}s`, Labels: { [label]: 'blue' } }),
    make.network({ Name: other, Labels: { [label]: 'red', [`${label}-too`]: '' } }),
  ]);
  return { label, first, second, third };
});

/** Which of the three these filters select. */
const selected = async (filters: Record<string, string[]>) => {
  const { first, second, third } = await three();
  const ids = (await list(filters)).map(({ Id }) => Id);
  return Object.entries({ first, second, third }).flatMap(([name, { id }]) => (ids.includes(id) ? [name] : []));
};

/** As {@link selected}, for filters that fit no network of anybody else. */
const selectedAlone = async (filters: Record<string, string[]>) => {
  const { first, second, third } = await three();
  const names = new Map(Object.entries({ first, second, third }).map(([name, { id }]) => [id, name]));
  return (await list(filters)).map(({ Id }) => names.get(Id) ?? 'another').sort();
};

export default claims([
  // a list of networks
  {
    id: 'inspect.list.has-no-containers',
    level: 'must',
    title: "The list of networks must not tell the networks' containers, as inspecting one does",
    sources: [networkList],
    observedBy: 'A network with a running container, in the list and by itself.',
    faults: [
      'inspection.members-are-forgotten',
      {
        id: 'inspection.lists-tell-containers',
        title: 'A list of networks tells of containers',
        api: [{ ...networkListFault, does: 'answers', at: ['*', 'Containers'], value: { ['a'.repeat(64)]: {} } }],
      },
    ],
    check: async () => {
      const { net, box } = await used();
      const inspected = () => control(async () => expect((await net.inspect()).Containers).toHaveProperty([box.id]));
      await inspected();
      const listed = (await list()).filter(({ Id }) => Id === net.id);
      expect(listed).toHaveLength(1);
      for (const { Containers } of listed) expect(Object.keys(Containers ?? {})).toEqual([]);
      await inspected();
    },
  },
  {
    id: 'inspect.list.is-what-inspection-tells',
    level: 'must',
    title: 'The list must tell of a network what inspecting it does, apart from containers and status',
    sources: [networkList],
    observedBy: 'A network in the list and by itself.',
    faults: ['inspection.switches-are-words'],
    check: async () => {
      const net = await make.network({ Labels: { [make.name('label')]: 'some value' } });
      const inspected = Object.entries(await net.inspect());
      const shared = Object.fromEntries(inspected.filter(([field]) => !onlyInspected.includes(field)));
      expect(await list()).toContainEqual(expect.objectContaining(shared));
    },
  },
  // filters of a list of networks
  {
    id: 'inspect.filter.name-is-a-part',
    level: 'must',
    title: 'The network filter name must select every network whose name contains the value',
    sources: [networkLs],
    observedBy: 'Two networks whose names share a middle, and one whose name does not.',
    faults: [
      'inspection.filters-are-ignored',
      {
        id: 'inspection.names-are-whole',
        title: 'The filter name selects whole names alone',
        api: [listFault(/"name":\["([^"]+)"\]/, '"name":["^$1$"]')],
      },
    ],
    check: async () => {
      const { first } = await three();
      expect(await selectedAlone({ name: [first.name.slice(4, -1)] })).toEqual(['first', 'second']);
    },
  },
  {
    id: 'inspect.filter.name-is-a-pattern',
    level: 'observed',
    title: 'The network filter name must be a regular expression, in which ^ and $ select one name alone',
    sources: [argumentsSource],
    observedBy: 'Two networks of which one has the name of the other with a letter behind it.',
    faults: [
      'inspection.filters-are-ignored',
      {
        id: 'inspection.patterns-are-words',
        title: 'The filter name has no signs for the beginning and the end',
        api: [listFault(/\^|\$/g, '')],
      },
    ],
    check: async () => {
      const { first } = await three();
      expect(await selectedAlone({ name: [`^${first.name}$`] })).toEqual(['first']);
    },
  },
  {
    id: 'inspect.filter.id-is-a-start',
    level: 'must',
    title: 'The network filter id must select a network by its full id and by the first 12 digits',
    sources: [networkLs],
    observedBy: 'One of several networks.',
    faults: [
      'inspection.filters-are-ignored',
      {
        id: 'inspection.ids-are-whole',
        title: 'The filter id selects whole ids alone',
        api: [listFault(/"id":\["(\w{12})"\]/, '"id":["$1-and-more"]')],
      },
    ],
    check: async () => {
      const { second } = await three();
      for (const id of [second.id, second.id.slice(0, 12)]) expect(await selectedAlone({ id: [id] })).toEqual(['second']);
    },
  },
  {
    id: 'inspect.filter.label-by-key-and-by-value',
    level: 'must',
    title: 'The network filter label must select by key alone and by key and value',
    sources: [networkLs],
    observedBy: 'Networks with the same label and different values.',
    faults: ['inspection.filters-are-ignored', 'inspection.label-values-are-ignored'],
    check: async () => {
      const { label } = await three();
      expect(await selectedAlone({ label: [label] })).toEqual(['first', 'second', 'third']);
      expect(await selectedAlone({ label: [`${label}=red`] })).toEqual(['first', 'third']);
    },
  },
  {
    // the reference of network ls has every repeated filter widen, and no word on labels
    id: 'inspect.filter.labels-narrow',
    level: 'observed',
    title: 'Several values of the network filter label must select only networks that have all of them',
    sources: [argumentsSource],
    observedBy: 'Networks with the same label and different values, and one with a second label.',
    faults: ['inspection.filters-are-ignored', 'inspection.one-value-counts'],
    check: async () => {
      const { label } = await three();
      expect(await selectedAlone({ label: [`${label}=red`, `${label}-too`] })).toEqual(['third']);
    },
  },
  {
    id: 'inspect.filter.driver-is-exact',
    level: 'must',
    title: 'The network filter driver must select networks of that driver and no others',
    sources: [networkLs],
    observedBy: 'Bridge networks, asked for with driver=bridge and driver=macvlan.',
    faults: ['inspection.filters-are-ignored'],
    check: async () => {
      await control(async () => expect(await selected({})).toHaveLength(3));
      expect(await selected({ driver: ['bridge'] })).toEqual(['first', 'second', 'third']);
      expect(await selected({ driver: ['macvlan'] })).toEqual([]);
    },
  },
  {
    id: 'inspect.filter.scope-is-exact',
    level: 'must',
    title: 'The network filter scope must select networks of that scope and no others',
    sources: [networkLs],
    observedBy: 'Bridge networks, asked for with scope=local and scope=swarm.',
    faults: ['inspection.filters-are-ignored'],
    check: async () => {
      expect(await selected({ scope: ['local'] })).toEqual(['first', 'second', 'third']);
      expect(await selected({ scope: ['swarm'] })).toEqual([]);
    },
  },
  {
    id: 'inspect.filter.type-tells-custom-from-builtin',
    level: 'must',
    title: 'The network filter type must select custom or builtin networks',
    sources: [networkLs],
    observedBy: 'Networks of this claim and the default bridge, asked for with either type.',
    requires: ['default-bridge'],
    faults: ['inspection.filters-are-ignored'],
    check: async () => {
      expect(await selected({ type: ['custom'] })).toEqual(['first', 'second', 'third']);
      expect(await selected({ type: ['builtin'] })).toEqual([]);
      const builtin = (await list({ type: ['builtin'] })).map(({ Name }) => Name);
      expect(builtin).toContain('bridge');
      expect((await list({ type: ['custom'] })).map(({ Name }) => Name)).not.toContain('bridge');
    },
  },
  {
    id: 'inspect.filter.values-of-a-key-widen',
    level: 'must',
    title: 'Several values of the network filter name must select the networks that match any of them',
    sources: [networkLs],
    observedBy: 'Two of three networks, asked for by their names.',
    faults: ['inspection.filters-are-ignored', 'inspection.one-value-counts'],
    check: async () => {
      const { second, third } = await three();
      expect(await selectedAlone({ name: [second.name, third.name] })).toEqual(['second', 'third']);
    },
  },
  {
    // the reference of network ls knows but one way to combine filters, which widens
    id: 'inspect.filter.keys-narrow',
    level: 'observed',
    title: 'Several network filters must select only the networks that match each of them',
    sources: [filterSource],
    observedBy: 'Networks asked for by name and label together.',
    faults: [
      'inspection.filters-are-ignored',
      'inspection.label-values-are-ignored',
      {
        id: 'inspection.one-filter-counts',
        title: 'Of several filters only the first counts',
        api: [listFault(/"\],"label".*$/, '"]}')],
      },
    ],
    check: async () => {
      const { label, first } = await three();
      expect(await selectedAlone({ name: [first.name], label: [`${label}=blue`] })).toEqual(['second']);
    },
  },
  {
    id: 'inspect.filter.dangling-selects-unused',
    level: 'must',
    title: 'The network filter dangling=true must select a network without containers',
    sources: [networkList],
    observedBy: 'A network without containers.',
    faults: ['inspection.filters-are-ignored'],
    check: async () => {
      expect(await selected({ dangling: ['true'] })).toEqual(['first', 'second', 'third']);
      expect(await selected({ dangling: ['false'] })).toEqual([]);
    },
  },
  // a list of networks
  {
    id: 'inspect.filter.dangling-leaves-used-out',
    level: 'must',
    title: 'The network filter dangling=true must leave out a network that a running container uses',
    sources: [networkList],
    observedBy: 'A network with a running container.',
    faults: [
      {
        id: 'inspection.used-is-dangling',
        title: 'The filter dangling is ignored, so that networks in use count as unused',
        api: [listFault(/filters=.*$/, 'filters={}')],
        engines: { kind: 'podman', versions: '>=5' },
      },
    ],
    check: async () => {
      const { net } = await used();
      const names = async (dangling: string) => (await list({ dangling: [dangling] })).map(({ Name }) => Name);
      expect(await names('true')).not.toContain(net.name);
      expect(await names('false')).toContain(net.name);
    },
  },
]);
