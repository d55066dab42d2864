/*
 * Jest's reporter of a run that a matrix started: it tells how many claims have their verdict.
 */
'use strict';
const load = require('../loader');
const { tellMatrix } = load(__dirname, 'run-progress');

module.exports = class {
  onTestCaseResult() {
    void tellMatrix({ kind: 'judged', claims: 1 });
  }

  /** Claims that do not apply are not run, and so are in none of the calls above. */
  onTestFileResult(_test, { numPendingTests }) {
    void tellMatrix({ kind: 'judged', claims: numPendingTests });
  }
};
