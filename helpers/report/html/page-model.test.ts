import { describe, expect, it } from '@jest/globals';
import { readable } from './page/answer';
import { differs, hidesRows, noFilters, shownColumns, survey, type Filters } from './page/filter';
import { redGroups } from './page/red-groups';
import { formatRoute, languageOf, parseRoute, type Route } from './page/route';
import { behaviourOf, stateOf, states } from './page/state';
import { dictionary } from './page/words';
import type { Cell, ClaimRow, Column } from './report-data';

const cell = (more: Partial<Cell> = {}): Cell => ({ verdict: 'conforms', duration: '1 ms', attempts: 1, evidence: [], ...more });
const row = (id: string, cells: (Cell | null)[], more: Partial<ClaimRow> = {}): ClaimRow => ({
  id,
  area: 'document',
  section: 'bridge',
  level: 'must',
  title: `${id} must hold`,
  sources: [],
  cells,
  ...more,
});

const waiver = { reason: 'known', link: 'https://example.org/1', expires: '2027-01-01', from: 'the suite' };
const boundary = { version: '28.0.0', source: 'release notes' };

describe('stateOf', () => {
  it.each<[string, Cell | null]>([
    ['absent', null],
    ['conforms', cell()],
    ['needless', cell({ waiver: { state: 'needless', ...waiver } })],
    ['deviates', cell({ verdict: 'deviates' })],
    ['waived', cell({ verdict: 'deviates', waiver: { state: 'applies', ...waiver } })],
    ['expired', cell({ verdict: 'deviates', waiver: { state: 'expired', ...waiver } })],
    ['not-applicable', cell({ verdict: 'not-applicable' })],
    ['superseded', cell({ verdict: 'not-applicable', boundary: { kind: 'superseded', ...boundary } })],
    ['not-yet', cell({ verdict: 'not-applicable', boundary: { kind: 'not-yet', ...boundary } })],
    ['blocked', cell({ verdict: 'blocked' })],
    ['error', cell({ verdict: 'error' })],
  ])('tells %s', (state, it) => {
    expect(stateOf(it)).toBe(state);
  });

  it('has a behaviour that waivers do not change', () => {
    expect(new Set(states.map(behaviourOf))).toEqual(
      new Set(['conforms', 'deviates', 'superseded', 'not-yet', 'not-applicable', 'blocked', 'error', 'absent']),
    );
  });
});

const deviating = cell({ verdict: 'deviates', reason: 'the engine answered 500: invalid filter' });
const rows = [
  row('bridge.a', [cell(), cell()]),
  row('bridge.b', [cell(), deviating], { level: 'should' }),
  row('host.c', [deviating, deviating], { section: 'host-mode', level: 'observed' }),
  row('overlay.d', [cell(), null], { area: 'drivers', section: 'overlay' }),
];
const ids = (filters: Partial<Filters>, columns = [0, 1]): string[] =>
  survey(rows, columns, { ...noFilters, ...filters }).rows.map(({ id }) => id);

describe('filters', () => {
  it('leave everything when nothing is chosen', () => {
    expect(ids({})).toEqual(rows.map(({ id }) => id));
    expect(hidesRows(noFilters)).toBe(false);
    expect(hidesRows({ ...noFilters, engines: ['docker-28.5.2'] })).toBe(false);
    expect(hidesRows({ ...noFilters, text: ' x ' })).toBe(true);
  });

  it('choose by area, and by section of it', () => {
    expect(ids({ area: 'document' })).toEqual(['bridge.a', 'bridge.b', 'host.c']);
    expect(ids({ area: 'document/host-mode' })).toEqual(['host.c']);
    expect(ids({ area: 'elsewhere' })).toEqual([]);
  });

  it('choose by level and by verdict on any engine that is shown', () => {
    expect(ids({ levels: ['should', 'observed'] })).toEqual(['bridge.b', 'host.c']);
    expect(ids({ states: ['deviates'] })).toEqual(['bridge.b', 'host.c']);
    expect(ids({ states: ['deviates'] }, [0])).toEqual(['host.c']);
    expect(ids({ states: ['absent', 'deviates'] })).toEqual(['bridge.b', 'host.c', 'overlay.d']);
  });

  it('find every word of a text, in claims and in reasons, in any case', () => {
    expect(ids({ text: ' INVALID  filter bridge.' })).toEqual(['bridge.b']);
    expect(ids({ text: 'hold drivers' })).toEqual(['overlay.d']);
    expect(ids({ text: '.*' })).toEqual([]);
  });

  it('keep rows on which the shown engines differ; what was not judged does not differ', () => {
    expect(ids({ differ: true })).toEqual(['bridge.b']);
    expect(ids({ differ: true }, [1])).toEqual([]);
    const agreed = row('x', [cell({ verdict: 'deviates' }), cell({ verdict: 'deviates', waiver: { state: 'applies', ...waiver } })]);
    expect(differs(agreed, [0, 1])).toBe(false);
  });

  it('count what choosing each value would leave, whatever of its own kind is chosen', () => {
    const counted = survey(rows, [0, 1], { ...noFilters, states: ['error'], area: 'document' });
    expect(Object.fromEntries(counted.states)).toEqual({ conforms: 2, deviates: 2 });
    expect([counted.rows, counted.levels.size, counted.areas.size]).toEqual([[], 0, 0]);
    const others = survey(rows, [0, 1], { ...noFilters, levels: ['must'], text: 'hold' });
    expect(Object.fromEntries(others.levels)).toEqual({ must: 2, should: 1, observed: 1 });
    expect(Object.fromEntries(others.areas)).toEqual({ document: 1, 'document/bridge': 1, drivers: 1, 'drivers/overlay': 1 });
  });

  it('show the chosen columns, in their order, and all of them when none of the chosen is there', () => {
    const columns = ['a', 'b', 'c'].map((label): Column => ({ label, engine: label }));
    expect(shownColumns(columns, { engines: ['c', 'a', 'z'] })).toEqual([0, 2]);
    expect(shownColumns(columns, { engines: ['z'] })).toEqual([0, 1, 2]);
  });
});

