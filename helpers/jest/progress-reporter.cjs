'use strict';
require('../typescript.cjs');
module.exports = require('./progress-reporter.ts').default;
