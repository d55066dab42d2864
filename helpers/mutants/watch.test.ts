import { types } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { world } from '../world/world';
import { Change, replacing } from './change';
import { noting, showing } from './watched-world';
import { Memory } from './memory';

interface Network {
  Name: string;
  Options: Record<string, string> | null;
  Containers: Record<string, { Name: string; IPv4Address: string }>;
  Tags: string[];
  Config: { Subnet: string }[];
  Internal: boolean;
  Labels: null;
}

const network = (): Network => ({
  Name: 'bridge',
  Options: { mtu: '1500' },
  Containers: { one: { Name: 'nginx01', IPv4Address: '172.17.0.2/16' }, two: { Name: 'nginx02', IPv4Address: '172.17.0.3/16' } },
  Tags: ['b', 'a'],
  Config: [{ Subnet: '172.17.0.0/16' }],
  Internal: false,
  Labels: null,
});

/** What `look` reads of an answer, each as `of path`; structures and maps on the way to it are left out. */
async function readBy(look: (answer: Network) => unknown): Promise<string[]> {
  const { reads, judged } = noting(async () => {
    look(await Promise.resolve(world().asked('GET /networks/bridge', '').shown(network())));
  });
  await judged;
  return reads.all.flatMap((read) =>
    read.of === 'value' && typeof read.value === 'object' && read.value !== null ? [] : [`${read.of} ${read.place.path.join('.')}`],
  );
}

/** A trial of a judgement that was not answered anything. */
function trialOf<T>(change: Change | undefined, judge: () => Promise<T>): Promise<T> {
  return showing({ memory: new Memory(), trial: { concerns: () => false, strayed: [] }, ...(change && { change }) }, judge);
}

/** What `look` makes of an answer whose driver is another one. */
async function madeOfLie<T>(look: (answer: Network) => T, lie: Partial<Network>): Promise<T> {
  const answer = { key: 'claim 1 GET /networks/bridge', call: 'GET /networks/bridge' };
  const [[name, instead]] = Object.entries(lie) as [[string, unknown]];
  const change = new Change(
    { of: 'presence', place: { answer, path: [name] } },
    { answer, path: [] },
    replacing(name, () => instead),
  );
  return trialOf(change, () => Promise.resolve(look(world().asked('GET /networks/bridge', '').shown(network()))));
}

const nothing = (path: string) => `nothing ${path}`;

describe('what is read of an answer', () => {
  it('must be the fields that are taken apart, and no others', async () => {
    expect(await readBy(({ Name, Internal }) => [Name, Internal])).toEqual([nothing('then'), 'value Name', 'value Internal']);
    expect(await readBy(({ Containers: { one } }) => one?.IPv4Address)).toContain('value Containers.one.IPv4Address');
    expect(await readBy(({ Containers: { one } }) => one?.IPv4Address)).not.toContain('value Containers.one.Name');
  });

  it('must be the members alone where keys are listed, and the values where they are, too', async () => {
    expect(await readBy(({ Containers }) => Object.keys(Containers))).toEqual([
      nothing('then'),
      'members Containers',
      'presence Containers.one',
      'presence Containers.two',
    ]);
    expect(await readBy(({ Options }) => Object.entries(Options ?? {}))).toEqual([
      nothing('then'),
      'members Options',
      'presence Options.mtu',
      'value Options.mtu',
    ]);
    expect(await readBy(({ Containers }) => Object.values(Containers).map(({ Name }) => Name))).toEqual(
      expect.arrayContaining(['members Containers', 'value Containers.one.Name', 'value Containers.two.Name']),
    );
  });

  it('must be everything where it is copied or written out', async () => {
    const every = ['members ', 'value Name', 'value Internal', 'value Labels'];
    expect(await readBy((answer) => ({ ...answer }))).toEqual(expect.arrayContaining(every));
    expect(await readBy((answer) => JSON.stringify(answer))).toEqual(
      expect.arrayContaining([
        ...every,
        'value Options.mtu',
        'value Containers.two.IPv4Address',
        'members Tags',
        'value Tags.*a',
        'value Config.*0.Subnet',
      ]),
    );
  });

  it('must be the members and the elements that a list is asked for', async () => {
    const tags = ['members Tags', 'value Tags.*b', 'value Tags.*a'];
    const looks: ((answer: Network) => unknown)[] = [
      ({ Tags }) => [...Tags],
      ({ Tags }) => Tags.map((tag) => tag),
      ({ Tags }) => Tags.filter((tag) => tag === 'a'),
      ({ Tags }) => Tags.includes('c'),
      ({ Tags }) => Tags.toSorted(),
      ({ Tags }) => Tags.join(),
      ({ Tags }) => [Tags].flat(),
      ({ Tags: [first, second] }) => [first, second],
    ];
    for (const look of looks)
      expect((await readBy(look)).filter((it) => it.includes('Tags')).sort()).toEqual(
        expect.arrayContaining(tags.filter((it) => it.startsWith('value')).sort()),
      );
    expect(await readBy(({ Tags }) => Tags.find((tag) => tag === 'b'))).not.toContain('value Tags.*a');
    expect(await readBy(({ Tags }) => Tags.length)).toEqual(expect.arrayContaining(['members Tags']));
  });

  it('must be whether a member is there', async () => {
    expect(await readBy(({ Containers }) => 'one' in Containers)).toContain('presence Containers.one');
    expect(await readBy(({ Containers }) => Object.hasOwn(Containers, 'three'))).toContain(nothing('Containers.three'));
    expect(await readBy(({ Containers }) => Containers['three']?.Name)).toContain(nothing('Containers.three'));
  });

  it('must be null where null is passed over', async () => {
    expect(await readBy((answer) => (answer.Labels as { x: string } | null)?.x)).toEqual([nothing('then'), 'value Labels']);
  });

  it('must be what an assertion that holds looked at', async () => {
    expect(await readBy((answer) => expect(answer).toMatchObject({ Name: 'bridge', Labels: null }))).toEqual(
      expect.arrayContaining(['value Name', 'value Labels']),
    );
    expect(await readBy((answer) => expect(answer).toMatchObject({ Name: 'bridge' }))).not.toContain('value Internal');
    expect(await readBy(({ Tags }) => expect(Tags).toEqual(['b', 'a']))).toEqual(
      expect.arrayContaining(['value Tags.*a', 'value Tags.*b']),
    );
    expect(await readBy(({ Options }) => expect(Options).toEqual({ mtu: '1500' }))).toEqual(
      expect.arrayContaining(['members Options', 'value Options.mtu']),
    );
  });
});

