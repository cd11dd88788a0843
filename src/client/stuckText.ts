import type { NotAsked, StuckRuns } from './stuckRuns.js'

/** For people: which runs, and the reason, without a full stop. */
export function stuckText({ count, workflowId, what }: StuckRuns): string {
  return count === 1
    ? `${workflowId} cannot continue: ${what}`
    : `${count} runs cannot continue, for example ${workflowId}: ${what}`
}

/** For people: what is not known, without a full stop. */
export function notAskedText({ reasons, partly, why }: NotAsked): string {
  const which = reasons.join(', ')
  return partly
    ? `not every open run was checked for ${which}: ${why}`
    : `runs were not checked for ${which}: ${why}`
}

/** Of runs that wait for a task which VOD no longer returns: the reason in words, without a full stop, and what to do about it. */
export const overdue = {
  what: 'VOD no longer returns the tasks that it waits for',
  remedy: 'vodflow list --overdue shows them; see VodflowRunsOverdue in docs/operations.md.',
} as const
