import type { Outcome } from '../client/index.js'
import { outcomeModerationText } from '../contract/moderation.js'
import { stepTypes } from '../contract/runNames.js'

/** What a run returned: an outcome where it is a run of one step, else whatever its workflow returns. */
export type Returned = { readonly outcome: Outcome } | { readonly result: unknown }

/** A workflow of the user may have any type and return anything, also something that only looks like an outcome. */
export function returnedBy(type: string, value: unknown): Returned {
  return stepTypes.includes(type) && isOutcome(value) ? { outcome: value } : { result: value ?? null }
}

/** A workflow that completed is good, and a run of one step when its outcome is. */
export function isGood(returned: Returned): boolean {
  return !('outcome' in returned) || returned.outcome.status === 'succeeded'
}

export function returnedText(returned: Returned): string[] {
  if ('outcome' in returned) return outcomeText(returned.outcome)
  const { result } = returned
  if (result === null) return ['completed, without a result']
  return ['completed, with the result', ...JSON.stringify(result, null, 2).split('\n')]
}

function isOutcome(value: unknown): value is Outcome {
  const { status, reason, tasks, attempts } = Object(value) as Partial<Record<keyof Outcome, unknown>>
  return (
    typeof status === 'string' &&
    typeof reason === 'string' &&
    Array.isArray(tasks) &&
    tasks.every((task) => Array.isArray(Object(task).parts)) &&
    Array.isArray(attempts)
  )
}

/** An outcome for people. */
export function outcomeText(outcome: Outcome): string[] {
  const { status, reason, tasks, attempts, endedBy } = outcome
  const parts = tasks.flatMap((task) => task.parts)
  const moderation = outcomeModerationText(outcome)
  return [
    `${status}: ${reason}`,
    ...parts.flatMap(({ Type, Definition, status: how, ErrCodeExt, Message, urls }) => [
      `  ${`${Type}${Definition === undefined ? '' : ` ${Definition}`}`.padEnd(34)} ${[how, ErrCodeExt, Message].filter((word) => word !== '').join('  ')}`,
      ...urls.map((url) => `    ${url}`),
    ]),
    ...(moderation === undefined ? [] : [`moderation ${moderation}`]),
    ...attempts.map(
      ({ attempt, action, TaskIds, recovered }) =>
        `attempt ${attempt} ${action} ${TaskIds.join(', ')}${recovered ? ' (found again after a lost answer)' : ''}`,
    ),
    ...(endedBy ? [`ended by ${endedBy}`] : []),
  ]
}
