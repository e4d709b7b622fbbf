import nx from '@nx/eslint-plugin';
import parser from '@typescript-eslint/parser';

/** Which kinds of packages a package may use. All rules about code itself are in .oxlintrc.json. */
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

const signals = {
  selector:
    "CallExpression[callee.object.name='process'][callee.property.name=/^(on|once|addListener)$/]",
  message: 'Only main.ts listens to the process.',
};

export default [
  { ignores: ['**/dist/**', '**/build/**', '.nx/**', 'coverage/**', 'reports/**', '.stryker/**'] },
  {
    files: ['{apps,libs}/*/src/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parser },
    // What it does not know, oxlint does: comments that switch such a rule off are for oxlint.
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: layers, enforceBuildableLibDependency: false, allow: [] },
      ],
      'no-restricted-syntax': ['error', signals],
    },
  },
  {
    // Programs of their own, and the command that says what a first and a second Ctrl-C do.
    files: [
      'apps/*/src/main.ts',
      'libs/broker/src/embedded/broker-guard.ts',
      'apps/cli/src/commands/on-signals.ts',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
];
