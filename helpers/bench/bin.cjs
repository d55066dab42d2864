'use strict';
require('../loader');
void require('./command').main(process.argv);
