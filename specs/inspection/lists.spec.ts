import { ask, claim, control, describe, eventually, expect, make, scene } from '../../helpers';

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

describe('a list of networks', () => {
  /** A network that a running container uses. */
  const used = scene(async () => {
    const net = await make.network();
    const box = await make.container({ HostConfig: { NetworkMode: net.name } });
    return { net, box };
  });

  claim('inspect.list.has-no-containers', async () => {
    const { net, box } = await used();
    const inspected = () => control(async () => expect((await net.inspect()).Containers).toHaveProperty([box.id]));
    await inspected();
    const listed = (await list()).filter(({ Id }) => Id === net.id);
    expect(listed).toHaveLength(1);
    for (const { Containers } of listed) expect(Object.keys(Containers ?? {})).toEqual([]);
    await inspected();
  });

  claim('inspect.list.is-what-inspection-tells', async () => {
    const net = await make.network({ Labels: { [make.name('label')]: 'some value' } });
    const inspected = Object.entries(await net.inspect());
    const shared = Object.fromEntries(inspected.filter(([field]) => !onlyInspected.includes(field)));
    expect(await list()).toContainEqual(expect.objectContaining(shared));
  });

  claim('inspect.filter.dangling-leaves-used-out', async () => {
    const { net } = await used();
    const names = async (dangling: string) => (await list({ dangling: [dangling] })).map(({ Name }) => Name);
    expect(await names('true')).not.toContain(net.name);
    expect(await names('false')).toContain(net.name);
  });
});

describe('filters of a list of networks', () => {
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

  claim('inspect.filter.name-is-a-part', async () => {
    const { first } = await three();
    expect(await selectedAlone({ name: [first.name.slice(4, -1)] })).toEqual(['first', 'second']);
  });

  claim('inspect.filter.name-is-a-pattern', async () => {
    const { first } = await three();
    expect(await selectedAlone({ name: [`^${first.name}$`] })).toEqual(['first']);
  });

  claim('inspect.filter.id-is-a-start', async () => {
    const { second } = await three();
    for (const id of [second.id, second.id.slice(0, 12)]) expect(await selectedAlone({ id: [id] })).toEqual(['second']);
  });

  claim('inspect.filter.label-by-key-and-by-value', async () => {
    const { label } = await three();
    expect(await selectedAlone({ label: [label] })).toEqual(['first', 'second', 'third']);
    expect(await selectedAlone({ label: [`${label}=red`] })).toEqual(['first', 'third']);
  });

  claim('inspect.filter.labels-narrow', async () => {
    const { label } = await three();
    expect(await selectedAlone({ label: [`${label}=red`, `${label}-too`] })).toEqual(['third']);
  });

  claim('inspect.filter.driver-is-exact', async () => {
    await control(async () => expect(await selected({})).toHaveLength(3));
    expect(await selected({ driver: ['bridge'] })).toEqual(['first', 'second', 'third']);
    expect(await selected({ driver: ['macvlan'] })).toEqual([]);
  });

  claim('inspect.filter.scope-is-exact', async () => {
    expect(await selected({ scope: ['local'] })).toEqual(['first', 'second', 'third']);
    expect(await selected({ scope: ['swarm'] })).toEqual([]);
  });

  claim('inspect.filter.type-tells-custom-from-builtin', async () => {
    expect(await selected({ type: ['custom'] })).toEqual(['first', 'second', 'third']);
    expect(await selected({ type: ['builtin'] })).toEqual([]);
    const builtin = (await list({ type: ['builtin'] })).map(({ Name }) => Name);
    expect(builtin).toContain('bridge');
    expect((await list({ type: ['custom'] })).map(({ Name }) => Name)).not.toContain('bridge');
  });

  claim('inspect.filter.values-of-a-key-widen', async () => {
    const { second, third } = await three();
    expect(await selectedAlone({ name: [second.name, third.name] })).toEqual(['second', 'third']);
  });

  claim('inspect.filter.keys-narrow', async () => {
    const { label, first } = await three();
    expect(await selectedAlone({ name: [first.name], label: [`${label}=blue`] })).toEqual(['second']);
  });

  claim('inspect.filter.dangling-selects-unused', async () => {
    expect(await selected({ dangling: ['true'] })).toEqual(['first', 'second', 'third']);
    expect(await selected({ dangling: ['false'] })).toEqual([]);
  });
});
