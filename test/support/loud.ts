import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  setHandler,
  sleep,
} from '@temporalio/workflow'
import type { Outcome } from '../../src/contract/outcome.js'
import type { RunInput } from '../../src/contract/stepInput.js'
import { adoptTask, processMediaByProcedure } from '../../src/workflows/index.js'

/* Workflows as users write them, which say nothing of what shall happen when media do not succeed. */

export async function publish(input: RunInput): Promise<string> {
  await processMediaByProcedure(input)
  return 'published'
}

export async function publishAll(inputs: readonly RunInput[]): Promise<string> {
  await Promise.all(inputs.map((input) => processMediaByProcedure(input)))
  return 'published'
}

export async function takeOver(TaskId: string): Promise<string> {
  await adoptTask({ TaskId })
  return 'published'
}

export async function judge(input: RunInput): Promise<Outcome['status']> {
  const { status } = await processMediaByProcedure({ ...input, onFailure: 'return' })
  return status
}

export async function first(inputs: readonly RunInput[]): Promise<string> {
  return withoutOthers(() => Promise.race(inputs.map((input) => processMediaByProcedure(input))))
}

export async function firstGood(inputs: readonly RunInput[]): Promise<string> {
  return withoutOthers(() => Promise.any(inputs.map((input) => processMediaByProcedure(input))))
}

/** Cancels what is still open: a run that leaves a step behind fails. */
async function withoutOthers(work: () => Promise<unknown>): Promise<string> {
  const scope = new CancellationScope()
  try {
    await scope.run(work)
    return 'published'
  } finally {
    scope.cancel()
  }
}

/** Goes on while steps of it are still open. */
export async function firstThenMore(inputs: readonly RunInput[]): Promise<string> {
  await Promise.race(inputs.map((input) => processMediaByProcedure(input)))
  await sleep(1)
  for (const [index, input] of inputs.entries())
    await processMediaByProcedure({ ...input, key: `again-${index}` })
  return 'published'
}

/** Ends when it is told to, whatever its step does. */
export async function untilTold(input: RunInput): Promise<string> {
  let isTold = false
  setHandler(defineSignal('told'), () => {
    isTold = true
  })
  await Promise.race([processMediaByProcedure(input), condition(() => isTold)])
  return 'told'
}

export async function allOrNothing(inputs: readonly RunInput[]): Promise<string> {
  const scope = new CancellationScope()
  try {
    await scope.run(() => Promise.all(inputs.map((input) => processMediaByProcedure(input))))
    return 'published'
  } catch (error) {
    scope.cancel()
    throw error
  }
}

/** Cancels its other steps when one fails, waits until they have ended, and starts again. */
export async function again(inputs: readonly RunInput[], left = 2): Promise<string> {
  const scope = new CancellationScope()
  let steps: Promise<unknown>[] = []
  try {
    await scope.run(() => {
      steps = inputs.map((input) => processMediaByProcedure(input))
      return Promise.all(steps)
    })
    return 'published'
  } catch (error) {
    scope.cancel()
    if (left === 0) throw error
    await Promise.allSettled(steps)
    return continueAsNew<typeof again>(inputs, left - 1)
  }
}
