/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';
import { jestCacheFolder } from './helpers/state/temporary';

/** The suite's own tests: units beside their files, and runs against engines that are broken on purpose. */
const config: Config = {
  rootDir: __dirname,
  roots: ['<rootDir>/helpers', '<rootDir>/fixtures'],
  testMatch: ['**/*.test.ts'],
  // what loads a module for Jest has its name, and ends in .cjs
  moduleFileExtensions: ['ts', 'tsx', 'js', 'cjs', 'json', 'node'],
  testEnvironment: '<rootDir>/helpers/selftest/environment.cjs',
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
  cacheDirectory: jestCacheFolder(),
  maxWorkers: 2,
  testTimeout: 30_000,
};

export default config;
