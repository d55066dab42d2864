/*
 * Lets Node load this project's TypeScript as it stands, in a checkout and below node_modules alike, on every Node that
 * is supported: no build step, nothing stale. What was compiled once is kept in the cache folder, by content.
 */
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { compiledFolder } = require('../state/closed-folder.cjs');

const root = path.resolve(__dirname, '..', '..');
const target = 'node20';

// not by whether there is a loader: Jest leaves the one behind that it reads its own configuration with
const ours = Symbol.for('docker-network-conformance.typescript');
// what lies there is run: where others could have put it there, nothing is kept and nothing taken
const cache = compiledFolder();
if (!require.extensions['.ts']?.[ours]) {
  // where Node can keep what V8 compiled (22.1 and newer), loading takes half as long
  if (cache !== undefined) Module.enableCompileCache?.(path.join(cache, 'v8'));
  require.extensions['.ts'] = Object.assign((module, file) => module._compile(compiled(file), file), { [ours]: true });
}

function compiled(file) {
  const source = fs.readFileSync(file, 'utf8');
  // one kept file per place in the project, so that many checkouts need no more room than one
  const place = path.relative(root, file);
  const key = createHash('sha256').update(`${target}\0${place}\0${source}`).digest('hex');
  const kept = cache === undefined ? undefined : path.join(cache, `${place.replaceAll(path.sep, '+')}.js`);
  const mark = `//${key}\n`;
  const text = kept === undefined ? '' : read(kept);
  if (text.endsWith(mark)) return text;
  const { code } = require('esbuild').transformSync(source, { loader: 'ts', format: 'cjs', target, platform: 'node', sourcefile: place, sourcemap: 'inline' });
  if (kept !== undefined) keep(kept, `${code}\n${mark}`);
  return code;
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    // not kept yet
    return '';
  }
}

/** In one step, for two runs may do it at once; a cache that cannot be written is done without. */
function keep(file, text) {
  const temporary = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}
