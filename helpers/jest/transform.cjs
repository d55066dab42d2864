/*
 * ts-jest, loaded only when something is not in Jest's cache: it brings the TypeScript compiler with it, whose loading
 * takes a quarter of a second in every run, whether there is anything to compile or not.
 */
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..', '..');
const versionOf = (name) => JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')).version;

let transformer;
function tsJest() {
  transformer ??= require('ts-jest').default.createTransformer({ tsconfig: path.join(root, 'tsconfig.json') });
  return transformer;
}

let settings;
/** What the outcome of a compilation depends on, besides the file and Jest's own configuration. */
function compiledWith() {
  settings ??= [readFileSync(path.join(root, 'tsconfig.json')), versionOf('ts-jest'), versionOf('typescript'), process.version].join('\0');
  return settings;
}

module.exports = {
  getCacheKey(source, file, { configString, instrument }) {
    return createHash('sha256')
      .update([source, path.relative(root, file), configString, instrument, compiledWith()].join('\0'))
      .digest('hex');
  },
  process(source, file, options) {
    return tsJest().process(source, file, options);
  },
};
