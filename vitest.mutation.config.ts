import { defineConfig } from 'vitest/config';

const resolve = {
  conditions: ['@cullstream/source'],
  // Packages are linked to the checkout: what is mutated is a copy of it.
  alias: [
    { find: /^@cullstream\/(\w+)$/, replacement: `${import.meta.dirname}/libs/$1/src/index.ts` },
  ],
};

/** The unit tests of what is mutated. */
export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    include: ['apps/*/src/core/**/*.test.ts', 'libs/{domain,cache,report,runs}/src/**/*.test.ts'],
    setupFiles: ['tests/support/compare-bytes.ts'],
    isolate: false,
    testTimeout: 20_000,
  },
});
