#!/usr/bin/env node
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`docker-network-conformance needs Node.js 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(3);
}
const load = require('./loader');
load(require('node:path').join(__dirname, 'cli'), 'main').main(process.argv);
