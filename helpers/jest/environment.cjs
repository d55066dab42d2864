'use strict';
require('../loader/typescript.cjs');
module.exports = require('./environment.ts');
