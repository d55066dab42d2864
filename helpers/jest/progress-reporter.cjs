'use strict';
require('../loader/typescript.cjs');
module.exports = require('./progress-reporter.ts').default;
