import { spawnSync } from 'node:child_process';

/**
 * Runs tests as a command: they read what it was told from variables, and their exit code is the command's.
 * @param {string} tests path of a file or folder
 * @param {Readonly<Record<string, string>>} variables
 */
export function runTests(tests, variables) {
  const { status } = spawnSync('npx', ['vitest', 'run', tests], {
    stdio: 'inherit',
    env: { ...process.env, ...variables },
  });
  process.exitCode = status ?? 1;
}
