/*
 * Lets Node load this project's TypeScript as it stands, in a checkout and below node_modules alike, on every Node that
 * is supported: no build step, nothing stale. What was compiled once is kept in the cache folder, by content.
 */
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const os = require('node:os');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const target = 'node20';
const xdg = process.env.XDG_CACHE_HOME;
const cache = path.join(xdg?.startsWith('/') ? xdg : path.join(os.homedir(), '.cache'), 'docker-network-conformance', 'compiled');

if (!require.extensions['.ts']) {
  // where Node can keep what V8 compiled (22.1 and newer), loading takes half as long
  Module.enableCompileCache?.(path.join(cache, 'v8'));
  require.extensions['.ts'] = (module, file) => module._compile(compiled(file), file);
}

function compiled(file) {
  const source = fs.readFileSync(file, 'utf8');
  const key = createHash('sha256').update(`${target}\0${file}\0${source}`).digest('hex');
  const kept = path.join(cache, `${createHash('sha256').update(file).digest('hex').slice(0, 16)}.js`);
  const mark = `//${key}\n`;
  try {
    const text = fs.readFileSync(kept, 'utf8');
    if (text.endsWith(mark)) return text;
  } catch {
    // not kept yet
  }
  const { code } = require('esbuild').transformSync(source, { loader: 'ts', format: 'cjs', target, platform: 'node', sourcefile: path.relative(root, file), sourcemap: 'inline' });
  keep(kept, `${code}\n${mark}`);
  return code;
}

/** In one step, for two runs may do it at once; a cache that cannot be written is done without. */
function keep(file, text) {
  const temporary = `${file}.${process.pid}`;
  try {
    makeFolder(path.dirname(file));
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, file);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

/** mkdir -p. Not Node's own recursive one, which never ends below /proc. */
function makeFolder(folder) {
  if (fs.existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  fs.mkdirSync(folder);
}
