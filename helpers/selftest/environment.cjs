/* Node's environment for tests, with Node's own require for packages that Jest's module system cannot load. */
'use strict';
const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global[Symbol.for('docker-network-conformance.require')] = require;
  }
};
