import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { projectRoot } from '../base/project';

const page = readFileSync(path.join(projectRoot, 'docs', 'failures.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| +\d+ \|/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const quoted = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, id = '']) => id);

/** What a diagnosis can name: the codes are written where they are found. */
const codes = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .flatMap((name) => [...readFileSync(path.join(__dirname, name), 'utf8').matchAll(/'([a-z]+\.[a-z-]+)'/g)].map(([, code]) => code));

describe('the page on common failures', () => {
  it('must count twenty of them', () => {
    expect(rows.map(([number]) => Number(number))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('must name claims that there are, for each of them', () => {
    const ids = catalogue.map(({ id }) => id);
    for (const [, what, , claims] of rows) {
      expect({ what, claims: quoted(claims).length > 0 }).toEqual({ what, claims: true });
      expect(ids).toEqual(expect.arrayContaining(quoted(claims)));
    }
  });

  it('must name causes that a diagnosis can name, or none', () => {
    for (const [, what, , , cause] of rows) {
      expect({ what, named: cause === '–' || quoted(cause).length > 0 }).toEqual({ what, named: true });
      expect(codes).toEqual(expect.arrayContaining(quoted(cause)));
    }
  });
});
