import {
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow'
import type { Outcome } from '../../src/vod/outcome.js'
import type { RunInput } from '../../src/vod/stepInput.js'
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

/** Fails once after its step, and is run again by its retry policy. */
export async function failsOnce(input: RunInput): Promise<Outcome> {
  const outcome = await processMediaByProcedure(input)
  if (workflowInfo().attempt === 1) throw ApplicationFailure.retryable('once more')
  return outcome
}

/** Goes on as new, and has the same step again. */
export async function continues(input: RunInput, again = true): Promise<Outcome> {
  const outcome = await processMediaByProcedure(input)
  return again ? continueAsNew<typeof continues>(input, false) : outcome
}
