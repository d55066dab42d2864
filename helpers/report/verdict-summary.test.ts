import { describe, expect, it } from '@jest/globals';
import { sampleResults } from './sample-results';
import type { Verdict } from './verdict';
import { exitMeaning, summarize } from './verdict-summary';

const statusOf = (list: Verdict[], strict = false, leftovers: string[] = []) =>
  summarize(list.map((verdict) => ({ verdict })), { strict, leftovers }).exitStatus;

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

describe('exitMeaning', () => {
  const meaning = (list: Verdict[], strict = false, leftovers: string[] = []) => {
    const results = sampleResults();
    results.host.leftovers = leftovers;
    return exitMeaning({ ...results, summary: summarize(list.map((verdict) => ({ verdict })), { strict, leftovers }) });
  };

  it('is silent about success and names the cause of everything else', () => {
    expect(meaning(['conforms'])).toBeUndefined();
    expect(meaning(['deviates'])).toBe('at least one claim deviates');
    expect(meaning(['blocked'], true)).toContain('--strict');
    expect(meaning([])).toBe('no claim was selected');
    expect(meaning(['error'])).toContain('the suite itself failed');
    expect(meaning(['conforms'], false, ['a link'])).toBe('the run left something behind');
  });
});
