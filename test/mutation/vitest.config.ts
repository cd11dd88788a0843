import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** They take seconds. A mutant that another test kills never gets there. */
const slow = [
  'world.test.ts',
  'inputs-in-any-order.test.ts',
  'state.property.test.ts',
  'a-batch-fits-into-one-payload.test.ts',
  'a-result-counts-only-for-its-call.test.ts',
  'an-outcome-has-its-size.test.ts',
  'a-crowd-of-hints-is-one-look.test.ts',
]

class SlowLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification) => slow.some((name) => moduleId.endsWith(name))
    return [...files.filter((file) => !isSlow(file)), ...files.filter(isSlow)]
  }
}

/** The tests that judge a mutant: pure functions, which answer within milliseconds. */
export default defineConfig({
  test: {
    include: ['test/{contract,workflows/step,workflows/batch}/*.test.ts'],
    isolate: false,
    testTimeout: 180_000,
    sequence: { sequencer: SlowLast },
  },
})
