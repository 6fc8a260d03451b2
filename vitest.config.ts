import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What imports the package by its own name gets its sources: no build has to come first. */
const resolve = {
  alias: [{ find: /^switchover$/, replacement: join(import.meta.dirname, 'src/index.node.ts') }],
};

/**
 * For tests of real processes and browsers, which two busy cores do not always let answer in time. What is broken fails twice, and
 * whatever needed its second try is named at the end (`FLAKY:`), with what it failed of at first.
 */
const SECOND_TRY = { retry: 1 };

/** Tests are filed by the environment they need; each folder is a project. */
export default defineConfig({
  test: {
    // Two cores on the machines that run this: real processes share them with the tests.
    maxWorkers: 2,
    projects: [
      { resolve, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      {
        test: {
          name: 'node',
          ...SECOND_TRY,
          include: ['test/node/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        test: {
          name: 'browser',
          ...SECOND_TRY,
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'examples',
          ...SECOND_TRY,
          include: ['test/examples/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'react native',
          ...SECOND_TRY,
          include: ['test/reactNative/**/*.test.ts'],
          testTimeout: 60_000,
          // Metro bundles the example once for all of them.
          hookTimeout: 300_000,
        },
      },
      { test: { name: 'style', include: ['test/style/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/*.test-d.ts'],
            tsconfig: './tsconfig.json',
          },
        },
      },
      {
        test: {
          name: 'worker types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/worker/*.test-d.ts'],
            tsconfig: './tsconfig.worker.json',
          },
        },
      },
      {
        test: {
          name: 'package',
          ...SECOND_TRY,
          include: ['test/package/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
