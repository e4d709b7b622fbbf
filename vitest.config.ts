import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const resolve = { conditions: ['@cullstream/source'] };
const ssr = { resolve };
const setupFiles = ['compare-bytes', 'leave-certificates-out'].map(
  (name) => `tests/support/${name}.ts`,
);
/** A busy machine takes longer than the second that is waited by default. */
const expect = { poll: { timeout: 30_000 } };
/** They compare how fast things are: after all others, with nothing beside them. */
const alone = [
  'tests/spread.test.ts',
  'tests/bench-smoke.test.ts',
  'tests/page/large-gallery.test.ts',
];
/** Packing puts copies of programs where a command of this checkout would find them. */
const last = ['tests/packed-command.test.ts'];

export default defineConfig({
  test: {
    // A test may start a dozen processes, and wait for them: with more files at a time, all take longer.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          setupFiles,
          expect,
          include: ['{apps/*,libs/*,bench}/src/**/*.test.ts'],
          testTimeout: 60_000,
          // None leaves anything behind; loading all modules anew for each file takes longer than most tests.
          isolate: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          setupFiles,
          expect,
          include: ['{apps,libs}/*/tests/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [...alone, ...last],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxConcurrency: 2,
          // They work on folders and processes of their own; what they import is loaded once a worker.
          isolate: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'alone',
          setupFiles,
          expect,
          include: alone,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'last',
          setupFiles,
          expect,
          include: last,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
