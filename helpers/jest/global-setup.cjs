'use strict';
require('../loader/typescript.cjs');
module.exports = require('./global-setup.ts').default;
