/*
 * Makes dist/, which is what is published: JavaScript with types, the files that are used as they are, and the page's
 * program. A checkout needs none of it.
 */
'use strict';
const { execFileSync } = require('node:child_process');
const { cpSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..', '..');
const target = path.join(root, 'dist');
/** Folders of helpers/ for those who work on the suite. */
const notPublished = ['bench', 'package', 'selftest'];
/** What compiles, and what Jest reads in a checkout alone. */
const notUsed = ['helpers/loader/typescript.cjs', 'helpers/jest/transform.cjs'];

function isUsedAsItIs(file) {
  const place = path.relative(root, file).split(path.sep).join('/');
  if (notUsed.includes(place)) return false;
  return !/\.(?:ts|tsx|css)$/.test(place) && !place.endsWith('page/tsconfig.json');
}

function copy(folder) {
  cpSync(path.join(root, folder), path.join(target, folder), {
    recursive: true,
    filter: (from) => !notPublished.some((name) => from === path.join(root, 'helpers', name)) && isUsedAsItIs(from),
  });
}

rmSync(target, { recursive: true, force: true });
execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--project', path.join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
for (const folder of ['helpers', 'fixtures']) copy(folder);
const load = require('../loader');
const { buildPage, pageFile } = load(path.join(__dirname, '..', 'report', 'html'), 'bundle');
const page = path.join(target, path.relative(root, pageFile));
mkdirSync(path.dirname(page), { recursive: true });
writeFileSync(page, JSON.stringify(buildPage()));
const claims = load(path.join(root, 'fixtures', 'claims'), 'kept');
writeFileSync(path.join(target, path.relative(root, claims.claimsFile)), JSON.stringify(claims.claimsOfSpecs()));
