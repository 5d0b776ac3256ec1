import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules'] },
  { files: ['**/*.ts'], extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked] },
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true } },
    settings: { 'import-x/extensions': ['.ts'], 'import-x/resolver': { typescript: true } },
    rules: {
      'import-x/no-cycle': 'error',
      // Indexing with ['name'] is how noUncheckedIndexedAccess objects and environment variables read best.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
    },
  },
  {
    // Only one file starts processes.
    files: ['src/**/*.ts'],
    ignores: ['src/process.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'execa', message: 'use the Processes port (src/process.ts)' }] },
      ],
    },
  },
  {
    // The domain never prints and never reads the process; commands, ui and the composition root may.
    files: ['src/**/*.ts'],
    ignores: ['src/commands/**', 'src/ui/**', 'src/*-command.ts', 'src/command-not-found.ts', 'src/main.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'pass variables in' },
        { object: 'process', property: 'argv', message: 'pass options in' },
        { object: 'process', property: 'stdout', message: 'emit an event' },
        { object: 'process', property: 'stderr', message: 'emit an event' },
      ],
    },
  },
);
