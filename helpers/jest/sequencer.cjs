/*
 * Spec files run in the order of their names: the same in every run. Those of the document come first, before any other
 * container of the run has left a gap: there the addresses of two containers are compared.
 */
'use strict';
const path = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

const document = `${path.sep}document${path.sep}`;
const key = ({ path: file }) => `${file.includes(document) ? 0 : 1}${file}`;

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((one, other) => (key(one) < key(other) ? -1 : 1));
  }
};
