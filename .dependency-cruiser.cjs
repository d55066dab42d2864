/*
 * The folders of helpers/, from the lowest to the highest: each may use those before it and none after it, whether it
 * takes a value or a type of theirs, at once or late. docs/architecture.md says what each is for.
 */
'use strict';

const layers = [
  'base',
  'state',
  'loader',
  'results',
  'world',
  'claim',
  'engine',
  'vantage',
  'dns',
  'lab',
  'containers',
  'make',
  'diagnosis',
  'mutants',
  'faults',
  'spec',
  'report',
  'run',
  'trace',
  'network',
  'matrix',
  'kill-matrix',
  'cli',
  'jest',
  'bench',
  'package',
];

const anyOf = (folders) => `^helpers/(?:${folders.join('|')})/`;

const upward = layers.slice(0, -1).map((folder, place) => ({
  name: `${folder}-uses-what-is-above-it`,
  comment: 'Move what both need to the lower folder, or have the upper one hand it down.',
  severity: 'error',
  from: { path: anyOf([folder]) },
  to: { path: anyOf([...layers.slice(place + 1), 'selftest']) },
}));

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'folder-without-a-place',
      comment: 'Give the new folder its place in the list of .dependency-cruiser.cjs, and a line in docs/architecture.md.',
      severity: 'error',
      from: { path: '^helpers/[^/]+/', pathNot: anyOf([...layers, 'selftest']) },
      to: {},
    },
    {
      name: 'entry-points-are-used-by-nobody',
      comment: 'What stands in helpers/ itself is for specs and for the shell.',
      severity: 'error',
      from: { path: '^helpers/[^/]+/', pathNot: '^helpers/selftest/' },
      to: { path: '^helpers/[^/]+$' },
    },
    { name: 'circle-of-files', severity: 'error', from: {}, to: { circular: true } },
    { name: 'circle-of-folders', scope: 'folder', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    includeOnly: '^helpers/',
    // tests stand beside what they test, and may use everything
    exclude: { path: '\\.test\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.cts', '.js', '.cjs', '.d.cts', '.json'] },
  },
};
