'use strict';
require('../loader');
module.exports = require('./global-teardown').default;
