'use strict';
require('../loader');
module.exports = require('./progress-reporter').default;
