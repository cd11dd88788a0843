import type { Client, WorkflowExecutionStatusName } from '@temporalio/client'
import { memoFields, runType } from '../vod/runNames.js'
import type { Identity } from './sameRequest.js'

export interface ListOptions {
  /** Only runs in this state of Temporal's. `Completed` says that there is an outcome, not that it is a good one. */
  readonly status?: 'Running' | 'Completed' | 'Failed' | 'Canceled' | 'Terminated' | 'TimedOut'
  /** Only ids that begin so, e.g. `vod/1500000001/`. */
  readonly workflowIdPrefix?: string
  /** At most so many. Default 1,000. */
  readonly limit?: number
}

/** One line of a list. */
export interface RunSummary {
  readonly workflowId: string
  readonly status: WorkflowExecutionStatusName
  readonly startedAt: Date
  readonly closedAt?: Date
  /** Absent for runs that were not started by this client. */
  readonly request?: Identity['request']
  /** Why it was run again. */
  readonly reason?: string
}

export async function* listRuns(client: Client, options: ListOptions): AsyncGenerator<RunSummary> {
  const { status, workflowIdPrefix, limit = 1_000 } = options
  const query = [
    `WorkflowType = ${quoted(runType)}`,
    ...(status ? [`ExecutionStatus = ${quoted(status)}`] : []),
    ...(workflowIdPrefix ? [`WorkflowId STARTS_WITH ${quoted(workflowIdPrefix)}`] : []),
  ].join(' AND ')
  let left = limit
  if (left <= 0) return
  for await (const run of client.workflow.list({ query, pageSize: Math.min(limit, 1_000) })) {
    const memo = run.memo ?? {}
    const started = memo[memoFields.request] as Identity | undefined
    const reason = memo[memoFields.reason] as string | undefined
    yield {
      workflowId: run.workflowId,
      status: run.status.name,
      startedAt: run.startTime,
      ...(run.closeTime ? { closedAt: run.closeTime } : {}),
      ...(started ? { request: started.request } : {}),
      ...(reason === undefined ? {} : { reason }),
    }
    if (--left === 0) return
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
