'use strict';
require('../typescript.cjs');
module.exports = require('./environment.ts');
