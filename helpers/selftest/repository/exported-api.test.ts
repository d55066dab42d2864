import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../base/project';
import { textOf } from '../ci-files';
import { exportsIn, exportsOf, type Export } from '../exported-names';
import { shopSpec } from '../network/specs';
import { apiFile } from '../network/user-project';

const typesFile = 'helpers/network/types.ts';

/** Where people and programs find a name, besides where it is exported. */
interface Found {
  page: string;
  /** tests that call it */
  tests: string;
  /** what a type is declared by */
  declared: readonly Export[];
}

const found: Found = {
  page: textOf('docs/your-network.md'),
  tests: `${textOf('helpers/network/api.test.ts')}\n${shopSpec}`,
  declared: exportsOf(typesFile),
};

/** What an exported name lacks. */
function lacking(exported: readonly Export[], { page, tests, declared }: Found): string[] {
  return exported.flatMap(({ name, isType, isDocumented }) => {
    const hasComment = isType ? declared.some((it) => it.name === name && it.isDocumented) : isDocumented;
    const hasPage = isType ? page.includes(`\`${name}\``) : new RegExp(`^\\| \`${name}\` \\|`, 'm').test(page);
    // a type is tested by what takes it or gives it: all of them are named by these
    const hasTest = isType || new RegExp(`\\b${name}\\b\\(?`).test(tests);
    return [
      ...(hasComment ? [] : [`${name} has no doc comment`]),
      ...(hasPage ? [] : [`${name} is not in docs/your-network.md`]),
      ...(hasTest ? [] : [`${name} has no test`]),
    ];
  });
}

describe('what the package exports', () => {
  it('must be what package.json names, and nothing of the suite itself', () => {
    const { exports } = JSON.parse(textOf('package.json')) as { exports: Record<string, { default: string }> };
    expect(exports['.']?.default).toBe(`./dist/${apiFile.replace(/\.ts$/, '.js')}`);
    expect(exportsOf(apiFile).length).toBeGreaterThan(20);
  });

  it('must have a doc comment, a test and a place in the page', () => {
    expect(lacking(exportsOf(apiFile), found)).toEqual([]);
  });

  it('must be seen to lack one of them', () => {
    const source =
      '/** As it should be. */\nexport function reach() {}\nexport function bare() {}\nexport type { Place, Bare } from "./types";';
    const declared = exportsIn('/** A place. */\nexport interface Place {}\nexport interface Bare {}');
    expect(lacking(exportsIn(source), { ...found, declared })).toEqual([
      'bare has no doc comment',
      'bare is not in docs/your-network.md',
      'bare has no test',
      'Bare has no doc comment',
      'Bare is not in docs/your-network.md',
    ]);
  });

  it('must import nothing in its types that a user may lack', () => {
    const imported = [...readFileSync(path.join(projectRoot, apiFile), 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from);
    expect([...new Set(imported)].sort()).toEqual(['./network-key', './types', 'expect']);
    expect(textOf(typesFile)).not.toMatch(/\bfrom '/);
  });
});
