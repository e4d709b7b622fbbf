import { spawnSync } from 'node:child_process';

/** Starts main.ts with module hooks that load TypeScript and count branches. */

const { status } = spawnSync(
  process.execPath,
  [
    '-C',
    '@cullstream/source',
    '--import',
    './tests/fuzz/register.js',
    'tests/fuzz/main.ts',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
