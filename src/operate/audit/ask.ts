import type { Client } from '@temporalio/client'
import { isTerminal } from '../../contract/outcome.js'
import type { RunProgress } from '../../contract/progress.js'
import { type AuditFinding, type AuditRun, type AuditTask, mustBeAsked, nameOf } from './findings.js'
import { progressOf, type RunAnswer, stepsOf } from './runs.js'

interface AuditLists {
  readonly tasks: readonly AuditTask[]
  readonly runs: readonly AuditRun[]
}

/** A run that did not answer whether it still waits for a task. */
export interface UnaskedRun {
  readonly workflowId: string
  readonly TaskId: string
  /** Why it did not answer, without a period. */
  readonly why: string
}

/** The run itself knows more: a step of several tasks may have read this one, or be settled. */
export async function ask(
  client: Client,
  finding: AuditFinding,
  { tasks, runs }: AuditLists,
): Promise<AuditFinding | UnaskedRun | undefined> {
  if (finding.kind === 'finishedButWaiting') {
    const { address, TaskId } = finding
    const said = await progressOf(client, address, address.SessionId)
    if ('unanswered' in said) return { workflowId: address.workflowId, TaskId, why: said.unanswered }
    return hasRead(said.answer, TaskId) ? undefined : finding
  }
  if (finding.kind === 'taskWithoutRun') {
    const { workflowId, TaskId } = finding
    const left = await isLeft(client, TaskId, { tasks, runs })
    if (typeof left === 'object') return { workflowId, TaskId, why: left.unanswered }
    return left ? finding : undefined
  }
  if (finding.kind === 'runWithoutTask') {
    const progress = progressIn(await progressOf(client, finding))
    // It waits for the task of another run that had its idempotencyKey first.
    if (progress?.tasks.some(({ TaskId }) => tasks.some((task) => task.TaskId === TaskId))) return undefined
    const phase = progress?.phase
    return phase === undefined ? finding : { ...finding, phase }
  }
  return finding
}

/** Whether a workflow of a user has ended while its step waited for this task. A step that was canceled or detached has said so. */
async function isLeft(
  client: Client,
  TaskId: string,
  { tasks, runs }: AuditLists,
): Promise<boolean | { readonly unanswered: string }> {
  const task = tasks.find((each) => each.TaskId === TaskId)
  const { address, finishedAt = 0, Status } = task ?? {}
  const run = address && runs.find((each) => nameOf(each) === nameOf(address))
  if (!run || !mustBeAsked(run)) return true
  const said = await progressOf(client, run, address.SessionId)
  const progress = progressIn(said)
  if (progress) return !hasRead(progress, TaskId)
  if ('answer' in said && (await isOpen(client, run))) return true
  // A run that failed has reported nothing; one that completed cannot have read what VOD has not ended.
  if (run.status === 'failed') return finishedAt === 0 || finishedAt > (run.closedAt ?? 0)
  if (run.status !== 'completed') return false
  if (!isTerminal(Status ?? '')) return true
  return 'unanswered' in said && said
}

/** A step learns its SessionId from the answer to its submit. Without that answer, only an open step can have sent it. */
async function isOpen(client: Client, run: AuditRun): Promise<boolean> {
  const said = await stepsOf(client, run)
  return 'answer' in said && said.answer.some(({ phase }) => phase !== 'settled')
}

/** Returns the progress of the step, or undefined if no run has answered for it. */
export function progressIn(said: RunAnswer<RunProgress | undefined>): RunProgress | undefined {
  return 'answer' in said ? said.answer : undefined
}

/** The step waits for this task no longer. */
export function hasRead(progress: RunProgress | undefined, TaskId: string): boolean {
  const read = progress?.tasks.some((task) => task.TaskId === TaskId && isTerminal(task.Status)) ?? false
  return read || progress?.phase === 'settled'
}
