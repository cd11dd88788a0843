import { CancellationScope, condition, defineSignal, isCancellation, setHandler } from '@temporalio/workflow'
import type { RunInput } from '../../src/vod/stepInput.js'
import { processMediaByProcedure } from '../../src/workflows/index.js'

export { inChildren, processMediaByProcedure, sideBySide } from './composed.js'

const cancelScope = defineSignal('cancelScope')

/** Cancels the scope of its step in the same task that has begun it. */
export async function cancelsAtOnce(input: RunInput): Promise<string> {
  const scope = new CancellationScope()
  const step = scope.run(() => processMediaByProcedure(input))
  scope.cancel()
  return step.then(String, (error) => (isCancellation(error) ? 'canceled' : String(error)))
}

/** Cancels the scope of its step when it is told to. */
export async function cancelsLater(input: RunInput): Promise<string> {
  let canceled = false
  setHandler(cancelScope, () => {
    canceled = true
  })
  const scope = new CancellationScope()
  const step = scope.run(() => processMediaByProcedure(input))
  step.catch(() => {})
  await condition(() => canceled)
  scope.cancel()
  return step.then(String, (error) => (isCancellation(error) ? 'canceled' : String(error)))
}
