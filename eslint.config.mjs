import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';
import { foreignMembers } from './.eslint/foreign-members.mjs';

/** A command at a vantage point; a regular expression is asked without waiting for it. */
const execCall = "CallExpression[callee.property.name='exec']";

/** What leaves for a terminal or a log is cleaned in one place. */
const writing = {
  selector: "MemberExpression[object.object.name='process'][object.property.name=/^std(out|err)$/][property.name='write']",
  message: 'Use print or note of helpers/base/output.ts.',
};

/** What a run keeps, runs or removes is in folders of its user's alone. */
const temporary = { name: 'node:os', importNames: ['tmpdir'], message: 'Use temporaryFolder or temporaryRoot of helpers/state.' };

export default tseslint.config(
  { ignores: ['node_modules/', 'reports/', 'dist/'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.mjs'] }, tsconfigRootDir: import.meta.dirname } },
    plugins: { suite: { rules: { 'foreign-members': foreignMembers } } },
    rules: {
      'suite/foreign-members': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `typeof import('x')` is how a package that is loaded late is typed
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // the type that the caller expects of a package or module loaded late
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-restricted-syntax': ['error', writing],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['helpers/base/output.ts', 'helpers/bench/bare-api.ts', 'helpers/bin.cjs'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['helpers/**/*.ts', 'specs/**/*.ts', 'fixtures/**/*.ts'],
    ignores: ['**/*.test.ts', 'helpers/selftest/**', 'helpers/state/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [temporary] }] },
  },
  {
    // a claim asks the world through one port, so that what it asks is evidence and can be answered again
    files: ['helpers/{claim,vantage,dns,containers,make,spec}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            temporary,
            { name: '../base/process', importNames: ['run'], message: 'Use runCommand of helpers/vantage.' },
            ...['node:child_process', 'node:http', 'node:https', 'node:net', 'node:dgram'].map((name) => ({
              name,
              message: 'Ask through ask() of helpers/world.',
            })),
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        writing,
        {
          selector: "CallExpression[callee.name=/^random(Bytes|Int|UUID)$/]:not(CallExpression[callee.name='draw'] *)",
          message: 'Draw it through draw() of helpers/world.',
        },
        {
          selector: "CallExpression[callee.name='record'] Property[key.name='kind'][value.value=/^(api|exec|cli)$/]",
          message: 'Ask through ask() of helpers/world: it makes the evidence.',
        },
      ],
    },
  },
  { files: ['helpers/vantage/{run-command,inside}.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    // a command that failed has printed nothing of worth: who does not look at its status takes that for an answer
    files: ['specs/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: `ExpressionStatement > AwaitExpression > ${execCall}`,
          message: 'The command may have failed: use mustRun, or look at its exitCode.',
        },
        {
          selector: `MemberExpression[property.name='stdout'] > AwaitExpression > ${execCall}`,
          message: 'The command may have failed: use read, or look at its exitCode.',
        },
        {
          selector:
            "VariableDeclarator[init.type='AwaitExpression'][init.argument.callee.property.name='exec'] > ObjectPattern:not(:has(Property[key.name='exitCode']))",
          message: 'The command may have failed: use read or mustRun, or look at its exitCode.',
        },
      ],
    },
  },
  {
    files: ['**/*.cjs', '**/*.mjs', '**/*.js'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      parserOptions: { projectService: false },
      globals: { require: 'readonly', module: 'writable', process: 'readonly', __dirname: 'readonly' },
    },
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'suite/foreign-members': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
);
