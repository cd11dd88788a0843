import type { Outcome } from '../client/index.js'
import { attemptsOf } from '../contract/attempts.js'
import { outcomeModerationText } from '../contract/moderation.js'

/** An outcome for people. */
export function outcomeText(outcome: Outcome): string[] {
  const { status, reason, tasks, endedBy } = outcome
  const parts = tasks.flatMap((task) => task.parts)
  const moderation = outcomeModerationText(outcome)
  return [
    `${status}: ${reason}`,
    ...parts.flatMap(({ Type, Definition, status: how, ErrCodeExt, Message, urls }) => [
      `  ${`${Type}${Definition === undefined ? '' : ` ${Definition}`}`.padEnd(34)} ${[how, ErrCodeExt, Message].filter(Boolean).join('  ')}`,
      ...urls.map((url) => `    ${url}`),
    ]),
    ...(moderation === undefined ? [] : [`moderation ${moderation}`]),
    ...attemptsOf(outcome).map(
      ({ attempt, action, TaskIds, recovered }) =>
        `attempt ${attempt} ${action} ${TaskIds.join(', ')}${recovered ? ' (found again after a lost answer)' : ''}`,
    ),
    ...(endedBy ? [`ended by ${endedBy}`] : []),
  ]
}
