import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const unit = [
  'test/vod/**',
  'test/emulator/**',
  'test/callbacks/**',
  'test/house/**',
  'test/audit/**',
  'test/codec/**',
  'test/report/**',
  'test/docs/**',
  'test/probe/**',
  'test/workflows/step/**',
  'test/workflows/library/**',
]
const browser = ['test/browser/**']

/** Every file that needs a Temporal server starts one of its own, which takes a quarter of a second. */
export default defineConfig({
  test: {
    // Most tests wait for a server, a timer or a process more than they compute.
    maxWorkers: 2 * availableParallelism(),
    globalSetup: 'test/support/build.ts',
    projects: [
      { test: { name: 'unit', include: unit.map((folder) => `${folder}/*.test.ts`), testTimeout: 30_000 } },
      {
        test: {
          name: 'temporal',
          include: ['test/**/*.test.ts'],
          exclude: [...unit, ...browser],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
})
