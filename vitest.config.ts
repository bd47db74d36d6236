import { defineConfig } from 'vitest/config';

/**
 * Each project is a kind of guarantee. `unit` needs nothing but Node; the others start the real servers
 * that they name (test/harness) and fail, never skip, when one cannot be had.
 */
const report = process.env['ASSAY_TEST_REPORT'];

export default defineConfig({
  test: {
    pool: 'forks',
    // No guarantee is about time: a busy machine is no failure.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    setupFiles: ['test/harness/arbitrary/seed.ts'],
    // .ci/run sums what the suites passed and failed.
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/{schemas,core,services,workers,cli,verify,property}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          // On a real Sigstore (deploy/sigstore), which is built with Go before the first test.
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          globalSetup: ['test/interop/build-stack.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
