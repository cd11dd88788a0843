import { ActivityFailure, ApplicationFailure, isCancellation, TemporalFailure } from '@temporalio/workflow'
import { refusesInput } from '../../contract/refusal.js'
import { openEnded } from '../../contract/sentence.js'
import type { LiveBatch } from './liveBatch.js'

/** The number of calls of an activity that all fail for good. */
const maxCalls = 3

/**
 * Calls an activity again, a few times, after it has failed for good. Anyone with access to the namespace can fail a pending activity, and
 * only an input that vodflow itself refuses stays wrong. The activities of a batch are safe to repeat.
 */
export async function callAgain<T>(call: () => Promise<T>): Promise<T> {
  for (let calls = 1; ; calls++) {
    try {
      return await call()
    } catch (error) {
      if (calls === maxCalls || isCancellation(error) || isRefused(causeOf(error))) throw error
    }
  }
}

/** Returns the failure of a batch that cannot continue, with what was started. Any other error stays as it is. */
export function failureOf(error: unknown, batch: LiveBatch): unknown {
  if (!(error instanceof TemporalFailure) || isCancellation(error)) return error
  const cause = causeOf(error)
  const what = error instanceof ActivityFailure ? `${error.activityType} failed: ` : ''
  const saying = (next: string) => `${what}${openEnded(cause.message)}. ${startedText(batch, next)}`
  if (isRefused(cause))
    return ApplicationFailure.nonRetryable(saying(startAgain), 'InvalidInput', ...(cause.details ?? []))
  const counts = batch.isOpen ? batch.state.counts : {}
  return ApplicationFailure.nonRetryable(saying(reset), 'BatchFailed', counts)
}

const reset = 'temporal workflow reset --type FirstWorkflowTask resumes the batch and starts no item twice'

/** A batch that is reset has the same input, which is refused again. */
const startAgain =
  'when they have ended, start a batch with the right input: it skips items that are done, unless skipDone is false'

function startedText({ isOpen, input, state }: LiveBatch, next: string): string {
  if (!isOpen || input.dryRun) return 'Nothing was started'
  const { started, read } = state.counts
  return `At least ${started} of ${state.total ?? read} items were started, and their runs continue; ${next}`
}

function causeOf(error: unknown): Error {
  return error instanceof ActivityFailure && error.cause ? error.cause : (error as Error)
}

function isRefused(failure: Error): failure is ApplicationFailure {
  return failure instanceof ApplicationFailure && refusesInput(failure)
}
