import { type AnyCheck, anything, type Check, having, list, oneOf, text } from './check.js'
import type { Outcome, OutcomeStatus, StepAttempt, TaskReading } from './outcome.js'
import { anyTextRule } from './patterns.js'

export const outcomeStatuses: Readonly<Record<OutcomeStatus, true>> = {
  succeeded: true,
  partial: true,
  failed: true,
  aborted: true,
  unknown: true,
  detached: true,
}

const ofAny = { remedy: 'return a list' }

const shape: AnyCheck = having<{
  readonly status: string
  readonly reason: string
  readonly tasks: readonly Pick<TaskReading, 'parts'>[]
  readonly attempts: readonly Pick<StepAttempt, 'TaskIds'>[]
}>({
  status: oneOf(Object.keys(outcomeStatuses)),
  reason: text(anyTextRule),
  tasks: list(having<Pick<TaskReading, 'parts'>>({ parts: list(anything, ofAny) }), ofAny),
  attempts: list(having<Pick<StepAttempt, 'TaskIds'>>({ TaskIds: list(anything, ofAny) }), ofAny),
})

/**
 * The check of an outcome, because a worker of others may end a run with any result. It covers what every reader of an outcome needs. A
 * worker of another version may have written the rest.
 */
export const outcomeCheck: Check<Outcome> = shape
