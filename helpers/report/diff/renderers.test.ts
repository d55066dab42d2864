import { describe, expect, it } from '@jest/globals';
import { sampleResults } from '../../results/sample-results';
import { displayWidth } from '../../base/text';
import { changesByKind, compareResults } from './compare';
import { kindWords } from '../../results/change-kind';
import { diffMarkdown } from './markdown';
import { sampleComparison } from './sample-comparison';
import { diffTerminal } from './terminal';

const comparison = sampleComparison();
const terminal = diffTerminal(comparison, { color: false, width: 100 });
const markdown = diffMarkdown(comparison);
const same = compareResults(sampleResults(), sampleResults());
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0009\u000b-\u001f]/;

describe('both renderers', () => {
  it.each([
    ['terminal', terminal],
    ['markdown', markdown],
  ])('name every kind and every claim in the same order: %s', (_, text) => {
    const wanted = changesByKind(comparison).flatMap(({ kind, changes }) => [kindWords[kind].heading, ...changes.map(({ id }) => id)]);
    const places = wanted.reduce<number[]>((found, word) => [...found, text.indexOf(word, (found.at(-1) ?? -1) + 1)], []);
    expect(places).not.toContain(-1);
    expect(text.replace(/\s+/g, ' ')).toContain(
      '1 regressed · 1 improved · 1 superseded · 1 introduced · 1 changed otherwise · 1 not compared · 1 new · 1 gone · 1 unchanged (1 conform)',
    );
  });

  it('say that nothing changed', () => {
    for (const text of [diffTerminal(same, { color: false, width: 100 }), diffMarkdown(same)]) {
      expect(text).toContain('Nothing changed: 10 unchanged (2 conform, 2 deviate, 4 not applicable, 1 blocked, 1 error)');
    }
  });

  it('let no control character through', () => {
    expect(terminal).not.toMatch(controls);
    expect(markdown).not.toMatch(controls);
  });
});

describe('diffTerminal', () => {
  it('shows both sides with verdict, reason and evidence', () => {
    const [, rest = ''] = terminal.split('mac.derived');
    expect(rest.split('•')[0]).toMatch(
      /before {2}✓ conforms\n {13}engine API: GET \/networks\/bridge → \{"MacAddress":"02:42:ac:11:00:02"\}\n {5}after {3}– not applicable: superseded in 28\.0\.0 \(MAC addresses/,
    );
    expect(terminal).toMatch(/young \(must\)\n {5}after {3}✓ conforms\n/);
  });

  it.each([40, 80, 120])('stays within %d columns', (width) => {
    for (const line of diffTerminal(comparison, { color: false, width }).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });

  it('has no line that a CI system takes for a command, and colours only where they are wanted', () => {
    for (const width of [40, 41, 42, 43, 60]) expect(diffTerminal(comparison, { color: false, width })).not.toMatch(/^\s*::/m);
    expect(diffTerminal(comparison, { color: true, width: 100 })).toContain('\u001b[1mRegressed\u001b[22m');
  });
});

describe('diffMarkdown', () => {
  it('has as many cells in every row as in its head', () => {
    for (const row of markdown.split('\n').filter((line) => line.startsWith('|'))) expect(row.match(/(?<!\\)\|/g)).toHaveLength(4);
  });

  it('lets no markup of others through', () => {
    expect(markdown.match(/<[a-z/]+/g)?.every((tag) => tag === '<br')).toBe(true);
    expect(markdown).toContain('&#60;script&#62;');
  });
});
