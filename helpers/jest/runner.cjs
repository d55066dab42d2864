'use strict';
require('../loader');
module.exports = require('./runner');
