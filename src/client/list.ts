import type { Client, WorkflowExecutionInfo, WorkflowExecutionStatusName } from '@temporalio/client'
import { InvalidInputError } from '../contract/errors.js'
import { internalIds, memoFields } from '../contract/runNames.js'
import { overdueAttribute } from '../contract/searchAttributes.js'
import { sweepType } from '../contract/sweep.js'
import { executionsIn, memoField, problemOfMemo } from '../temporal/executions.js'
import { quoted } from '../temporal/listQuery.js'
import { forgetSearchAttributes, missingSearchAttributes } from '../temporal/searchAttributes.js'
import type { Asked } from '../temporal/startedWith.js'
import { delayedUntil } from './askWorker.js'

/** Which runs are listed; all conditions hold together. */
export interface ListOptions {
  /** Only runs in this state of Temporal's. `Completed` says that there is an outcome, not that it is a good one. */
  readonly status?:
    | 'Running'
    | 'Paused'
    | 'Completed'
    | 'Failed'
    | 'Canceled'
    | 'Terminated'
    | 'ContinuedAsNew'
    | 'TimedOut'
    | undefined
  /** Only ids that begin so, e.g. `vod/1500000001/`. */
  readonly workflowIdPrefix?: string | undefined
  /** Only workflows of this type. Default: all of the namespace, yours too, but for sweeps and plans of batches. */
  readonly type?: string | undefined
  /** Only of this media file. Needs vodflow's search attributes, as the next two do: `vodflow setup`. */
  readonly FileId?: string | undefined
  readonly ProcedureName?: string | undefined
  /** Only runs that wait for tasks which VOD no longer shows. */
  readonly overdue?: boolean | undefined
  /** At most so many. Default 1,000. */
  readonly limit?: number | undefined
}

/** One line of a list. */
export interface RunSummary {
  readonly workflowId: string
  /** Temporal's id of this execution. */
  readonly runId: string
  /** Workflow type. */
  readonly type: string
  readonly status: WorkflowExecutionStatusName
  readonly startedAt: Date
  /** When its code starts, where that is still to come: a start delay, cron, or the pause before a retry. */
  readonly delayedUntil?: Date
  readonly closedAt?: Date
  /** Absent for runs that were not started by this client. */
  readonly request?: Asked['request']
  /** Why it was run again. */
  readonly reason?: string
  /** Why its memo cannot be read here: another codec or another key wrote it. */
  readonly unreadable?: string
}

export async function* listRuns(client: Client, options: ListOptions): AsyncGenerator<RunSummary> {
  const { limit = 1_000 } = options
  let left = limit
  if (left <= 0) return
  await requireSearchable(client, options)
  for await (const run of executionsIn(client).list({
    query: queryOf(options),
    pageSize: Math.min(limit, 1_000),
  })) {
    yield summaryOfRun(run)
    if (--left <= 0) return
  }
}

/** Which search attribute a condition is about. */
const attributes = {
  FileId: 'VodflowFileId',
  ProcedureName: 'VodflowProcedure',
  overdue: overdueAttribute,
} as const

/**
 * Temporal says little of an attribute that it does not have, and finds nothing by one of another type.
 *
 * @throws InvalidInputError where the namespace cannot be searched by a condition
 */
async function requireSearchable(client: Client, options: ListOptions): Promise<void> {
  const fields = (['FileId', 'ProcedureName', 'overdue'] as const).filter((field) => options[field])
  const lacking = async () => {
    const missing = await missingSearchAttributes(client).catch((): readonly string[] => [])
    return fields.filter((field) => missing.includes(attributes[field]))
  }
  if (fields.length === 0 || (await lacking()).length === 0) return
  // They may have been registered since.
  forgetSearchAttributes(client)
  const problems = (await lacking()).map((field) => ({
    field,
    problem: `needs the search attribute ${attributes[field]}, which the namespace "${client.options.namespace}" does not have, or has with another type`,
    remedy: 'run vodflow setup, which registers it or says what is in its way',
  }))
  if (problems.length > 0) throw new InvalidInputError(problems)
}

function queryOf({ status, workflowIdPrefix, type, FileId, ProcedureName, overdue }: ListOptions): string {
  const internal = type === sweepType || workflowIdPrefix?.startsWith(internalIds)
  return [
    ...(type === undefined ? [] : [`WorkflowType = ${quoted(type)}`]),
    ...(internal ? [] : [`WorkflowId NOT STARTS_WITH ${quoted(internalIds)}`]),
    ...(status ? [`ExecutionStatus = ${quoted(status)}`] : []),
    ...(workflowIdPrefix ? [`WorkflowId STARTS_WITH ${quoted(workflowIdPrefix)}`] : []),
    ...(FileId ? [`VodflowFileId = ${quoted(FileId)}`] : []),
    ...(ProcedureName ? [`VodflowProcedure = ${quoted(ProcedureName)}`] : []),
    ...(overdue ? [`${overdueAttribute} IS NOT NULL`] : []),
  ].join(' AND ')
}

/** What Temporal's lists and descriptions have in common. */
export function summaryOfRun(
  run: Omit<WorkflowExecutionInfo, 'raw' | 'parentExecution' | 'rootExecution'>,
): RunSummary {
  const started = memoField<Asked>(run.memo, memoFields.request)
  const reason = memoField<string>(run.memo, memoFields.reason)
  const unreadable = problemOfMemo(run.memo)
  const delayed = delayedUntil(run)
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    type: run.type,
    status: run.status.name,
    startedAt: run.startTime,
    ...(delayed ? { delayedUntil: delayed } : {}),
    ...(run.closeTime ? { closedAt: run.closeTime } : {}),
    ...(started ? { request: started.request } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(unreadable === undefined ? {} : { unreadable }),
  }
}
