#!/usr/bin/env node
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`docker-network-conformance needs Node.js 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(3);
}
const path = require('node:path');
// of the package, this file alone stands where a checkout has it: the rest is compiled, in dist/
const standsWithTheRest = require('node:fs').existsSync(path.join(__dirname, 'loader'));
const helpers = standsWithTheRest ? __dirname : path.join(__dirname, '..', 'dist', 'helpers');
require(path.join(helpers, 'loader'))(path.join(helpers, 'cli'), 'main').main(process.argv);
