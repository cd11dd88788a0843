import { CancellationScope, isCancellation } from '@temporalio/workflow'
import type { Outcome } from '../../src/vod/outcome.js'
import type { RunInput } from '../../src/vod/runInput.js'
import { processMediaByProcedure } from '../../src/workflows/index.js'

/** A workflow as a user writes one: several steps in it at once. */
export async function sideBySide(inputs: readonly RunInput[]): Promise<Outcome[]> {
  return Promise.all(inputs.map((input) => processMediaByProcedure(input)))
}

/** Cancels one step, and goes on. */
export async function cancelOne(input: RunInput): Promise<string> {
  const scope = new CancellationScope()
  const step = scope.run(() => processMediaByProcedure(input))
  scope.cancel()
  return step.then(
    ({ status }) => status,
    (error) => (isCancellation(error) ? 'cancelled, and the workflow lives on' : String(error)),
  )
}
