/* In a checkout TypeScript is loaded as it stands. The package is compiled, and has nothing to load it with. */
'use strict';
const { existsSync } = require('node:fs');
const path = require('node:path');

if (existsSync(path.join(__dirname, 'typescript.cjs'))) require('./typescript.cjs');
