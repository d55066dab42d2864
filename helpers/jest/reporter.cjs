'use strict';
require('../typescript.cjs');
module.exports = require('./reporter.ts');