describe('a watched answer', () => {
  it('must be like the answer itself', async () => {
    const { judged } = noting(() => Promise.resolve(world().asked('GET /networks/bridge', '').shown(network())));
    const answer = await judged;
    expect(types.isProxy(answer)).toBe(true);
    expect(answer).toEqual(network());
    expect({ ...answer }).toEqual(network());
    expect(JSON.parse(JSON.stringify(answer))).toEqual(network());
    expect(Array.isArray(answer.Tags)).toBe(true);
    expect(answer.Tags.toSorted()).toEqual(['a', 'b']);
    expect(answer.Config).toContainEqual({ Subnet: '172.17.0.0/16' });
    expect(answer.Containers['one']).toBe(answer.Containers['one']);
    expect('Name' in answer && !('Nothing' in answer)).toBe(true);
    expect(() => expect(answer).toEqual({})).toThrow(/Expected/);
  });

  it('must refuse to be changed, since what it shows is not its own', async () => {
    const { judged } = noting(() => Promise.resolve(world().asked('GET /networks/bridge', '').shown(network())));
    const { Tags, Containers } = await judged;
    expect(() => Tags.sort()).toThrow('an answer of the engine is read, never changed');
    expect(() => Tags.push('c')).toThrow('never changed');
    expect(() => Reflect.deleteProperty(Containers, 'one')).toThrow('never changed');
  });

  it('must show one thing otherwise to a trial, however it is looked at', async () => {
    const other = { Name: 'other' };
    expect(await madeOfLie(({ Name }) => Name, other)).toBe('other');
    expect(await madeOfLie((answer) => ({ ...answer }).Name, other)).toBe('other');
    expect(await madeOfLie((answer) => JSON.stringify(answer), other)).toContain('"Name":"other"');
    expect(await madeOfLie((answer) => Object.values(answer) as unknown[], other)).toContain('other');
    await expect(madeOfLie((answer) => expect(answer).toMatchObject({ Name: 'bridge' }), other)).rejects.toThrow(/other/);
    expect(await madeOfLie(({ Options }) => Options?.['mtu'], { Options: null })).toBeUndefined();
    expect(await madeOfLie(({ Tags }) => Tags, { Tags: ['c'] })).toHaveLength(1);
    expect(await madeOfLie(({ Tags }) => Tags.includes('c'), { Tags: ['c'] })).toBe(true);
  });

  it('must show it to that trial alone, also of an answer that was given before', async () => {
    const { judged } = noting(() => Promise.resolve(world().asked('GET /x', '').shown({ Name: 'bridge' })));
    const shared = await judged;
    const answer = { key: 'claim 1 GET /x', call: 'GET /x' };
    const change = new Change(
      { of: 'presence', place: { answer, path: ['Name'] } },
      { answer, path: [] },
      replacing('Name', () => 'other'),
    );
    const seen = await Promise.all([
      trialOf(change, () => Promise.resolve(shared.Name)),
      trialOf(undefined, () => Promise.resolve(shared.Name)),
    ]);
    expect([...seen, shared.Name]).toEqual(['other', 'bridge', 'bridge']);
    expect(change.seen).toEqual({ was: 'bridge', is: 'other' });
  });
});

describe('outside a run for mutants', () => {
  it('must be the answer itself', () => {
    const answer = network();
    expect(world().asked('GET /networks/bridge', '').shown(answer)).toBe(answer);
  });
});

describe('an answer that has no fields', () => {
  it('must be passed on as it is', async () => {
    const plain = [Buffer.from('x'), 'text', undefined, null, 7];
    const { judged } = noting(() => Promise.resolve(plain.map((it) => world().asked('POST /x', '').shown(it))));
    for (const [index, passedOn] of (await judged).entries()) expect(passedOn).toBe(plain[index]);
  });
});
