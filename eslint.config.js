import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const layers = [
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:contracts'] },
  {
    sourceTag: 'type:lib',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:lib'],
  },
  {
    sourceTag: 'type:testing',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:lib'],
  },
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:lib'],
  },
];

const environment = {
  object: 'process',
  property: 'env',
  message: 'Only main.ts knows the environment.',
};
const exit = { object: 'process', property: 'exit', message: 'Only main.ts ends the process.' };
const signals = {
  selector:
    "CallExpression[callee.object.name='process'][callee.property.name=/^(on|once|addListener)$/]",
  message: 'Only main.ts listens to the process.',
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/build/**',
      '.nx/**',
      'coverage/**',
      'reports/**',
      '.stryker/**',
      'docs/api/**',
      'libs/imaging/assembly/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.tests.json', './libs/page/tsconfig.tests.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, varsIgnorePattern: '^_', argsIgnorePattern: '^_' },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['{apps,libs}/*/src/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: layers, enforceBuildableLibDependency: false, allow: [] },
      ],
      'no-restricted-properties': ['error', environment, exit],
      'no-restricted-syntax': ['error', signals],
    },
  },
  {
    // Asymmetric matchers of expect are typed any.
    files: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    // Programs of their own.
    files: ['apps/*/src/main.ts', 'libs/broker/src/embedded/broker-guard.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    // How programs end, also where a call of the system never returns.
    files: ['libs/files/src/exit-now.ts'],
    rules: { 'no-restricted-properties': ['error', environment] },
  },
  {
    // A command says what a first and a second Ctrl-C do.
    files: ['apps/cli/src/commands/on-signals.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // Where the disk of the data folder is unplugged, a folder would be made in the empty mount point.
    files: ['apps/{extractor,embedder,predictor,writer,reporter}/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:fs', 'node:fs/promises', '@cullstream/files'].map((name) => ({
            name,
            importNames: ['mkdir', 'mkdirSync', 'makeFolder', 'unguardedFolder'],
            message: 'Services make folders with DataFolder.makeFolder.',
          })),
        },
      ],
    },
  },
  {
    files: ['libs/{contracts,domain}/src/**/*.ts', 'apps/*/src/core/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:fs*', 'node:net', 'node:child_process'], message: 'core is pure.' },
          ],
        },
      ],
    },
  },
  {
    // Read by whatever Node there is, to say that it is too old.
    files: ['apps/cli/bin/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { __dirname: 'readonly', module: 'writable', require: 'readonly' },
    },
    rules: { 'no-var': 'off' },
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: { globals: { process: 'readonly', URL: 'readonly', console: 'readonly' } },
  },
);
