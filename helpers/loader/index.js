/*
 * Loads modules of this project. In a checkout they are TypeScript, loaded as they stand; the package is compiled, and has
 * nothing to load TypeScript with.
 */
'use strict';
const { existsSync } = require('node:fs');
const path = require('node:path');

const isCheckout = existsSync(path.join(__dirname, 'typescript.cjs'));
if (isCheckout) require('./typescript.cjs');

/**
 * By its path without the extension, which is not left to Node: of two files with one name Jest makes it take the one that
 * ends in .cjs.
 */
module.exports = (folder, name) => require(path.join(folder, `${name}${isCheckout ? '.ts' : '.js'}`));
