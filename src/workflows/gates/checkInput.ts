import { ApplicationFailure } from '@temporalio/workflow'
import type { ReviewGateInput } from './reviewGate.js'

const longestName = 200

/** A time as text, or a policy that is none, would fail the workflow task again and again. @throws ApplicationFailure that names the field. */
export function checkGateInput(input: ReviewGateInput): void {
  if (typeof input !== 'object' || input === null)
    throw invalid('moderation: missing; give { moderation }, undefined where VOD gave no verdict')
  const { gate = 'review', moderation, policy, tell, remindAfter = [], escalateAfter, deadline } = input
  if (typeof gate !== 'string' || gate === '' || gate.length > longestName)
    throw invalid(`gate: must be 1 to ${longestName} characters; name it`)
  if (moderation !== undefined && typeof Object(moderation).Suggestion !== 'string')
    throw invalid('moderation: has no Suggestion; give that of an outcome, or undefined')
  for (const [name, what] of Object.entries({ policy, tell })) {
    if (what !== undefined && typeof what !== 'function')
      throw invalid(`${name}: is not a function; give one, or leave it out`)
  }
  if (!Array.isArray(remindAfter))
    throw invalid('remindAfter: is not a list; give milliseconds, e.g. [3600000]')
  const times = {
    escalateAfter,
    deadline,
    ...Object.fromEntries(remindAfter.map((at, n) => [`remindAfter.${n}`, at])),
  }
  for (const [name, time] of Object.entries(times)) {
    if (time !== undefined && !(typeof time === 'number' && Number.isFinite(time) && time >= 0))
      throw invalid(`${name}: is not a number of milliseconds; give e.g. 3600000 for an hour`)
  }
  const onDeadline = input.onDeadline ?? 'rejected'
  if (onDeadline !== 'approved' && onDeadline !== 'rejected')
    throw invalid('onDeadline: must be approved or rejected; say which')
}

function invalid(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput')
}
