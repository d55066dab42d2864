import { list as listFault, networkList as networkListFault } from '../../fixtures/faults/trials/inspection';
import { ask, attachedTo, claims, control, eventually, expect, make, scene } from '../../helpers';

const networkLs = { docs: 'docs.docker.com/reference/cli/docker/network/ls/#filter' };
const filterSource = { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/network/filter.go' };
const argumentsSource = { docs: 'github.com/moby/moby/blob/v28.5.2/api/types/filters/parse.go' };
const containerLs = { docs: 'docs.docker.com/reference/cli/docker/container/ls/#filter' };
const containerLsTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_ps_test.go' };
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

interface ListedContainer {
  Id: string;
  Ports: { PrivatePort: number; PublicPort?: number; Type: string }[] | null;
}

/** All containers, or those that filters select, whether they run or not. */
async function listContainers(filters: Record<string, string[]>): Promise<ListedContainer[]> {
  const { status, body } = await ask<ListedContainer[]>(
    'GET',
    `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`,
  );
  expect(status).toBe(200);
  return body;
}

/** A port that no other container of the suite exposes. */
const exposed = 8099;

/** A network that a running container uses, which exposes a port and publishes none, and a container elsewhere that does not run; both have one label. */
const used = scene(async () => {
  const [net, label] = [await make.network(), make.name('label')];
  const Labels = { [label]: '' };
  const [box] = await Promise.all([
    make.container({ Labels, ExposedPorts: { [`${exposed}/tcp`]: {} }, ...attachedTo(net) }),
    make.container({ Labels, member: 'elsewhere', started: false }),
  ]);
  return { net, label, box };
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
      await control(async () => expect(await names('false')).toContain(net.name));
    },
  },
  // a list of containers
  {
    id: 'inspect.containers.filter-network-takes-name-and-id',
    level: 'must',
    title: 'The container list filter network must select the containers of a network by its name and its id',
    sources: [containerLs, containerLsTests],
    observedBy: 'Containers of all states, asked for with the name and with the id of a network that one of two is in.',
    faults: ['inspection.container-filters-are-ignored'],
    check: async () => {
      const { net, box } = await used();
      for (const network of [net.name, net.id])
        expect((await listContainers({ network: [network] })).map(({ Id }) => Id)).toEqual([box.id]);
    },
  },
  {
    id: 'inspect.containers.filter-expose-knows-unpublished-ports',
    level: 'must',
    title: 'The container list filter expose must select a container by a port that is exposed, not published',
    sources: [containerLs, containerLsTests],
    observedBy: 'Containers of one label in all states, asked for with a port that one of two exposes.',
    faults: ['inspection.container-filters-are-ignored', 'inspection.containers-expose-nothing'],
    check: async () => {
      const { label, box } = await used();
      const found = await listContainers({ label: [label], expose: [`${exposed}/tcp`] });
      expect(found.map(({ Id }) => Id)).toEqual([box.id]);
    },
  },
  {
    id: 'inspect.containers.list-shows-exposed-ports',
    level: 'must',
    title: 'The container list must show a port that is exposed and not published, without a port of the host',
    sources: [containerLs, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_port_test.go' }],
    observedBy: 'Ports of a running container in GET /containers/json, and NetworkSettings.Ports of its own object.',
    faults: [
      'inspection.containers-expose-nothing',
      {
        id: 'inspection.lists-publish-every-port',
        title: 'The list of containers tells a port of the host for every port',
        api: [{ method: 'GET', path: /^\/containers\/json/, does: 'answers', at: ['*', 'Ports', '*', 'PublicPort'], value: 8099 }],
      },
    ],
    check: async () => {
      const { box } = await used();
      const listed = await listContainers({ id: [box.id] });
      const all = Object.keys((await box.inspect()).NetworkSettings.Ports ?? {});
      expect(all).toContain(`${exposed}/tcp`);
      expect(listed.map(({ Id }) => Id)).toEqual([box.id]);
      const ports = listed.flatMap(({ Ports }) => Ports ?? []);
      expect(ports.map(({ PrivatePort, Type }) => `${PrivatePort}/${Type}`).sort()).toEqual(all.sort());
      for (const { PublicPort } of ports) expect(PublicPort ?? 0).toBe(0);
    },
  },
  // a list of networks
  {
    id: 'inspect.filter.older-form-is-understood',
    level: 'observed',
    title: 'The network list must understand filters in their older form, with a map of values for each key',
    sources: [argumentsSource, { docs: 'github.com/containers/podman/blob/v5.8.2/test/apiv2/35-networks.at' }],
    observedBy: 'Networks with one label and different values, asked for with {"label":{"LABEL=red":true}}.',
    faults: ['inspection.filters-are-ignored', 'inspection.label-values-are-ignored'],
    check: async () => {
      const { label, first, third } = await three();
      const older = encodeURIComponent(JSON.stringify({ label: { [`${label}=red`]: true } }));
      const { status, body } = await ask<Listed[]>('GET', `/networks?filters=${older}`);
      expect(status).toBe(200);
      expect(body.map(({ Id }) => Id).sort()).toEqual([first.id, third.id].sort());
    },
  },
  {
    id: 'inspect.list.path-may-end-with-a-slash',
    level: 'must',
    title: 'The list of networks must be answered at /networks/ as it is at /networks',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/network_test.go' }],
    observedBy: 'Ids of three networks with one label, as either path lists them with a filter for it.',
    faults: [
      {
        id: 'inspection.slash-is-unknown',
        title: 'The API knows no path /networks/',
        api: [{ method: 'GET', path: /^\/networks\/(\?|$)/, does: 'pretends', status: 404, message: 'page not found' }],
      },
    ],
    check: async () => {
      const { label, first, second, third } = await three();
      const ofLabel = `filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`;
      for (const path of ['/networks', '/networks/']) {
        const { status, body } = await ask<Listed[]>('GET', `${path}?${ofLabel}`);
        expect(status).toBe(200);
        expect(body.map(({ Id }) => Id).sort()).toEqual([first.id, second.id, third.id].sort());
      }
    },
  },
]);
