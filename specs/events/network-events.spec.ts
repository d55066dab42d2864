import { ask, claim, clock, control, describe, eventually, expect, make, scene } from '../../helpers';

/** One event, as `GET /events` sends it. */
interface Told {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  scope: string;
  time: number;
  timeNano: number;
}

/** What the engine's clock shows. */
const engineTime = async () => Date.parse((await ask<{ SystemTime: string }>('GET', '/info')).body.SystemTime);

/** Milliseconds that the engine's clock is ahead of this one. */
const ahead = scene(async () => (await engineTime()) - clock());

/** Now, in seconds of the engine's clock. */
const now = async () => (clock() + (await ahead())) / 1000;

/**
 * The events of the engine since `since` with these filters, as far as they concern what is looked at, once `Action` is
 * among them so many times. Each look gives the engine twice the time of the one before: Podman ends an answer at its
 * `until` whether or not it has read that far, and on a busy machine then has read nothing.
 */
async function told(
  since: number,
  concerns: (event: Told) => boolean,
  Action: string,
  filters: Record<string, string[]> = {},
  times = 1,
): Promise<Told[]> {
  let seconds = 0.1;
  const look = async () => (await between(since - 1, (await now()) + (seconds *= 2), filters)).filter(concerns);
  return eventually(look, (events) => events.filter((event) => event.Action === Action).length >= times, { within: 4000 });
}

/** The events between two moments of the engine's clock. */
async function between(since: number, until: number, filters: Record<string, string[]> = {}): Promise<Told[]> {
  const query = new URLSearchParams({ since: since.toFixed(9), until: until.toFixed(9), filters: JSON.stringify(filters) });
  const { status, body } = await ask<string | Told | undefined>('GET', `/events?${query.toString()}`);
  expect(status).toBe(200);
  if (typeof body === 'string')
    return body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Told);
  return body ? [body] : [];
}

const of = (network: { id: string }) => (event: Told) => event.Actor.ID === network.id;
const named = (events: readonly Told[], container: { id: string }) =>
  events.filter(({ Actor }) => Actor.Attributes['container'] === container.id).map(({ Action }) => Action);

describe('a network that a container is started, restarted and stopped in', () => {
  const life = scene(async () => {
    const since = await now();
    const net = await make.network();
    const { Created } = await net.inspect();
    const createdBy = await engineTime();
    const box = await make.container({ StopTimeout: 1, HostConfig: { NetworkMode: net.name } });
    await box.restart();
    await box.stop();
    await box.remove();
    await net.remove();
    return { since, net, box, Created: Date.parse(String(Created)), createdBy };
  });

  /** What the engine tells of it now, when all is over, as soon as that has an event of this kind: by default the last one. */
  const lived = async (Action = 'destroy') => {
    const { since, ...cast } = await life();
    const events = await told(since, of(cast.net), Action, { type: ['network'] });
    return { ...cast, events, actions: events.map(({ Action }) => Action) };
  };

  claim('event.network.create-names-it-and-its-driver', async () => {
    const { net, events, actions } = await lived();
    expect(events.slice(0, 1)).toMatchObject([
      { Type: 'network', Action: 'create', Actor: { ID: net.id, Attributes: { name: net.name, type: 'bridge' } } },
    ]);
    expect(actions.filter((action) => action === 'create')).toHaveLength(1);
  });

  claim('event.network.removal-emits-destroy', async () => {
    const { net, events, actions } = await lived();
    expect(events.slice(-1)).toMatchObject([{ Action: 'destroy', Actor: { ID: net.id, Attributes: { name: net.name } } }]);
    expect(actions.filter((action) => action === 'destroy')).toHaveLength(1);
  });

  claim('event.network.start-emits-connect', async () => {
    const { net, box, events } = await lived();
    expect(events.slice(1, 2)).toMatchObject([
      { Action: 'connect', Actor: { Attributes: { name: net.name, type: 'bridge', container: box.id } } },
    ]);
  });

  claim('event.network.restart-emits-disconnect-then-connect', async () => {
    const { box, events } = await lived();
    expect(named(events, box).slice(0, 3)).toEqual(['connect', 'disconnect', 'connect']);
  });

  claim('event.network.stop-emits-disconnect', async () => {
    const { box, events } = await lived();
    expect(named(events, box).slice(3)).toEqual(['disconnect']);
  });

  claim('event.network.time-is-that-of-creation', async () => {
    const { events, Created, createdBy } = await lived('create');
    const { time, timeNano } = events[0] ?? { time: NaN, timeNano: NaN };
    expect(time).toBe(Math.floor(timeNano / 1e9));
    expect(Math.ceil(timeNano / 1e6)).toBeGreaterThanOrEqual(Created);
    expect(Math.floor(timeNano / 1e6)).toBeLessThanOrEqual(createdBy);
  });

  claim('event.network.is-of-local-scope', async () => {
    const { events } = await lived();
    await control(() => expect(events.length).toBeGreaterThan(1));
    for (const event of events) expect(event).toMatchObject({ Type: 'network', scope: 'local' });
  });

  claim('event.network.has-no-further-fields', async () => {
    const { events } = await lived();
    await control(() => expect(events.length).toBeGreaterThan(1));
    const legacy = ['status', 'id', 'from'];
    for (const event of events) {
      const fields = Object.keys(event);
      expect(fields).toEqual(expect.arrayContaining(['Action', 'Actor', 'Type', 'scope', 'time', 'timeNano']));
      expect(fields.filter((field) => legacy.includes(field))).toEqual([]);
    }
  });
});

