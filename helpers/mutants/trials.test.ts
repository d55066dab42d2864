import { describe, expect, it } from '@jest/globals';
import { control } from '../claim/control';
import { eventually } from '../claim/eventually';
import { ask as askWorld, draw, unexamined } from '../world/ask';
import { record, recording } from '../world/evidence';
import { once } from '../world/shared';
import { Blocked, verdictOf } from '../claim/verdict';
import { call } from '../engine/client';
import { judgeWithMutants } from './trials';
import type { TriedClaim } from './report';

interface Network {
  Id: string;
  Name: string;
  Containers: Record<string, { IPv4Address: string }>;
}

const network: Network = {
  Id: 'a'.repeat(64),
  Name: 'bridge',
  Containers: { nginx01: { IPv4Address: '172.17.0.2/16' }, nginx02: { IPv4Address: '172.17.0.3/16' } },
};
const ask = () => call('GET /networks/bridge', () => Promise.resolve(structuredClone(network)));

/** What comes of a question to the world. */
const answerOf = async <T>(what: string, live: () => Promise<T>) => (await askWorld({ what }, live)).answer;

/** What becomes of the mutants of a claim with this body. */
async function tried(body: () => unknown): Promise<Omit<TriedClaim, 'id'>> {
  const judge = async () => {
    let failure: { thrown: unknown } | undefined;
    await recording(body, (thrown) => (failure = { thrown }));
    return failure ? verdictOf(failure.thrown) : { verdict: 'conforms' as const };
  };
  return (await judgeWithMutants(judge)).tried;
}

const survivors = ({ mutants }: Omit<TriedClaim, 'id'>) =>
  mutants.filter(({ killed }) => !killed).map(({ path, kind }) => `${path} ${kind}`);

