'use strict';
require('../loader/typescript.cjs');
module.exports = require('./runner.ts');
