import { describe, expect, it } from '@jest/globals';
import { displayWidth, escapeMarkup, formatDuration, oneLine, plain, truncate, wrap } from './text';

describe('text', () => {
  it('loses control characters and keeps everything that can be read', () => {
    expect(plain('\u001b[31mred\u001b[0m\u0000\u0007 a\tb\r\nc 😀 한국어')).toBe('red a\tb\nc 😀 한국어');
    expect(plain('half \ud83d of an emoji \u202e')).toBe('half  of an emoji ');
    expect(oneLine('  a\n\n b\t')).toBe('a b');
  });

  it('is as wide as a terminal shows it', () => {
    expect(displayWidth('abc')).toBe(3);
    expect(displayWidth('한국어')).toBe(6);
    expect(displayWidth('✓ – … → │')).toBe(9);
    expect(displayWidth('👩‍👩‍👧 é')).toBe(4);
  });

  it('is cut and wrapped within its width, without losing a character', () => {
    expect(truncate('한국어 network', 7)).toBe('한국어…');
    expect(truncate('short', 5)).toBe('short');
    expect(wrap('one two three\n\nfour', 8)).toEqual(['one two', 'three', '', 'four']);
    expect(wrap('x'.repeat(20), 8)).toEqual(['x'.repeat(8), 'x'.repeat(8), 'xxxx']);
    expect(wrap('한국', 1)).toEqual(['한', '국']);
    expect(wrap('    indented words', 8)).toEqual(['    inde', 'nted', 'words']);
  });

  it('is escaped for elements and attributes alike', () => {
    expect(escapeMarkup(`<a b="c" d='e'>&\n`)).toBe('&#60;a b=&#34;c&#34; d=&#39;e&#39;&#62;&#38;&#10;');
  });

  it('tells durations as people read them', () => {
    expect([0, 999.4, 1000, 59_900, 59_960, 125_000].map(formatDuration)).toEqual([
      '0 ms',
      '999 ms',
      '1.0 s',
      '59.9 s',
      '1 min 0 s',
      '2 min 5 s',
    ]);
  });
});
