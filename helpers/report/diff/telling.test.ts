import { describe, expect, it } from '@jest/globals';
import type { ClaimResult } from '../../results/results';
import { excerpt, tellingSteps } from './telling';

type Step = ClaimResult['evidence'][number];
const step = (answer: string, kind: Step['kind'] = 'api'): Step => ({ atMs: 0, durationMs: 1, kind, where: 'engine', what: 'GET', answer });
const title = 'MacAddress of a container on the bridge must be 02:42 followed by its IPv4 address';

describe('tellingSteps', () => {
  const network = step('{"MacAddress":"02:42:ac:11:00:02"}');

  it('are those whose answers have what the title names', () => {
    expect(tellingSteps({ title, evidence: [step('a'), network, step('b'), step('MacAddress', 'note')] })).toEqual([network]);
  });

  it('are the last ones where the title names nothing', () => {
    const evidence = ['a', 'b', 'c'].map((answer) => step(answer));
    expect(tellingSteps({ title: 'a peer must be reached', evidence })).toEqual(evidence.slice(1));
  });

  it("are the suite's own notes only where there is nothing else", () => {
    const note = step('started', 'note');
    expect(tellingSteps({ title, evidence: [note] })).toEqual([note]);
    expect(tellingSteps({ title, evidence: [] })).toEqual([]);
  });
});

describe('excerpt', () => {
  const long = 'x'.repeat(200);

  it('begins with what the title names', () => {
    expect(excerpt(`{"Id":"${long}","MacAddress":"02:42:ac:11:00:02"}`, title)).toBe('…"MacAddress":"02:42:ac:11:00:02"}');
    expect(excerpt(`{"Id":"${long}","Bridge":""}`, 'NetworkSettings.Bridge must be empty')).toBe('…"Bridge":""}');
  });

  it('is a short answer as it is, on one line, and the beginning of any other', () => {
    expect(excerpt('two\nlines', title)).toBe('two lines');
    expect(excerpt(long, title)).toBe(`${'x'.repeat(99)}…`);
    expect(excerpt('😀'.repeat(200), title)).toMatch(/^😀+…$/u);
  });
});
