'use strict';
require('../loader');
module.exports = require('./global-setup').default;
