import { describe, expect, it } from '@jest/globals';
import { sampleResults } from './sample-results';
import type { Verdict } from './verdict';
import { exitMeaning, summarize } from './verdict-summary';

const statusOf = (list: Verdict[], strict = false, leftovers: string[] = []) =>
  summarize(
    list.map((verdict) => ({ verdict })),
    { strict, leftovers },
  ).exitStatus;

describe('summarize', () => {
  it('counts every verdict', () => {
    expect(summarize(sampleResults().claims, { strict: false, leftovers: [] })).toEqual({
      conforms: 2,
      deviates: 2,
      waived: 0,
      'not-applicable': 4,
      blocked: 1,
      error: 1,
      exitStatus: 3,
    });
  });

  it.each<[number, Verdict[], boolean, string[]]>([
    [0, ['conforms'], false, []],
    [0, ['conforms', 'not-applicable', 'blocked'], false, []],
    [0, ['conforms', 'not-applicable'], true, []],
    [1, ['conforms', 'blocked'], true, []],
    [1, ['conforms', 'deviates'], false, []],
    [3, ['deviates', 'error'], false, []],
    [3, ['error', 'blocked'], true, []],
    [3, ['conforms'], false, ['network abc']],
    [3, ['deviates'], false, ['network abc']],
    [2, [], false, []],
  ])('ends with %d for %j (strict: %j, left behind: %j)', (status, list, strict, leftovers) => {
    expect(statusOf(list, strict, leftovers)).toBe(status);
  });
});

describe('a run of which a share of the applicable claims is asked', () => {
  const of = (list: Verdict[], leastJudged: number, more: Partial<Parameters<typeof summarize>[1]> = {}) =>
    summarize(
      list.map((verdict) => ({ verdict })),
      { strict: false, leftovers: [], leastJudged, ...more },
    );

  it.each<[number, number, Verdict[], number]>([
    [4, 1 / 3, ['conforms', 'blocked', 'blocked'], 0.5],
    [0, 0.5, ['conforms', 'blocked'], 0.5],
    // what does not apply is not missed, and what deviates was judged
    [0, 1, ['conforms', 'not-applicable', 'not-applicable'], 1],
    [0, 1, ['not-applicable'], 1],
    [0, 0, ['blocked', 'blocked'], 0],
    [4, 0, ['blocked'], 0.01],
    // whatever else there is to say is worse
    [1, 1 / 3, ['deviates', 'blocked', 'blocked'], 0.5],
    [3, 0, ['error', 'blocked'], 0.5],
    [2, 1, [], 0.5],
  ])('ends with %d, having judged %d, for %j where %d is asked', (status, share, list, leastJudged) => {
    expect(of(list, leastJudged)).toMatchObject({ exitStatus: status, judgedShare: share, leastJudged });
  });

  it('ends with 1 and not with 4 where --strict counts what is blocked, and with 3 where something was left behind', () => {
    expect(of(['blocked'], 0.5, { strict: true }).exitStatus).toBe(1);
    expect(of(['blocked'], 0.5, { leftovers: ['a link'] }).exitStatus).toBe(3);
  });

  it('is not asked as long as it is one of several shards', () => {
    expect(of(['blocked'], 0.5, { part: true })).toMatchObject({ exitStatus: 0, judgedShare: 0, leastJudged: 0.5 });
  });

  it('says how much it could judge, and how much it had to', () => {
    const summary = of(['conforms', 'blocked', 'blocked', 'not-applicable'], 0.5);
    expect(exitMeaning({ ...sampleResults(), summary })).toBe(
      'only 1 of 3 applicable claims could be judged (33.3 %), and 50 % must be (--min-judged)',
    );
  });
});

describe('exitMeaning', () => {
  const meaning = (list: Verdict[], strict = false, leftovers: string[] = []) => {
    const results = sampleResults();
    results.host.leftovers = leftovers;
    return exitMeaning({
      ...results,
      summary: summarize(
        list.map((verdict) => ({ verdict })),
        { strict, leftovers },
      ),
    });
  };

  it('is silent about success and names the cause of everything else', () => {
    expect(meaning(['conforms'])).toBeUndefined();
    expect(meaning(['deviates'])).toBe('at least one claim deviates');
    expect(meaning(['blocked'], true)).toBe('at least one claim is blocked, which --strict counts');
    expect(meaning([])).toBe('no claim was selected');
    expect(meaning(['error'])).toBe('the suite itself failed on at least one claim; that says nothing about the engine');
    expect(meaning(['error'], false, ['a link'])).toBe('the suite itself failed on at least one claim; that says nothing about the engine');
    expect(meaning(['conforms'], false, ['a link'])).toBe('the run left something behind');
  });

  it('tells a deviation that no waiver accepts from those that one does, and a needless waiver from a blocked claim', () => {
    const waiver = (state: 'applies' | 'needless') => ({
      state,
      reason: 'known',
      link: 'https://example.org/1',
      expires: '2030-01-01',
      from: 'the suite',
    });
    const of = (claims: Parameters<typeof summarize>[0], strict: boolean) =>
      exitMeaning({ ...sampleResults(), summary: summarize(claims, { strict, leftovers: [] }) });
    expect(of([{ verdict: 'deviates', waiver: waiver('applies') }], true)).toBeUndefined();
    expect(of([{ verdict: 'deviates', waiver: waiver('applies') }, { verdict: 'deviates' }], false)).toBe(
      'at least one claim deviates without a waiver',
    );
    expect(of([{ verdict: 'conforms', waiver: waiver('needless') }], false)).toBeUndefined();
    expect(of([{ verdict: 'conforms', waiver: waiver('needless') }], true)).toBe('at least one waiver is needless, which --strict counts');
  });

  it('has words for a run that failed without a claim in error, such as one of which a worker died', () => {
    const results = sampleResults();
    results.host.leftovers = [];
    expect(exitMeaning({ ...results, summary: { ...results.summary, error: 0, exitStatus: 3 } })).toBe('the suite itself failed');
  });
});