describe('a network that a running container joins and leaves', () => {
  const visit = scene(async () => {
    const since = await now();
    const [net, box] = await Promise.all([make.network(), make.container()]);
    await net.connect(box);
    await net.disconnect(box);
    await net.remove();
    return { since, net, box };
  });

  /** What the engine tells of it now, of one kind. */
  const visited = async (Action: string) => {
    const { since, net, box } = await visit();
    return { net, box, events: (await told(since, of(net), 'destroy', { type: ['network'] })).filter((event) => event.Action === Action) };
  };

  claim('event.network.live-connect-emits-connect', async () => {
    const { net, box, events } = await visited('connect');
    expect(events).toMatchObject([{ Actor: { ID: net.id, Attributes: { name: net.name, container: box.id } } }]);
  });

  claim('event.network.live-disconnect-emits-disconnect', async () => {
    const { net, box, events } = await visited('disconnect');
    expect(events.slice(0, 1)).toMatchObject([{ Actor: { ID: net.id, Attributes: { name: net.name, container: box.id } } }]);
  });

  claim('event.network.live-disconnect-is-told-once', async () => {
    const { events } = await visited('disconnect');
    expect(events).toHaveLength(1);
  });
});

describe("events without a network of one's own", () => {
  claim('event.network.prune-is-told', async () => {
    const since = await now();
    const label = make.name('prune');
    const pair = await Promise.all([0, 1].map(() => make.network({ Labels: { [label]: '' } })));
    const prune = () =>
      ask<{ NetworksDeleted?: string[] | null }>(
        'POST',
        `/networks/prune?filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`,
      );
    // Podman stumbles over containers that others remove meanwhile
    const { status, body } = await eventually(prune, (answer) => answer.status === 200, { within: 3000 });
    expect(status).toBe(200);
    await control(() => expect([...(body.NetworksDeleted ?? [])].sort()).toEqual(pair.map(({ name }) => name).sort()));
    const events = await told(since, () => true, 'prune', { type: ['network'] });
    const destroyed = pair.map(({ id }) => events.findIndex(({ Action, Actor }) => Action === 'destroy' && Actor.ID === id));
    expect(Math.min(...destroyed)).toBeGreaterThanOrEqual(0);
    const [pruned] = events.slice(Math.max(...destroyed)).filter(({ Action }) => Action === 'prune');
    expect(pruned?.Actor.Attributes['reclaimed']).toBe('0');
  });

  claim('event.network.none-mode-emits-connect', async () => {
    const since = await now();
    const box = await make.container({ HostConfig: { NetworkMode: 'none' } });
    const events = await told(since, ({ Actor }) => Actor.Attributes['container'] === box.id, 'connect', { type: ['network'] });
    expect(events.map(({ Action, Actor }) => [Action, Actor.Attributes['name'], Actor.Attributes['type']])).toEqual([
      ['connect', 'none', 'null'],
    ]);
  });
});

