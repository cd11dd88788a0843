import type { Outcome } from '../client/index.js'

/** An outcome for people. */
export function outcomeText({ status, reason, tasks, moderation, attempts, endedBy }: Outcome): string[] {
  const parts = tasks.flatMap((task) => task.parts)
  return [
    `${status}: ${reason}`,
    ...parts.flatMap(({ Type, Definition, status: how, ErrCodeExt, Message, urls }) => [
      `  ${`${Type}${Definition === undefined ? '' : ` ${Definition}`}`.padEnd(34)} ${[how, ErrCodeExt, Message].filter((word) => word !== '').join('  ')}`,
      ...urls.map((url) => `    ${url}`),
    ]),
    ...(moderation ? [`moderation ${moderation.Suggestion} ${moderation.Label}`.trimEnd()] : []),
    ...attempts.map(
      ({ attempt, action, TaskIds, recovered }) =>
        `attempt ${attempt} ${action} ${TaskIds.join(', ')}${recovered ? ' (found again after a lost answer)' : ''}`,
    ),
    ...(endedBy ? [`ended by ${endedBy}`] : []),
  ]
}
