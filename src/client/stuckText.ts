import type { NotAsked, StuckRuns } from './stuckRuns.js'

/** Returns a text that names the runs and the reason, without a period. */
export function stuckText({ count, workflowId, what }: StuckRuns): string {
  return count === 1
    ? `${workflowId} cannot continue: ${what}`
    : `${count} runs cannot continue, for example ${workflowId}: ${what}`
}

/** Returns a text that names what was not checked, without a period. */
export function notAskedText({ reasons, partly, why }: NotAsked): string {
  const which = reasons.join(', ')
  return partly
    ? `not every open run was checked for ${which}: ${why}`
    : `runs were not checked for ${which}: ${why}`
}

/** The reason, without a period, and the remedy for runs that wait for a task that VOD no longer returns. */
export const overdue = {
  what: 'VOD no longer returns the tasks that it waits for',
  remedy: 'vodflow list --overdue shows them; see VodflowRunsOverdue in docs/production.md.',
} as const
