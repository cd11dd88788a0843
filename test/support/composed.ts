import {
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  executeChild,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow'
import type { Outcome } from '../../src/contract/outcome.js'
import type { RunInput } from '../../src/contract/stepInput.js'
import { processMediaByProcedure } from '../../src/workflows/index.js'

/** Served by the user's worker too, under the name that ours has. */
export { processMediaByProcedure }

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
    (error) => (isCancellation(error) ? 'canceled, and the workflow lives on' : String(error)),
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

/** In child workflows: on the queue of vodflow's own worker, or on their own. */
export async function inChildren(
  inputs: readonly RunInput[],
  taskQueues: readonly string[],
): Promise<Outcome[]> {
  return Promise.all(
    inputs.map((input, index) => {
      const taskQueue = taskQueues[index]
      const queue = taskQueue === undefined ? {} : { taskQueue }
      return executeChild<typeof processMediaByProcedure>('processMediaByProcedure', {
        args: [input],
        ...queue,
      })
    }),
  )
}
