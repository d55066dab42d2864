/*
 * Lets Node load this project's TypeScript as it stands in a checkout, on every Node that is supported: no build step,
 * nothing stale. The compiler is the one that ts-jest has for the specs. What was compiled once is kept in the cache
 * folder, by content; nothing else needs the compiler, whose loading takes a quarter of a second.
 */
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { compiledFolder, ofCheckout } = require('../state/closed-folder.cjs');

const root = path.resolve(__dirname, '..', '..');
const tsconfig = path.join(root, 'tsconfig.json');
/** A module is to know its own place, and not that of what was compiled from it. */
const banner = '"use strict"; __filename = module.filename; __dirname = module.path;';
let everything;
/** What the outcome of a compilation depends on, besides the file. */
const settings = () =>
  (everything ??= [
    banner,
    fs.readFileSync(tsconfig, 'utf8'),
    JSON.parse(fs.readFileSync(require.resolve('typescript/package.json'), 'utf8')).version,
  ].join('\0'));

// not by whether there is a loader: Jest leaves the one behind that it reads its own configuration with
const ours = Symbol.for('docker-network-conformance.typescript');
// what lies there is run: where others could have put it there, nothing is kept and nothing taken
const cache = compiledFolder();
const folder = cache === undefined ? undefined : ofCheckout(cache, root);
if (!require.extensions['.ts']?.[ours]) {
  // where Node can keep what V8 compiled (22.1 and newer), loading takes half as long
  if (cache !== undefined) Module.enableCompileCache?.(path.join(cache, 'v8'));
  if (folder !== undefined && !fs.existsSync(folder)) makeRoom();
  process.setSourceMapsEnabled(true);
  require.extensions['.ts'] = Object.assign(load, { [ours]: true });
}

/** What throws, Node and Jest look for a script's source map in the file of its name: so that is the kept one. */
function load(module, file) {
  const kept = folder === undefined ? undefined : path.join(folder, `${path.relative(root, file).replaceAll(path.sep, '+')}.js`);
  // not the module's own: Jest puts one there that compiles once more, while it loads an environment
  Module.prototype._compile.call(module, compiled(file, kept), kept ?? file);
}

function compiled(file, kept) {
  const source = fs.readFileSync(file, 'utf8');
  const key = createHash('sha256').update(`${settings()}\0${source}`).digest('hex');
  const mark = `//${key}\n`;
  const text = kept === undefined ? '' : read(kept);
  if (text.endsWith(mark)) return text;
  const code = transpile(source, file);
  if (kept !== undefined) keep(kept, `${code}\n${mark}`);
  return code;
}

/** As ts-jest does it: a module at a time (isolatedModules), without looking at types. */
function transpile(source, file) {
  const ts = require('typescript');
  const { compilerOptions } = ts.parseConfigFileTextToJson(tsconfig, fs.readFileSync(tsconfig, 'utf8')).config;
  const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, root);
  const code = ts.transpile(
    source,
    {
      ...options,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      noEmit: false,
      inlineSourceMap: true,
      sourceRoot: path.dirname(file),
    },
    file,
  );
  return code.replace(/^"use strict";/, banner);
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

/** Makes the folder of this checkout, and removes those of checkouts that are no more. */
function makeRoom() {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
    fs.symlinkSync(root, path.join(folder, 'of'));
    for (const other of fs.readdirSync(cache, { withFileTypes: true }).filter((it) => it.isDirectory())) {
      const of = path.join(cache, other.name, 'of');
      if (fs.lstatSync(of, { throwIfNoEntry: false }) && !fs.existsSync(of)) fs.rmSync(path.dirname(of), { recursive: true, force: true });
    }
  } catch {
    // another run was faster, or nothing can be kept
  }
}
