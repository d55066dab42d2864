import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../../fixtures/claims';
import { projectRoot } from '../../base/project';
import { textOf } from '../ci-files';
import { coverageDocument, coverageTables, type CoverageRow } from '../coverage';

const tables = coverageTables();
const page = 'docs/coverage.md';

describe.each(tables.map(({ file, rows }) => [file, rows] as const))('the rows of %s', (_file, rows) => {
  const which = (wrong: (row: CoverageRow) => boolean) => rows.filter(wrong).map(({ source, says }) => `${source}: ${says}`);

  it('must name claims that exist, each once', () => {
    const ids = new Set<string>(catalogue.map(({ id }) => id));
    expect(rows.flatMap(({ claims }) => claims).filter((id) => !ids.has(id))).toEqual([]);
    expect(which(({ claims }) => new Set(claims).size < claims.length)).toEqual([]);
  });

  it('must have claims where they are covered, and none where they are not', () => {
    expect(which(({ coverage, claims }) => (coverage === 'none') !== (claims.length === 0))).toEqual([]);
  });

  it('must say what is lacking where they are covered partly, and nowhere that they are covered in full', () => {
    expect(which(({ coverage, lacks }) => coverage === 'partly' && !lacks)).toEqual([]);
    expect(which(({ coverage, lacks }) => coverage === 'full' && lacks !== undefined)).toEqual([]);
  });

  it('must count as uncovered what is argued away', () => {
    expect(which(({ coverage, argument }) => argument !== undefined && (coverage !== 'none' || argument === ''))).toEqual([]);
  });

  it('must have nothing else, say something, and each once', () => {
    expect(which((row) => Object.keys(row).some((key) => !/^(source|test|says|coverage|claims|lacks|argument)$/.test(key)))).toEqual([]);
    expect(which(({ coverage }) => !['full', 'partly', 'none'].includes(coverage))).toEqual([]);
    expect(which(({ source, says }) => source === '' || !/^[^…]/.test(says))).toEqual([]);
    const keys = rows.map(({ source, test, says }) => `${source} ${test} ${says}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });
});

describe('the page about coverage', () => {
  it('must be what the rows say; UPDATE_COVERAGE=1 writes it anew', () => {
    const document = coverageDocument(tables);
    if (process.env['UPDATE_COVERAGE'] === '1') writeFileSync(path.join(projectRoot, page), document);
    expect(textOf(page)).toBe(document);
  });
});
