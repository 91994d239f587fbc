import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

// The engine and the case shell replay: whatever reads a clock, a random source or the host's locale is banned there.
const nonDeterministic = ['Date', 'Intl', 'Temporal', 'performance', 'crypto', 'process', 'setTimeout', 'fetch'];

const sharedByCases = [
  'Program > VariableDeclaration',
  'Program > ExportNamedDeclaration > VariableDeclaration',
].flatMap((declaration) => [
  { selector: `${declaration}[kind="let"]`, message: 'All cases would share it.' },
  {
    selector: `${declaration} > VariableDeclarator > NewExpression[callee.name=/^(Weak)?(Map|Set)$/][arguments.length=0]`,
    message: 'All cases would share it.',
  },
]);

export default defineConfig(
  {
    ignores: ['**/build/', '**/.svelte-kit/', 'coverage/', '.data/', 'ui/src/lib/paraglide/', '**/*.gen.ts'],
  },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', '.dependency-cruiser.js'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
  },
  { files: ['**/*.ts', '**/*.js'], ignores: ['ui/src/**'], languageOptions: { globals: globals.node } },
  { files: ['ui/src/**'], languageOptions: { globals: globals.browser } },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['fixme', 'xxx', 'hack'], location: 'anywhere' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // TypeScript knows the globals; no-undef only gets types wrong.
    files: ['**/*.ts', '**/*.svelte'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['**/*.test.ts', '**/*.spec.ts'],
    rules: {
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      // A describe block is a function to the linter, not to a reader.
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['workflows/engine/**/*.ts', 'workflows/shell/**/*.ts', 'workflows/case.ts', 'workflows/messages.ts'],
    ignores: ['**/*.test.ts', 'workflows/shell/clock.ts'],
    rules: { 'no-restricted-globals': ['error', ...nonDeterministic] },
  },
  {
    // Modules of the sandbox are loaded once for all cases (server/services/bundle-cache.ts). The four are caches of pure functions.
    files: ['workflows/engine/**/*.ts', 'workflows/shell/**/*.ts', 'workflows/*.ts'],
    ignores: [
      '**/*.test.ts',
      '**/*testing*.ts',
      'workflows/engine/{compile,mapping,feel-syntax}.ts',
      'workflows/engine/calendar/zone.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...sharedByCases] },
  },
  {
    // In Svelte templates ESLint's parser loses types that svelte-check sees: leave `any` to svelte-check.
    files: ['**/*.svelte'],
    rules: {
      'max-lines': ['error', { max: 150, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // One `await import()` or one promise in markup is shown by {#await}, which handles its failure.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  { files: ['**/*.js'], extends: [ts.configs.disableTypeChecked] },
);