describe('the mutants of a claim', () => {
  it('must all be killed where it sees every field that it reads', async () => {
    const outcome = await tried(async () => expect((await ask()).Name).toBe('bridge'));
    expect(outcome.fields).toEqual([{ call: 'GET /networks/bridge', path: 'Name' }]);
    expect(outcome.mutants.map(({ kind, from, to, verdict, killed }) => ({ kind, from, to, verdict, killed }))).toEqual([
      { kind: 'other-word', from: '"bridge"', to: '"other-bridge"', verdict: 'deviates', killed: true },
      { kind: 'emptied', from: '"bridge"', to: '""', verdict: 'deviates', killed: true },
      { kind: 'absent', from: '{"Name":"bridge"}', to: 'nothing', verdict: 'deviates', killed: true },
    ]);
  });

  it('must survive in a claim that reads a field and does not mind it', async () => {
    expect(survivors(await tried(async () => expect(typeof (await ask()).Name).toBe('string')))).toEqual([
      'Name other-word',
      'Name emptied',
    ]);
  });

  it('must survive in a claim that looks at one of two, for the other', async () => {
    const weak = async () => {
      const { nginx01, nginx02 } = (await ask()).Containers;
      expect([nginx01?.IPv4Address, nginx02?.IPv4Address]).toContain('172.17.0.2/16');
    };
    expect(survivors(await tried(weak))).toEqual([
      'Containers.nginx02 absent',
      'Containers.nginx02.IPv4Address other-address',
      'Containers.nginx02.IPv4Address other-length',
      'Containers.nginx02.IPv4Address emptied',
      'Containers.nginx02.IPv4Address absent',
    ]);
  });

  it('must be killed by one of the members that a claim looks through', async () => {
    const outcome = await tried(async () =>
      expect(Object.values((await ask()).Containers).map(({ IPv4Address }) => IPv4Address)).toContain('172.17.0.2/16'),
    );
    expect(survivors(outcome)).toEqual(['Containers added']);
    expect(outcome.mutants.find(({ kind }) => kind === 'dropped')).toMatchObject({ places: 2, killedIn: 1, killed: true });
  });

  it('must be counted as killed by an error where the claim stumbles over them, and as alive where it blocks', async () => {
    const stumbling = await tried(async () => expect((await ask()).Name.length).toBe(6));
    expect(stumbling.mutants.find(({ kind }) => kind === 'absent')).toMatchObject({ verdict: 'error', killed: true });
    const blocking = async () => {
      if ((await ask()).Name !== 'bridge') throw new Blocked('something else is there');
    };
    expect(survivors(await tried(blocking))).toEqual(['Name other-word', 'Name emptied', 'Name absent']);
  });

  it('must be counted as killed where a control sees them', async () => {
    const outcome = await tried(() => control(async () => expect((await ask()).Name).toBe('bridge')));
    expect(outcome.mutants.map(({ verdict, killed }) => ({ verdict, killed }))).toEqual(
      Array.from({ length: 3 }, () => ({ verdict: 'blocked', killed: true })),
    );
  });

  it('must be in the same order, whichever question is answered first', async () => {
    const order = async (slow: string) => {
      const asked = (name: string) =>
        call(`GET /${name}`, async () => (await new Promise((resolve) => setTimeout(resolve, name === slow ? 20 : 0)), { Name: name }));
      const { fields, mutants } = await tried(() =>
        Promise.all(['one', 'two'].map(async (name) => expect((await asked(name)).Name).toBe(name))),
      );
      return { fields, mutants };
    };
    expect(await order('one')).toEqual(await order('two'));
  });

  it('must not be made of a claim that does not conform', async () => {
    expect(await tried(async () => expect((await ask()).Name).toBe('host'))).toMatchObject({ verdict: 'deviates', mutants: [] });
  });

  it('must be of one answer among several to the same question', async () => {
    const unchanged = async () => {
      const before = (await ask()).Id;
      expect((await ask()).Id).toBe(before);
    };
    expect(survivors(await tried(unchanged))).toEqual([]);
  });

  it('must not be healed by looking again, nor waited for', async () => {
    const startedAt = performance.now();
    const outcome = await tried(async () =>
      expect((await eventually(ask, ({ Name }) => Name === 'bridge', { within: 60_000 })).Name).toBe('bridge'),
    );
    expect(survivors(outcome)).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

describe('an action that claims share', () => {
  it('must be run once where it reads nothing, and its answers are changed where they are looked at', async () => {
    let runs = 0;
    const stop = once(async () => {
      runs += 1;
      return { before: await ask(), after: await ask() };
    });
    const outcome = await tried(async () => {
      const { before, after } = await stop();
      expect(after.Id).toBe(before.Id);
    });
    expect(runs).toBe(1);
    expect(outcome.mutants).toHaveLength(6);
    expect(survivors(outcome)).toEqual([]);
  });

  it('must be run again for a mutant of what it reads itself, for each claim that asks for it', async () => {
    let runs = 0;
    const address = once(async () => {
      runs += 1;
      return `http://${(await ask()).Containers['nginx01']?.IPv4Address}`;
    });
    const claim = async () => expect(await address()).toBe('http://172.17.0.2/16');
    for (const outcome of [await tried(claim), await tried(claim)]) {
      expect(survivors(outcome)).toEqual([]);
      expect(outcome.mutants).toHaveLength(6);
    }
    // the first, the mutants, and one before and one after them, of each of the two claims
    expect(runs).toBe(1 + 2 * (6 + 2));
    expect(await address()).toBe('http://172.17.0.2/16');
  });

  it('must make a claim not repeatable where it cannot be run twice, and then nothing counts as killed', async () => {
    let there = true;
    const remove = once(async () => {
      const { Name } = await ask();
      if (!there) throw new Error('no such network');
      there = false;
      return Name;
    });
    const outcome = await tried(async () => expect(await remove()).toBe('bridge'));
    expect(outcome).toMatchObject({
      verdict: 'conforms',
      mutants: [],
      notRepeatable: 'judged again, it no longer conforms: error, Error: no such network',
    });
  });
});

describe('the trials of a claim', () => {
  it('must be given the answers of the judgement, and ask only what follows from the change', async () => {
    const asked: string[] = [];
    const host = (question: string) => answerOf(question, () => Promise.resolve((asked.push(question), question)));
    await tried(async () => {
      const { Name } = await ask();
      expect(await host(`links of ${Name}`)).toBe('links of bridge');
    });
    expect(asked).toEqual(['links of bridge', 'links of other-bridge', 'links of ', 'links of undefined']);
  });

  it('must be made with a world of their own where they act otherwise, as what was seen before may not be what they would see', async () => {
    let closed = '';
    const outcome = await tried(async () => {
      const { Name } = await ask();
      await answerOf(`close ${Name}`, () => Promise.resolve((closed = Name)));
      expect(await answerOf('is it closed?', () => Promise.resolve(closed === 'bridge'))).toBe(true);
    });
    expect(survivors(outcome)).toEqual([]);
  });

  it('must meet the refusals that the judgement has met', async () => {
    let asked = 0;
    const refused = () =>
      call('POST /networks/create', () => {
        asked += 1;
        return Promise.reject(new Error('pool is empty'));
      });
    const outcome = await tried(async () => {
      await expect(refused()).rejects.toThrow('pool is empty');
      expect((await ask()).Name).toBe('bridge');
    });
    expect(asked).toBe(1);
    expect(survivors(outcome)).toEqual([]);
  });

  it('must see what settled, and not what was seen on the way to it', async () => {
    const states = ['starting', 'up', 'down'];
    const state = () => call('GET /state', () => Promise.resolve({ Now: states.shift() }));
    const outcome = await tried(async () => {
      expect((await eventually(state, ({ Now }) => Now === 'up', { within: 60_000 })).Now).toBe('up');
      expect((await state()).Now).toBe('down');
    });
    expect(survivors(outcome)).toEqual([]);
    expect(outcome.mutants.filter(({ kind }) => kind === 'other-word').map(({ from }) => from)).toEqual(['"up"', '"down"']);
  });

  it('must draw what the judgement has drawn', async () => {
    const seen = new Set<number>();
    const outcome = await tried(async () => {
      const lot = draw('lot', Math.random);
      seen.add(lot);
      await answerOf(`asked with ${lot}`, () => Promise.resolve(lot));
      expect((await ask()).Name).toBe('bridge');
    });
    expect(outcome.notRepeatable).toBeUndefined();
    expect(seen.size).toBe(1);
  });

  it('must say nothing of a claim that asks something else each time', async () => {
    const outcome = await tried(async () => {
      const lot = Math.random();
      await answerOf(`asked with ${lot}`, () => Promise.resolve(lot));
      expect((await ask()).Name).toBe('bridge');
    });
    expect(outcome).toMatchObject({
      mutants: [],
      notRepeatable: expect.stringMatching(/^judged again, it asks something else: asked with 0\./),
    });
  });

  it('must not change what is taken from an answer as nothing that the claim is about', async () => {
    const outcome = await tried(async () => {
      const network = await ask();
      expect(unexamined(() => network.Id)).toBe('a'.repeat(64));
      expect(network.Name).toBe('bridge');
    });
    expect(outcome.fields.map(({ path }) => path)).toEqual(['Name']);
  });
});

describe('a claim that its mutants change the world for', () => {
  it('must not be repeatable', async () => {
    let broken = false;
    const outcome = await tried(async () => {
      const { Name } = await ask();
      record({ kind: 'note', where: 'suite', what: 'x', answer: '' });
      broken ||= Name !== 'bridge';
      expect(broken).toBe(false);
    });
    expect(outcome).toMatchObject({
      mutants: [],
      notRepeatable: expect.stringMatching(/^after its mutants it no longer conforms: deviates/),
    });
  });
});
