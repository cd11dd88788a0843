import type { Client } from '@temporalio/client'
import { isTerminal } from '../../contract/outcome.js'
import type { Progress } from '../../contract/progress.js'
import type { AuditFinding, AuditTask } from './findings.js'
import { progressOf } from './runs.js'

/** The run itself knows more: a step of several tasks may have read this one, or be settled. */
export async function ask(
  client: Client,
  finding: AuditFinding,
  tasks: readonly AuditTask[],
): Promise<AuditFinding | undefined> {
  if (finding.kind === 'finishedButWaiting') {
    const { workflowId, SessionId } = finding.address
    return hasRead(await progressOf(client, workflowId, SessionId), finding.TaskId) ? undefined : finding
  }
  if (finding.kind === 'runWithoutTask') {
    const progress = await progressOf(client, finding.workflowId)
    // It waits for the task of another run that had its idempotencyKey first.
    if (progress?.tasks.some(({ TaskId }) => tasks.some((task) => task.TaskId === TaskId))) return undefined
    const phase = progress?.phase
    return phase === undefined ? finding : { ...finding, phase }
  }
  return finding
}

/** The step waits for this task no longer. */
export function hasRead(progress: Progress | undefined, TaskId: string): boolean {
  const read = progress?.tasks.some((task) => task.TaskId === TaskId && isTerminal(task.Status)) ?? false
  return read || progress?.phase === 'settled'
}
