'use strict';
require('../typescript.cjs');
module.exports = require('./runner.ts');
