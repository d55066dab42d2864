import { describe, expect, it } from '@jest/globals';
import { textOf } from '../ci-files';
import { documents } from '../documents';
import { exportedNames } from '../exported-names';

const glossary = textOf('docs/glossary.md');
const [used = '', unused = ''] = glossary.split('## Not used');

const cells = (text: string) =>
  [...text.matchAll(/^\| ([^|]+) \| ([^|]+) \|/gm)].map(([, first = '', second = '']) => [first, second] as const);
const terms = cells(used)
  .map(([term]) => term)
  .filter((term) => term !== 'word');
/** Words that are not used, and what stands for them. */
const replaced = cells(unused).flatMap(([words, instead]) =>
  words === 'not' ? [] : words.split(', ').map((word) => [word, instead] as const),
);

const names = ['helpers', 'fixtures', 'specs'].flatMap(exportedNames);
const hasWord = (text: string, word: string) => new RegExp(`(?<!\\w)${word.replaceAll(' ', '\\s')}(?:e?s)?(?!\\w)`, 'i').test(text);

describe('the glossary', () => {
  it('must say each word once', () => {
    expect(terms.length).toBeGreaterThan(30);
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
  });

  it('must have words that code or documents use', () => {
    const prose = documents.filter((file) => file !== 'docs/glossary.md').map(textOf);
    expect(terms.filter((term) => !names.some(({ words }) => hasWord(words, term)) && !prose.some((text) => hasWord(text, term)))).toEqual(
      [],
    );
  });

  it('must hold what the code exports, and the names of its files', () => {
    expect(names.length).toBeGreaterThan(500);
    const wrong = replaced.flatMap(([word, instead]) =>
      names.filter(({ words }) => hasWord(words, word)).map(({ words, file }) => `${file}: "${words}" has ${word}; say ${instead}`),
    );
    expect(wrong).toEqual([]);
  });

  it('must see a word that is not used', () => {
    expect(hasWord('known tidings', 'tidings')).toBe(true);
    expect(hasWord('cables', 'cable')).toBe(true);
    expect(hasWord('applicable', 'cable')).toBe(false);
  });
});
