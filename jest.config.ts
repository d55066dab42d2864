/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';
import { jestCacheFolder } from './helpers/state/temporary';

/** How jest-junit writes the file that the reporter completes. */
export const junit = {
  outputDirectory: 'reports',
  outputName: 'junit.xml',
  suiteName: 'docker-network-conformance',
  suiteNameTemplate: '{filepath}',
  classNameTemplate: '{classname}',
  titleTemplate: '{title}',
  ancestorSeparator: ' › ',
  addFileAttribute: 'true',
  reportTestSuiteErrors: 'true',
};

const config: Config = {
  rootDir: __dirname,
  roots: ['<rootDir>/specs'],
  testMatch: ['**/*.spec.ts'],
  runner: '<rootDir>/helpers/jest/runner.cjs',
  testEnvironment: '<rootDir>/helpers/jest/environment.cjs',
  globalSetup: '<rootDir>/helpers/jest/global-setup.cjs',
  globalTeardown: '<rootDir>/helpers/jest/global-teardown.cjs',
  setupFilesAfterEnv: ['<rootDir>/helpers/jest/matchers.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/helpers/jest/transform.cjs' },
  testSequencer: '<rootDir>/helpers/jest/sequencer.cjs',
  // installed as a package, the specs stand below node_modules, where Jest looks for nothing by default
  haste: { retainAllFiles: true },
  testPathIgnorePatterns: [],
  transformIgnorePatterns: ['/node_modules/(?!docker-network-conformance/)'],
  watchman: false,
  cacheDirectory: jestCacheFolder(),
  maxWorkers: 1,
  reporters: [['jest-junit', junit], '<rootDir>/helpers/jest/reporter.cjs'],
};

export default config;
