import { describe, expect, it } from '@jest/globals';
import { world } from '../world/world';
import { noting } from './watched-world';
import { mutantsOf, type Mutant } from './plan';

/** The mutants of a judgement that is given these answers, one for each question in turn. */
async function mutantsOfLook(look: (ask: <T>(call: string, answer: T) => T) => unknown): Promise<Mutant[]> {
  const { reads, judged } = noting(() => Promise.resolve(look((call, answer) => world().asked(call, '').shown(answer))));
  await judged;
  return mutantsOf(reads);
}

const named = (mutants: readonly Mutant[]) =>
  mutants.map(({ path, kind, changes }) => `${path} ${kind}${changes.length > 1 ? ` ×${changes.length}` : ''}`);

const [one, two] = ['1'.repeat(64), '2'.repeat(64)] as [string, string];
const bridge = () => ({
  Id: 'a'.repeat(64),
  Scope: 'local',
  Containers: {
    [one]: { Name: 'nginx01', IPv4Address: '172.17.0.2/16' },
    [two]: { Name: 'nginx02', IPv4Address: '172.17.0.3/16' },
  } as Record<string, { Name: string; IPv4Address: string }>,
});

describe('the mutants of what was read', () => {
  it('must be every wrong value of a field, and its absence, and nothing of fields that were not read', async () => {
    const mutants = await mutantsOfLook((ask) => ask(`GET /networks/${one}`, bridge()).Scope);
    expect(named(mutants)).toEqual(['Scope other-word', 'Scope emptied', 'Scope absent']);
    expect(mutants[0]?.call).toBe('GET /networks/*');
  });

  it('must be made at each place by itself where entries are looked up', async () => {
    const mutants = await mutantsOfLook((ask) => {
      const { Containers } = ask('GET /networks/bridge', bridge());
      return [Containers[one]?.Name, Containers[two]?.Name];
    });
    const ofEach = ['Containers.* absent', 'Containers.*.Name other-word', 'Containers.*.Name emptied', 'Containers.*.Name absent'];
    expect(named(mutants)).toEqual(['Containers null', ...ofEach, ...ofEach]);
  });

  it('must be made at one place after another where members are looked through', async () => {
    const mutants = await mutantsOfLook((ask) => Object.values(ask('GET /networks/bridge', bridge()).Containers).map(({ Name }) => Name));
    expect(named(mutants)).toEqual([
      'Containers null',
      'Containers dropped ×2',
      'Containers added',
      'Containers.*.Name other-word ×2',
      'Containers.*.Name emptied ×2',
      'Containers.*.Name absent ×2',
    ]);
  });

  it('must drop, add and change elements of a list', async () => {
    const mutants = await mutantsOfLook((ask) => ask('GET /info', { Network: ['bridge', 'host'] }).Network.includes('null'));
    expect(named(mutants)).toEqual([
      'Network null',
      'Network dropped ×2',
      'Network added',
      'Network.* other-word ×2',
      'Network.* emptied ×2',
    ]);
  });

  it('must not leave out structures, nor replace empty lists by null', async () => {
    expect(named(await mutantsOfLook((ask) => ask('GET /c', { State: { Running: true } }).State.Running))).toEqual([
      'State.Running flipped',
      'State.Running absent',
    ]);
    expect(named(await mutantsOfLook((ask) => Object.keys(ask('GET /c', { Ports: {} }).Ports)))).toEqual(['Ports added']);
  });

  it('must be told apart by answer where a question is asked twice', async () => {
    const mutants = await mutantsOfLook((ask) => [ask('GET /c', { Running: true }).Running, ask('GET /c', { Running: false }).Running]);
    expect(named(mutants)).toEqual(['Running flipped', 'Running absent', 'Running flipped', 'Running absent']);
  });

  it('must include what an earlier answer to the same question had', async () => {
    const [before, after]: Pick<ReturnType<typeof bridge>, 'Containers'>[] = [bridge(), { Containers: {} }];
    const ask = (look: (members: ReturnType<typeof bridge>['Containers']) => unknown) =>
      mutantsOfLook((asked) => [asked('GET /networks/host', before), look(asked('GET /networks/host', after)?.Containers ?? {})]);
    expect(named(await ask((members) => members[one]))).toContain('Containers.* stale');
    expect(named(await ask((members) => members['3'.repeat(64)]))).not.toContain('Containers.* stale');
    const [added] = (await ask((members) => Object.keys(members))).filter(({ kind }) => kind === 'added');
    const [place] = added?.changes ?? [];
    expect(place?.of(place.read.place, {})).toEqual({ [one]: before?.Containers[one] });
  });

  it('must add what is not there yet', async () => {
    for (const members of [['bridge'], [], ['']]) {
      const [added] = (await mutantsOfLook((ask) => ask('GET /x', members).length)).filter(({ kind }) => kind === 'added');
      const [change] = added?.changes ?? [];
      const after = change?.of(change.read.place, members);
      expect(new Set(after as string[]).size).toBe(members.length + 1);
    }
  });

  it('must add an object under another name and id', async () => {
    const networks = [{ Id: one, Name: 'bridge', Driver: 'bridge' }];
    const [added] = (await mutantsOfLook((ask) => ask('GET /networks', networks).map(() => undefined))).filter(
      ({ kind }) => kind === 'added',
    );
    const [change] = added?.changes ?? [];
    expect(change?.of(change.read.place, networks)).toEqual([...networks, { Id: two, Name: 'other-bridge', Driver: 'bridge' }]);
  });
});
