/*
 * Spec files run in the order of their names: the same in every run, and the two containers whose addresses are compared
 * come first, before any other container of the run has left a gap.
 */
'use strict';
const Sequencer = require('@jest/test-sequencer').default;

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((one, other) => (one.path < other.path ? -1 : 1));
  }
};
