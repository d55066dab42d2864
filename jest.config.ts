/** @jest-config-loader esbuild-register */
import path from 'node:path';
import type { Config } from 'jest';
import { sourceExtension } from './helpers/base/project';
import { jestCacheFolder } from './helpers/state/temporary';

/** A path as a regular expression that it alone matches. */
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const config: Config = {
  rootDir: __dirname,
  roots: ['<rootDir>/specs'],
  testMatch: [`**/*.spec${sourceExtension}`],
  testEnvironment: '<rootDir>/helpers/jest/environment.cjs',
  globalSetup: '<rootDir>/helpers/jest/global-setup.cjs',
  globalTeardown: '<rootDir>/helpers/jest/global-teardown.cjs',
  setupFilesAfterEnv: [`<rootDir>/helpers/jest/matchers${sourceExtension}`],
  // the package is compiled, and has nothing to compile with
  transform: sourceExtension === '.ts' ? { '^.+\\.ts$': '<rootDir>/helpers/jest/transform.cjs' } : {},
  testSequencer: '<rootDir>/helpers/jest/sequencer.cjs',
  // installed as a package, the specs stand below node_modules, at whatever depth, where Jest looks for nothing by default
  haste: { retainAllFiles: true },
  testPathIgnorePatterns: [],
  transformIgnorePatterns: [`^(?!${escaped(path.join(__dirname, path.sep))}(?:specs|fixtures|helpers)/)`],
  watchman: false,
  cacheDirectory: jestCacheFolder(),
  maxWorkers: 1,
  // claims of a file that are judged at a time: most of the time they wait for the engine
  maxConcurrency: 6,
  // the suite's reporter says that nothing was selected, and fails
  passWithNoTests: true,
  reporters: [
    '<rootDir>/helpers/jest/standing-reporter.cjs',
    '<rootDir>/helpers/jest/progress-reporter.cjs',
    '<rootDir>/helpers/jest/reporter.cjs',
  ],
};

export default config;
