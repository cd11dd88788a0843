import type { Outcome } from '../client/index.js'
import { outcomeModerationText } from '../contract/moderation.js'
import { stepTypes } from '../contract/runNames.js'

/** The value that a run returned: the outcome of a run of one step, else the result of its workflow. */
export type ReturnValue = { readonly outcome: Outcome } | { readonly result: unknown }

/**
 * Tells the outcome of a run of one step, which `result()` of the client has checked, from the result of a user's own workflow, which may be
 * any value, even one that only looks like an outcome.
 */
export function returnedBy(type: string, value: unknown): ReturnValue {
  return stepTypes.includes(type) ? { outcome: value as Outcome } : { result: value ?? null }
}

/** Returns true for a workflow that completed, and for a run of one step that succeeded. */
export function isGood(returned: ReturnValue): boolean {
  return !('outcome' in returned) || returned.outcome.status === 'succeeded'
}

export function returnedText(returned: ReturnValue): string[] {
  if ('outcome' in returned) return outcomeText(returned.outcome)
  const { result } = returned
  if (result === null) return ['completed, without a result']
  return ['completed, with the result', ...JSON.stringify(result, null, 2).split('\n')]
}

/** Formats an outcome as lines of text. */
export function outcomeText(outcome: Outcome): string[] {
  const { status, reason, tasks, attempts, endedBy } = outcome
  const parts = tasks.flatMap((task) => task.parts)
  const moderation = outcomeModerationText(outcome)
  return [
    `${status}: ${reason}`,
    ...parts.flatMap(({ Type, Definition, status: how, ErrCodeExt, Message, urls }) => [
      `  ${`${Type}${Definition === undefined ? '' : ` ${Definition}`}`.padEnd(34)} ${[how, ErrCodeExt, Message].filter(Boolean).join('  ')}`,
      ...urls.map((url) => `    ${url}`),
    ]),
    ...(moderation === undefined ? [] : [`moderation ${moderation}`]),
    ...attempts.map(
      ({ attempt, action, TaskIds, recovered }) =>
        `attempt ${attempt} ${action} ${TaskIds.join(', ')}${recovered ? ' (found after a lost response)' : ''}`,
    ),
    ...(endedBy ? [`ended by ${endedBy}`] : []),
  ]
}
