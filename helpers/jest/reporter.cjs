'use strict';
require('../loader/typescript.cjs');
module.exports = require('./reporter.ts');