describe('what is red', () => {
  const because = (code: string, more: Partial<Cell> = {}): Cell =>
    cell({
      verdict: 'deviates',
      reason: `because of ${code}`,
      cause: { code, summary: `${code} broke`, remedy: 'mend it', evidence: [] },
      ...more,
    });
  const failed = cell({ verdict: 'error', reason: 'socket\n hang up' });
  const told = (more: ClaimRow[]) =>
    redGroups(more).map(({ kind, summary, columns, claims }) => [kind, summary, columns, claims.map((it) => [it.row.id, it.columns])]);

  it('is every claim once for each cause, the cause of most claims first, then what has none, then what the suite failed at', () => {
    const all = [
      row('a', [failed, because('link')]),
      row('b', [deviating, failed]),
      row('c', [because('rule'), because('rule')]),
      row('d', [cell(), because('unknown')]),
      row('e', [null, because('rule')]),
    ];
    expect(told(all)).toEqual([
      [
        'cause',
        'rule broke',
        [0, 1],
        [
          ['c', [0, 1]],
          ['e', [1]],
        ],
      ],
      ['cause', 'link broke', [1], [['a', [1]]]],
      [
        'unknown',
        '',
        [0, 1],
        [
          ['b', [0]],
          ['d', [1]],
        ],
      ],
      [
        'error',
        'socket hang up',
        [0, 1],
        [
          ['a', [0]],
          ['b', [1]],
        ],
      ],
    ]);
    expect(redGroups(all)[2]?.claims.map(({ reason }) => reason)).toEqual([
      'the engine answered 500: invalid filter',
      'because of unknown',
    ]);
  });

  it('is nothing that a waiver accepts, unless its day has passed, nor what could not be judged', () => {
    const quiet = [
      because('rule', { waiver: { state: 'applies', ...waiver } }),
      cell({ verdict: 'blocked' }),
      cell({ verdict: 'not-applicable' }),
      cell(),
      null,
    ];
    expect(told([row('a', quiet)])).toEqual([]);
    expect(told([row('a', [because('rule', { waiver: { state: 'expired', ...waiver } })])])).toHaveLength(1);
  });
});

describe('a route', () => {
  const full: Route = {
    view: 'claim',
    claim: 'bridge.default.peers/weird?&#한글',
    engine: 'docker-28.5.2+no-userland-proxy (2)',
    language: 'ko',
    filters: {
      area: 'document/bridge',
      levels: ['must', 'observed'],
      states: ['deviates', 'waived'],
      engines: ['docker-28.5.2 (2)', 'podman-5.8.6'],
      text: 'a & b = c?#%',
      differ: true,
    },
  };

  it('comes back from its address as it was', () => {
    for (const view of ['matrix', 'claim', 'topologies'] as const) {
      const route: Route = { ...full, view, claim: view === 'claim' ? full.claim : undefined };
      expect(parseRoute(formatRoute(route))).toEqual({ ...route, ...(view === 'claim' ? {} : { claim: undefined }) });
    }
  });

  it('is short where it says little', () => {
    expect(formatRoute({ view: 'matrix', filters: noFilters })).toBe('#/');
    expect(formatRoute({ view: 'claim', claim: 'bridge.a', filters: noFilters })).toBe('#/claim/bridge.a');
  });

  it.each(['', '#', '#nonsense', '#/claim/', '#/?level', '#/?verdict=no-such&lang=xx'])('of "%s" is the matrix with everything', (hash) => {
    const { view, filters, language } = parseRoute(hash);
    expect({ view, states: filters.states, language }).toEqual({ view: 'matrix', states: [], language: undefined });
  });

  it('survives what is no valid escape', () => {
    expect(parseRoute('#/claim/%E0%A4%A').claim).toBe('%E0%A4%A');
  });

  it('knows a language by its tag', () => {
    expect(['ko', 'ko-KR', 'EN-gb', 'fr', '', null].map(languageOf)).toEqual(['ko', 'ko', 'en', undefined, undefined, undefined]);
  });
});

describe('an answer', () => {
  it('is laid out where it is JSON, and left alone where it is not', () => {
    expect(readable('{"a":[1]}').text).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(readable('{"a":… (5000 characters in all)').text).toBe('{"a":… (5000 characters in all)');
    expect(readable(' plain\n').text).toBe('plain');
  });

  it('that is long has a beginning', () => {
    expect(readable('short').beginning).toBeUndefined();
    expect(readable(JSON.stringify(Array.from({ length: 20 }, (_, index) => index)))).toMatchObject({
      lines: 22,
      beginning: '[\n  0,\n  1,\n  2,\n  3,\n  4,\n  5,\n  6, …',
    });
    expect(readable('x'.repeat(5000)).beginning).toHaveLength(602);
  });
});

describe('the dictionary', () => {
  it('has Korean for every English word', () => {
    const untranslated = (en: unknown, ko: unknown, path: string): string[] => {
      if (typeof en === 'string') return en === ko && !/^(API|\/|\?|Esc|Enter|← ↑ → ↓)$/.test(en) ? [path] : [];
      if (typeof en !== 'object' || en === null) return [];
      return Object.entries(en).flatMap(([key, it]) => untranslated(it, (ko as Record<string, unknown>)[key], `${path}.${key}`));
    };
    expect(untranslated(dictionary.en, dictionary.ko, '')).toEqual([]);
  });
});
