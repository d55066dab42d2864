/*
 * Mutation test of what decides verdicts: each of these files is changed in many small ways, and a change that no test
 * notices is a sentence that nothing checks. Only the unit tests beside them are run, so that a change takes a second.
 */
import path from 'node:path';

const judges = [
  'helpers/claim/{verdict,outcome,applicability,eventually}',
  'helpers/world/evidence',
  'helpers/spec/spec-runtime',
  'helpers/jest/matchers',
  'helpers/vantage/fetch',
  'helpers/run/{assemble,availability,waivers}',
  'helpers/results/verdict-summary',
  'helpers/diagnosis/{firewall,ladder,scene}',
  'helpers/diagnosis/layers/*',
];

export default {
  mutate: judges.map((file) => `${file}.ts`),
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  jest: {
    configFile: 'jest.selftest.config.ts',
    config: {
      testMatch: judges.map((file) => `<rootDir>/${file}.test.ts`),
      // by its path, for Stryker looks it up without Jest's help
      testEnvironment: path.resolve('helpers/selftest/environment.cjs'),
    },
  },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  reporters: ['progress-append-only', 'clear-text', 'html'],
  clearTextReporter: { reportTests: false },
  htmlReporter: { fileName: 'reports/mutation.html' },
  tempDirName: 'reports/mutation',
  thresholds: { high: 95, low: 85, break: 85 },
};
