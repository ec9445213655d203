import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may import whom; the table and its reasons are in docs/architecture.md. */
const depConstraints = [
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:testing'] },
  { sourceTag: 'type:engine', onlyDependOnLibsWithTags: ['type:contracts', 'type:domain'] },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:contracts', 'type:platform', 'type:testing'] },
  { sourceTag: 'type:client', onlyDependOnLibsWithTags: ['type:contracts', 'type:testing'] },
  {
    sourceTag: 'type:sdk',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:platform', 'type:client'],
  },
  { sourceTag: 'type:embedded', onlyDependOnLibsWithTags: ['type:contracts'] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:contracts', 'type:embedded'] },
  {
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: [
      'type:contracts',
      'type:domain',
      'type:embedded',
      'type:platform',
      'type:client',
      'type:sdk',
      'type:testing',
    ],
  },
  {
    sourceTag: 'type:standalone',
    onlyDependOnLibsWithTags: ['type:app', 'type:contracts', 'type:platform', 'type:embedded', 'type:client', 'type:testing'],
  },
  {
    sourceTag: 'type:cli',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:client', 'type:testing'],
  },
  {
    sourceTag: 'type:app',
    notDependOnLibsWithTags: ['type:app'],
    onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:engine', 'type:platform', 'type:testing'],
  },
];

const impure = [
  { group: ['node:*', '@nestjs/*', 'typeorm', 'pg', '@nats-io/*'], message: 'The core does no I/O: pass what it needs as data.' },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.jetsaga/**', '**/coverage/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  prettier,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: {
      // One program for all of it: one per project would not fit into memory.
      parserOptions: { project: 'tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { depConstraints, allow: [], banTransitiveDependencies: false }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'off',
      'no-console': 'error',
      eqeqeq: ['error', 'smart'],
    },
  },
  {
    files: ['**/src/index.ts'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'ExportAllDeclaration', message: 'A face is a hand-written list of names.' }],
    },
  },
  {
    files: ['libs/contracts/src/**/*.ts', 'libs/workflow/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: impure }],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time arrives as data.' },
        { object: 'Math', property: 'random', message: 'Randomness arrives as data.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time arrives as data.' },
        { selector: 'ExportAllDeclaration', message: 'A face is a hand-written list of names.' },
      ],
    },
  },
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { globals: { console: false, process: false, URL: false } } },
  { files: ['tools/**', 'apps/cli/**', 'apps/standalone/**'], rules: { 'no-console': 'off' } },
);
