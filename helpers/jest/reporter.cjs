'use strict';
require('../loader');
module.exports = require('./reporter');
