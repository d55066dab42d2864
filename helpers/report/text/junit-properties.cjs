/* What jest-junit asks for the properties of a test case: they stand in the case already (helpers/report/text/junit.ts). */
'use strict';
module.exports = ({ properties }) => properties;
