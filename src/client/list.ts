import type { Client, WorkflowExecutionInfo, WorkflowExecutionStatusName } from '@temporalio/client'
import { InvalidInputError } from '../contract/errors.js'
import { internalIds, memoFields } from '../contract/runNames.js'
import { overdueAttribute } from '../contract/searchAttributes.js'
import { sweepType } from '../contract/sweep.js'
import { delayedUntil } from '../temporal/delayedUntil.js'
import { executionsIn, memoField, problemOfMemo } from '../temporal/executions.js'
import { quoted } from '../temporal/listQuery.js'
import { forgetSearchAttributes, missingSearchAttributes } from '../temporal/searchAttributes.js'
import { asStartRequest, type StartRequest } from '../temporal/startOf.js'

/** Conditions for the listed runs. A run must meet all of them. */
export interface ListOptions {
  /** Only runs with this Temporal status. `Completed` means that there is an outcome, not that the run succeeded. */
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
  /** Only ids that start with this prefix, e.g. `vod/1500000001/`. */
  readonly workflowIdPrefix?: string | undefined
  /** Only workflows of this type. Default: all of the namespace, yours too, except sweeps and plans of batches. */
  readonly type?: string | undefined
  /** Only runs of this media file. Like the next two, it needs vodflow's search attributes: `vodflow setup`. */
  readonly FileId?: string | undefined
  /** Only runs with this task flow template. */
  readonly ProcedureName?: string | undefined
  /** Only runs that wait for tasks that VOD no longer returns. */
  readonly overdue?: boolean | undefined
  /** Maximum number of runs, 1 to 1,000,000. Default 1,000. */
  readonly limit?: number | undefined
}

/** A run in a list. */
export interface RunSummary {
  /** Workflow id of the run. */
  readonly workflowId: string
  /** Temporal's id of this execution. */
  readonly runId: string
  /** Workflow type. */
  readonly type: string
  /** Status of the run, in Temporal's words. */
  readonly status: WorkflowExecutionStatusName
  /** Time of the start. */
  readonly startedAt: Date
  /** Time at which its code starts, if that is still to come: after a start delay, by cron, or after a retry pause. */
  readonly delayedUntil?: Date
  /** Time of the end. Absent while the run is open. */
  readonly closedAt?: Date
  /** Absent for runs that were not started with vodflow's client. */
  readonly request?: StartRequest['request']
  /** The reason of a rerun. */
  readonly reason?: string
  /** The reason why its memo cannot be read here: another codec or another key wrote it. */
  readonly unreadable?: string
}

export async function* listRuns(client: Client, options: ListOptions): AsyncGenerator<RunSummary> {
  const { limit = 1_000 } = options
  let left = limit
  await requireSearchable(client, options)
  for await (const run of executionsIn(client).list({
    query: queryOf(options),
    pageSize: Math.min(limit, 1_000),
  })) {
    yield summaryOfRun(run)
    if (--left === 0) return
  }
}

/** The search attribute of each condition. */
const attributes = {
  FileId: 'VodflowFileId',
  ProcedureName: 'VodflowProcedure',
  overdue: overdueAttribute,
} as const

/**
 * Checks that the namespace has the search attributes. Temporal's own error for a missing attribute says little, and a search by one of
 * another type finds nothing.
 *
 * @throws InvalidInputError if the namespace cannot be searched by a condition
 */
async function requireSearchable(client: Client, options: ListOptions): Promise<void> {
  const fields = (['FileId', 'ProcedureName', 'overdue'] as const).filter((field) => options[field])
  const lacking = async () => {
    const missing = await missingSearchAttributes(client).catch((): readonly string[] => [])
    return fields.filter((field) => missing.includes(attributes[field]))
  }
  if (fields.length === 0 || (await lacking()).length === 0) return
  // The attributes may have been registered since the last check.
  forgetSearchAttributes(client)
  const problems = (await lacking()).map((field) => ({
    field,
    problem: `needs the search attribute ${attributes[field]}, which the namespace "${client.options.namespace}" does not have, or has with another type`,
    remedy: 'run vodflow setup, which registers it or says why it cannot',
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

/** Returns the summary of a run from Temporal's list or description. */
export function summaryOfRun(
  run: Omit<WorkflowExecutionInfo, 'raw' | 'parentExecution' | 'rootExecution'>,
): RunSummary {
  const started = asStartRequest(memoField(run.memo, memoFields.request))
  const reason = memoField(run.memo, memoFields.reason)
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
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(unreadable === undefined ? {} : { unreadable }),
  }
}
