import { asked, event } from '../../fixtures/faults/trials/events';
import { ask, attachedTo, claims, clock, control, eventually, expect, make, scene } from '../../helpers';

const eventsCommand = { docs: 'docs.docker.com/reference/cli/docker/system/events' };
const eventsReference = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/System/operation/SystemEvents' };
const eventsTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_events_unix_test.go' };
const engineSource = { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/events.go' };

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

const life = scene(async () => {
  const since = await now();
  const net = await make.network();
  const { Created } = await net.inspect();
  const createdBy = await engineTime();
  const box = await make.container({ StopTimeout: 1, ...attachedTo(net) });
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

export default claims([
  // a network that a container is started, restarted and stopped in
  {
    id: 'event.network.create-names-it-and-its-driver',
    level: 'must',
    title: "Creating a network must emit one event create with the network's id, name and driver",
    sources: [eventsCommand, eventsTests, engineSource],
    observedBy: 'The first event of a new network, asked for once it has happened.',
    faults: ['events.of-another-network'],
    check: async () => {
      const { net, events, actions } = await lived();
      expect(events.slice(0, 1)).toMatchObject([
        { Type: 'network', Action: 'create', Actor: { ID: net.id, Attributes: { name: net.name, type: 'bridge' } } },
      ]);
      expect(actions.filter((action) => action === 'create')).toHaveLength(1);
    },
  },
  {
    id: 'event.network.removal-emits-destroy',
    level: 'must',
    title: 'Removing a network must emit one event destroy, and no later event of that network',
    sources: [eventsCommand, eventsTests],
    observedBy: 'All events of a network that was removed.',
    faults: ['events.of-another-network', 'events.removals-are-removed'],
    check: async () => {
      const { net, events, actions } = await lived();
      expect(events.slice(-1)).toMatchObject([{ Action: 'destroy', Actor: { ID: net.id, Attributes: { name: net.name } } }]);
      expect(actions.filter((action) => action === 'destroy')).toHaveLength(1);
    },
  },
  {
    id: 'event.network.start-emits-connect',
    level: 'must',
    title: "Starting a container must emit an event connect of its network with the container's full id",
    sources: [eventsCommand, eventsTests, engineSource],
    observedBy: 'The events of a network that a container was started in.',
    faults: ['events.of-another-network', 'events.of-another-container', 'events.connects-are-disconnects'],
    check: async () => {
      const { net, box, events } = await lived();
      expect(events.slice(1, 2)).toMatchObject([
        { Action: 'connect', Actor: { Attributes: { name: net.name, type: 'bridge', container: box.id } } },
      ]);
    },
  },
  {
    id: 'event.network.restart-emits-disconnect-then-connect',
    level: 'must',
    title: 'Restarting a container must emit disconnect and then connect for its network',
    sources: [eventsCommand, engineSource],
    observedBy: 'The events of a network whose only container was started, restarted and stopped.',
    faults: ['events.of-another-container', 'events.connects-are-disconnects', 'events.disconnects-are-connects'],
    check: async () => {
      const { box, events } = await lived();
      expect(named(events, box).slice(0, 3)).toEqual(['connect', 'disconnect', 'connect']);
    },
  },
  {
    id: 'event.network.stop-emits-disconnect',
    level: 'must',
    title: 'Stopping a container must emit one event disconnect for its network',
    sources: [eventsCommand, eventsTests, engineSource],
    observedBy: 'The last event, but for its removal, of a network whose only container was stopped.',
    faults: ['events.of-another-container', 'events.disconnects-are-connects'],
    check: async () => {
      const { box, events } = await lived();
      expect(named(events, box).slice(3)).toEqual(['disconnect']);
    },
  },
  // a network that a running container joins and leaves
  {
    id: 'event.network.live-connect-emits-connect',
    level: 'must',
    title: "Connecting a running container must emit one event connect with the container's full id",
    sources: [eventsCommand, eventsTests, engineSource],
    observedBy: 'The events of the further network.',
    faults: ['events.of-another-network', 'events.of-another-container', 'events.connects-are-disconnects'],
    check: async () => {
      const { net, box, events } = await visited('connect');
      expect(events).toMatchObject([{ Actor: { ID: net.id, Attributes: { name: net.name, container: box.id } } }]);
    },
  },
  {
    id: 'event.network.live-disconnect-emits-disconnect',
    level: 'must',
    title: "Disconnecting a running container must emit an event disconnect with the container's full id",
    sources: [eventsCommand, engineSource],
    observedBy: 'The events of the network that the container left.',
    faults: ['events.of-another-network', 'events.of-another-container', 'events.disconnects-are-connects'],
    check: async () => {
      const { net, box, events } = await visited('disconnect');
      expect(events.slice(0, 1)).toMatchObject([{ Actor: { ID: net.id, Attributes: { name: net.name, container: box.id } } }]);
    },
  },
  {
    id: 'event.network.live-disconnect-is-told-once',
    level: 'must',
    title: 'Disconnecting a running container must emit exactly one event disconnect',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/28/#2800' }],
    observedBy: 'The number of disconnect events of the network that the container left.',
    since: { version: '28.0.0', source: 'earlier versions told it twice, Engine 28.0 release notes' },
    faults: ['events.connects-are-disconnects', 'events.disconnects-are-connects'],
    check: async () => {
      const { events } = await visited('disconnect');
      expect(events).toHaveLength(1);
    },
  },
  // events without a network of one's own
  {
    id: 'event.network.prune-is-told',
    level: 'must',
    title: 'Pruning networks must emit destroy for each and then an event prune with the bytes reclaimed',
    sources: [{ docs: 'docs.docker.com/reference/api/engine/version-history/#v141-api-changes' }],
    observedBy: "The events after a prune of two networks with this claim's own label.",
    faults: [
      'events.removals-are-removed',
      {
        id: 'events.prune-reclaims-something',
        title: 'A prune of networks is told to have reclaimed some bytes',
        api: [event(['Actor', 'Attributes', 'reclaimed'], '4096', { at: ['Action'], is: 'prune' })],
      },
    ],
    check: async () => {
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
    },
  },
  {
    id: 'event.network.none-mode-emits-connect',
    level: 'observed',
    title: 'Starting a container in none mode must emit an event connect of the network none, driver null',
    sources: [engineSource],
    observedBy: "The events of the container's engine that name the container.",
    faults: ['events.of-another-network', 'events.of-another-container', 'events.connects-are-disconnects'],
    check: async () => {
      const since = await now();
      const box = await make.container({ HostConfig: { NetworkMode: 'none' } });
      const events = await told(since, ({ Actor }) => Actor.Attributes['container'] === box.id, 'connect', { type: ['network'] });
      expect(events.map(({ Action, Actor }) => [Action, Actor.Attributes['name'], Actor.Attributes['type']])).toEqual([
        ['connect', 'none', 'null'],
      ]);
    },
  },
  // a network that a container is started, restarted and stopped in
  {
    id: 'event.network.time-is-that-of-creation',
    level: 'must',
    title: "A create event must be timed between the network's Created and the answer, also in nanoseconds",
    sources: [eventsReference],
    observedBy: "The event, the network object, and the engine's clock as soon as the network is there.",
    faults: [
      {
        id: 'events.happened-long-ago',
        title: 'Events are told with the first second of 1970',
        mayKill: ['event.window.until-ends-the-answer'],
        api: [event(['time'], 1), event(['timeNano'], 1_000_000_000)],
      },
      {
        id: 'events.seconds-of-another-time',
        title: 'The seconds of an event are not those of its nanoseconds',
        api: [event(['time'], 1)],
      },
    ],
    check: async () => {
      const { events, Created, createdBy } = await lived('create');
      const { time, timeNano } = events[0] ?? { time: NaN, timeNano: NaN };
      expect(time).toBe(Math.floor(timeNano / 1e9));
      expect(Math.ceil(timeNano / 1e6)).toBeGreaterThanOrEqual(Created);
      expect(Math.floor(timeNano / 1e6)).toBeLessThanOrEqual(createdBy);
    },
  },
  {
    id: 'event.network.is-of-local-scope',
    level: 'must',
    title: 'Events of a bridge network must have the type network and the scope local',
    sources: [eventsReference],
    observedBy: 'All events of such a network.',
    faults: [
      {
        id: 'events.of-the-swarm',
        title: 'Events of local networks are told with the scope of a swarm',
        api: [event(['scope'], 'swarm')],
      },
    ],
    check: async () => {
      const { events } = await lived();
      await control(() => expect(events.length).toBeGreaterThan(1));
      for (const event of events) expect(event).toMatchObject({ Type: 'network', scope: 'local' });
    },
  },
  {
    id: 'event.network.has-no-further-fields',
    level: 'observed',
    title: 'A network event must not have the legacy fields status, id and from of container events',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/events/events.go' }],
    observedBy:
      'The keys of each event of a network: Type, Action, Actor, scope, time and timeNano are there, and the three legacy ones are not. Newer engines may add others.',
    faults: [
      {
        id: 'events.with-fields-of-old',
        title: 'Events of networks have a status, as those of containers do',
        api: [event(['status'], 'create')],
      },
    ],
    check: async () => {
      const { events } = await lived();
      await control(() => expect(events.length).toBeGreaterThan(1));
      const legacy = ['status', 'id', 'from'];
      for (const event of events) {
        const fields = Object.keys(event);
        expect(fields).toEqual(expect.arrayContaining(['Action', 'Actor', 'Type', 'scope', 'time', 'timeNano']));
        expect(fields.filter((field) => legacy.includes(field))).toEqual([]);
      }
    },
  },
  // some of the events
  {
    id: 'event.filter.network-takes-id-and-name',
    level: 'must',
    title: "The events filter network must select a network's events by its id and by its name",
    sources: [eventsCommand, eventsReference],
    observedBy: 'The events of one of two networks, asked for both ways.',
    faults: [
      'events.filters-are-ignored',
      {
        id: 'events.network-filter-wants-ids',
        title: 'The filter network finds no network by its name',
        api: [asked(/"network":\["dnc-/, '"network":["no-dnc-')],
      },
    ],
    check: async () => {
      const { third } = await three();
      for (const network of [third.id, third.name])
        expect(await filtered({ network: [network] }, 1, 'destroy')).toEqual(['third create', 'third destroy']);
    },
  },
  {
    id: 'event.filter.event-selects-actions',
    level: 'must',
    title: 'The events filter event must select by action',
    sources: [eventsCommand, eventsReference],
    observedBy:
      'The events of a time in which networks and a container were created and one was removed again, asked for with event=create.',
    faults: [
      'events.filters-are-ignored',
      {
        id: 'events.actions-are-ignored',
        title: 'The filter event is ignored',
        api: [asked(/\{"event":\["create"\]\}/, '{}')],
      },
    ],
    check: async () => {
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
    },
  },
  {
    id: 'event.filter.values-of-a-key-widen',
    level: 'must',
    title: 'Several values of one events filter must select the events that match any of them',
    sources: [eventsCommand],
    observedBy: 'The events of a time in which networks and a container were created, asked for with both types.',
    faults: [
      'events.filters-are-ignored',
      {
        id: 'events.filters-have-one-value',
        title: 'Of several values of a filter only the first counts',
        api: [asked(/,"container"\]/, ']')],
      },
    ],
    check: async () => {
      await control(async () => expect(await filtered({ type: ['network'] })).not.toContain('box create'));
      expect(await filtered({ type: ['network', 'container'] }, 4)).toEqual(expect.arrayContaining([...creations, 'box create']));
    },
  },
  {
    id: 'event.filter.keys-narrow',
    level: 'must',
    title: 'Several events filters must select only the events that match each of them',
    sources: [eventsCommand],
    observedBy:
      'The events of a time in which networks and a container were created and one network was removed, asked for by type and event together; by event alone the container is among them.',
    faults: [
      'events.filters-are-ignored',
      {
        id: 'events.filters-are-one',
        title: 'Of several filters only the first counts',
        api: [asked(/"\],"event":.*$/, '"]}')],
      },
    ],
    check: async () => {
      const withoutType = () => control(async () => expect(await filtered({ event: ['create'] }, 4)).toContain('box create'));
      await withoutType();
      expect(await filtered({ type: ['network'], event: ['create'] })).toEqual(creations);
      await withoutType();
    },
  },
  {
    id: 'event.filter.scope-tells-swarm-from-local',
    level: 'must',
    title: "The events filter scope=swarm must leave out a local network's events, which scope=local selects",
    sources: [eventsCommand, eventsReference],
    observedBy: 'The events of bridge networks, asked for with the scope local, with swarm, and with local again.',
    faults: ['events.filters-are-ignored'],
    check: async () => {
      const local = async () => expect(await filtered({ scope: ['local'], type: ['network'] })).toEqual(expect.arrayContaining(creations));
      await local();
      expect(await filtered({ scope: ['swarm'], type: ['network'] }, 0)).toEqual([]);
      await local();
    },
  },
  {
    id: 'event.window.until-ends-the-answer',
    level: 'must',
    title: 'Recent events between a past since and until must be answered, and none from outside',
    sources: [eventsCommand, eventsReference],
    observedBy:
      'Three networks, made one after the other, and a window that only the second lies in, asked for several times. An engine keeps the last 256 events.',
    faults: [
      {
        id: 'events.begin-at-their-end',
        title: 'Events are told from the end of the window on that they were asked for',
        mayKill: 'any',
        api: [asked(/since=[\d.]+&until=([\d.]+)/, 'since=$1&until=$1')],
      },
      {
        id: 'events.begin-too-early',
        title: 'Events are told from long before since',
        api: [asked(/since=[\d.]+/, 'since=1')],
      },
    ],
    check: async () => {
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
    },
  },
]);
