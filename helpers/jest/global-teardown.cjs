'use strict';
require('../loader/typescript.cjs');
module.exports = require('./global-teardown.ts').default;
