import {
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  setHandler,
  sleep,
} from '@temporalio/workflow'
import type { RunInput } from '../../src/contract/stepInput.js'
import { processMediaByProcedure, reviewGate } from '../../src/workflows/index.js'

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

function scoped<T>(deep: number, work: () => Promise<T>): Promise<T> {
  return deep === 0 ? work() : CancellationScope.cancellable(() => scoped(deep - 1, work))
}

/** A step in scopes of its own, and beside it what ends sooner when the workflow is canceled. */
export async function besideOthers(input: RunInput, beside: 'sleep' | 'gate' | 'nothing'): Promise<unknown> {
  const step = scoped(8, () => processMediaByProcedure(input))
  if (beside === 'nothing') {
    step.catch(() => {})
    return CancellationScope.current().cancelRequested
  }
  return Promise.all([beside === 'gate' ? reviewGate({ moderation: undefined }) : sleep('1 day'), step])
}
