import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

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
      'no-restricted-syntax': ['error', { selector: "MemberExpression[object.object.name='process'][object.property.name=/^std(out|err)$/][property.name='write']", message: 'Use print or note of helpers/output.ts.' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['helpers/output.ts', 'helpers/bench/bare-api.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    // what a run keeps, runs or removes is in folders of its user's alone
    files: ['helpers/**/*.ts', 'specs/**/*.ts', 'fixtures/**/*.ts'],
    ignores: ['**/*.test.ts', 'helpers/selftest/**', 'helpers/state/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'node:os', importNames: ['tmpdir'], message: 'Use temporaryFolder or temporaryRoot of helpers/state.' }] }] },
  },
  {
    files: ['**/*.cjs', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { parserOptions: { projectService: false }, globals: { require: 'readonly', module: 'writable', process: 'readonly', __dirname: 'readonly' } },
    rules: { ...tseslint.configs.disableTypeChecked.rules, '@typescript-eslint/no-require-imports': 'off' },
  },
);
