'use strict';
const load = require('../loader');
module.exports = load(__dirname, 'reporter');