describe('some of the events', () => {
  /** Three networks, one made after the other, and a container that was created after the first and never started. */
  const three = scene(async () => {
    const since = await now();
    const first = await make.network();
    const box = await make.container({ started: false });
    const second = await make.network();
    const third = await make.network();
    await third.remove();
    return { since, first, box, second, third };
  });

  const creations = ['first create', 'second create', 'third create'];

  /** What is told of them with these filters, as e.g. `first create`, once `Action` is among it so many times. */
  const filtered = async (filters: Record<string, string[]>, times = 3, Action = 'create') => {
    const { since, ...own } = await three();
    const name = (id: string) => Object.entries(own).find(([, it]) => it.id === id)?.[0];
    const events = await told(since, ({ Actor }) => name(Actor.ID) !== undefined, Action, filters, times);
    return events.map((event) => `${name(event.Actor.ID)} ${event.Action}`);
  };

  claim('event.filter.network-takes-id-and-name', async () => {
    const { third } = await three();
    for (const network of [third.id, third.name])
      expect(await filtered({ network: [network] }, 1, 'destroy')).toEqual(['third create', 'third destroy']);
  });

  claim('event.filter.event-selects-actions', async () => {
    // the end of the third is told last, and is what the filter leaves out
    await control(async () =>
      expect(
        await eventually(
          () => filtered({ type: ['network'] }),
          ({ length }) => length >= 4,
          { within: 3000 },
        ),
      ).toHaveLength(4),
    );
    expect(await filtered({ event: ['create'] }, 4)).toEqual(['first create', 'box create', 'second create', 'third create']);
  });

  claim('event.filter.values-of-a-key-widen', async () => {
    await control(async () => expect(await filtered({ type: ['network'] })).not.toContain('box create'));
    expect(await filtered({ type: ['network', 'container'] }, 4)).toEqual(expect.arrayContaining([...creations, 'box create']));
  });

  claim('event.filter.keys-narrow', async () => {
    const withoutType = () => control(async () => expect(await filtered({ event: ['create'] }, 4)).toContain('box create'));
    await withoutType();
    expect(await filtered({ type: ['network'], event: ['create'] })).toEqual(creations);
    await withoutType();
  });

  claim('event.filter.scope-tells-swarm-from-local', async () => {
    const local = async () => expect(await filtered({ scope: ['local'], type: ['network'] })).toEqual(expect.arrayContaining(creations));
    await local();
    expect(await filtered({ scope: ['swarm'], type: ['network'] }, 0)).toEqual([]);
    await local();
  });

  claim('event.window.until-ends-the-answer', async () => {
    const { since, first, second, third } = await three();
    const created = await told(
      since,
      ({ Action, Actor }) => Action === 'create' && [first.id, second.id, third.id].includes(Actor.ID),
      'create',
      { type: ['network'] },
      3,
    );
    const [, begin = NaN, end = NaN] = created.map(({ timeNano }) => timeNano / 1e9);
    expect(created.map(({ Actor }) => Actor.ID)).toEqual([first.id, second.id, third.id]);
    const [firstly, secondly, thirdly] = [first, second, third].map(({ id }) => id);
    const whole = (ids: string[]) => ids.includes(secondly ?? '') && !ids.includes(firstly ?? '') && !ids.includes(thirdly ?? '');
    // asked for again and again: an answer that is cut short is whole now and then
    const inside = await eventually(
      async () => (await between(begin - 0.0001, end - 0.0001)).map(({ Actor }) => Actor.ID),
      (ids) => !whole(ids),
      { within: 500 },
    );
    expect(inside).toContain(secondly);
    expect(inside).not.toContain(firstly);
    expect(inside).not.toContain(thirdly);
  });
});
