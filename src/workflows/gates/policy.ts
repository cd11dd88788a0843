import { returnedText } from '../../contract/check.js'
import type { ModerationResult } from '../../contract/outcome.js'
import { refuse } from '../refuse.js'
import type { PolicyVerdict } from './input.js'

const verdicts: readonly unknown[] = ['pass', 'block', 'review'] satisfies readonly PolicyVerdict[]

/**
 * Returns the verdict of a policy. A policy without types can return anything, and a value that is not a verdict must decide nothing.
 *
 * @throws ApplicationFailure that names the returned value. `undefined` is a review.
 */
export function askPolicy(
  policy: (moderation: ModerationResult) => PolicyVerdict | undefined,
  moderation: ModerationResult,
): PolicyVerdict {
  const returned: unknown = policy(moderation)
  if (returned === undefined) return 'review'
  if (isVerdict(returned)) return returned
  // The rejection of a promise that nobody awaits would fail the workflow task.
  if (returned instanceof Promise) returned.catch(() => {})
  const remedy = 'return pass, block or review, from a function that is not async'
  throw refuse('policy', returnedText(returned), remedy)
}

function isVerdict(value: unknown): value is PolicyVerdict {
  return verdicts.includes(value)
}
