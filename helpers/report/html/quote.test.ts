import { describe, expect, it } from '@jest/globals';
import { quoted } from './quote';
import type { Step } from './report-data';

const step = (answer: string, more: Partial<Step> = {}): Step => ({
  atMs: 1,
  durationMs: 2,
  kind: 'api',
  where: 'engine',
  what: 'GET /x',
  answer,
  ...more,
});
const x = (times: number) => 'x'.repeat(times);

describe('what a page quotes of a step', () => {
  it('must shorten ids of 64 digits, and no others', () => {
    const id = '0123456789abcdef'.repeat(4);
    expect(quoted(step(`{"Id":"${id}"}`, { what: `GET /networks/${id}` }), 'conforms')).toEqual(
      step('{"Id":"0123456789ab…"}', { what: 'GET /networks/0123456789ab…' }),
    );
    expect(quoted(step(id.slice(1)), 'conforms')).toEqual(step(id.slice(1)));
  });

  it('must cut long texts, those of what conforms sooner and its notes soonest, and say how much is missing', () => {
    expect(quoted(step(x(7000)), 'deviates').answer).toBe(`${x(4000)} … (3000 more characters in the results)`);
    expect(quoted(step(x(7000)), 'conforms').answer).toBe(`${x(900)} … (6100 more characters in the results)`);
    expect(quoted(step(x(7000), { kind: 'note' }), 'conforms').answer).toBe(`${x(300)} … (6700 more characters in the results)`);
  });

  it('must not cut what is hardly too long', () => {
    expect(quoted(step(x(1170)), 'conforms').answer).toBe(x(1170));
    expect(quoted(step(x(1171)), 'conforms').answer).toMatch(/\(271 more characters/);
  });
});
