'use strict';
const load = require('../loader');
void load(__dirname, 'command').main(process.argv);
