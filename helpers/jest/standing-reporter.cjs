'use strict';
require('../loader/typescript.cjs');
module.exports = require('./standing-reporter.ts').default;
