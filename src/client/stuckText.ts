import type { StuckRuns } from './stuckRuns.js'

/** For people: which runs, and the reason, without a full stop. */
export function stuckText({ count, workflowId, what }: StuckRuns): string {
  return count === 1
    ? `${workflowId} cannot continue: ${what}`
    : `${count} runs cannot continue, for example ${workflowId}: ${what}`
}
