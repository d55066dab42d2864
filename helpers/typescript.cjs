/* Lets Node load this project's TypeScript as it stands, in a checkout and below node_modules alike: no build step, nothing stale. */
'use strict';
if (!process[Symbol.for('docker-network-conformance.typescript')]) {
  process[Symbol.for('docker-network-conformance.typescript')] = true;
  require('esbuild-register/dist/node').register({ target: 'node20', extensions: ['.ts'], hookIgnoreNodeModules: false });
}
