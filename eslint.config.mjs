import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** A command at a vantage point; a regular expression is asked without waiting for it. */
const execCall = "CallExpression[callee.property.name='exec']";

export default tseslint.config(
  { ignores: ['node_modules/', 'reports/'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.mjs'] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `typeof import('x')` is how a package that is loaded late is typed
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // the type that the caller expects of a package or module loaded late
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // what leaves for a terminal or a log is cleaned in one place
      'no-restricted-syntax': ['error', { selector: "MemberExpression[object.object.name='process'][object.property.name=/^std(out|err)$/][property.name='write']", message: 'Use print or note of helpers/base/output.ts.' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['helpers/base/output.ts', 'helpers/bench/bare-api.ts', 'helpers/bin.cjs'], rules: { 'no-restricted-syntax': 'off' } },
  {
    // what a run keeps, runs or removes is in folders of its user's alone
    files: ['helpers/**/*.ts', 'specs/**/*.ts', 'fixtures/**/*.ts'],
    ignores: ['**/*.test.ts', 'helpers/selftest/**', 'helpers/state/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'node:os', importNames: ['tmpdir'], message: 'Use temporaryFolder or temporaryRoot of helpers/state.' }] }] },
  },
  {
    // a command that failed has printed nothing of worth: who does not look at its status takes that for an answer
    files: ['specs/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: `ExpressionStatement > AwaitExpression > ${execCall}`, message: 'The command may have failed: use mustRun, or look at its exitCode.' },
        { selector: `MemberExpression[property.name='stdout'] > AwaitExpression > ${execCall}`, message: 'The command may have failed: use read, or look at its exitCode.' },
        { selector: "VariableDeclarator[init.type='AwaitExpression'][init.argument.callee.property.name='exec'] > ObjectPattern:not(:has(Property[key.name='exitCode']))", message: 'The command may have failed: use read or mustRun, or look at its exitCode.' },
      ],
    },
  },
  {
    files: ['**/*.cjs', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { parserOptions: { projectService: false }, globals: { require: 'readonly', module: 'writable', process: 'readonly', __dirname: 'readonly' } },
    rules: { ...tseslint.configs.disableTypeChecked.rules, '@typescript-eslint/no-require-imports': 'off' },
  },
);
