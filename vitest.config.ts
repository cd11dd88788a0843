import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { FailuresLast } from './test/support/failuresLast.js'

/** Pure functions, the local VOD, sockets: no Temporal server, no browser. */
const pure = [
  'test/contract/**',
  'test/vod/**',
  'test/emulator/**',
  'test/callbacks/**',
  'test/house/**',
  'test/docs/**',
  'test/operate/{audit,codec,probe,report}/**',
  'test/explore/**',
  'test/chaos/**',
  'test/workflows/step/**',
  'test/workflows/batch/**',
]
const browser = ['test/browser/**']

/** What a user tries: the README with the packed package in an empty folder, and every example. `npm run walk`, not `make test`. */
const walk = ['test/walk/**']

/** It breaks Temporal's SDK in its process. Once in a while, a process in which other files had run ended with it. */
const alone = ['test/workflows/an-sdk-that-lacks-a-member-is-refused.test.ts']

/** Those that take long, most of it waiting. */
const long = [
  'test/cli/dev-always-ends.test.ts',
  'test/examples/python.test.ts',
  'test/system/a-batch-counts-right-under-kills.test.ts',
  'test/system/a-large-split-is-whole.test.ts',
  'test/system/a-template-changes-under-a-lost-answer.test.ts',
  'test/system/after-a-cancel-nothing-is-sent.test.ts',
  'test/system/an-operator-touches-a-pending-submit.test.ts',
  'test/system/an-upload-is-paid-once.test.ts',
  'test/system/outcomes-are-what-the-books-say.test.ts',
  'test/system/processes-die.test.ts',
  'test/system/right-under-every-answer.test.ts',
  'test/system/the-night-shift.test.ts',
  'test/telemetry/a-bad-secret-is-named-and-not-shown.test.ts',
  'test/workflows/the-fuzzer-finds-nothing-by-name.test.ts',
  'test/workflows/simulated-days.test.ts',
]

/** In a fresh clone, vitest knows no durations and starts large files first. A long file that starts last keeps all others waiting. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => long.some((path) => moduleId.endsWith(path))
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

/** A condition that is waited for holds within moments. On a busy machine a moment takes a hundred times as long. */
const expect = { poll: { timeout: 60_000, interval: 50 } }
const testTimeout = 180_000
const hookTimeout = 240_000

/**
 * Every file that needs a Temporal server starts one of its own, which takes half a second of processor time. Without isolation modules
 * are loaded once for many files, where loading them took a third of the time.
 */
export default defineConfig({
  test: {
    // Most tests wait for a server, a timer or a process more than they compute; each may have a Temporal server, which needs memory.
    maxWorkers: Math.min(6, 3 * availableParallelism()),
    globalSetup: 'test/support/prepare.ts',
    reporters: ['default', new FailuresLast()],
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: 'pure',
          include: pure.map((folder) => `${folder}/*.test.ts`),
          testTimeout,
          hookTimeout,
          isolate: false,
          expect,
        },
      },
      {
        test: {
          name: 'temporal',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, ...browser, ...walk, ...alone],
          testTimeout,
          hookTimeout,
          isolate: false,
          expect,
        },
      },
      {
        test: {
          name: 'isolated',
          include: ['test/browser/*.test.ts', ...alone],
          testTimeout,
          hookTimeout,
          expect,
        },
      },
      {
        test: {
          name: 'walk',
          include: ['test/walk/*.test.ts'],
          testTimeout,
          hookTimeout,
          expect,
        },
      },
    ],
  },
})
