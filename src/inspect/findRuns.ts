import { WorkflowNotFoundError } from '@temporalio/client'
import { VodflowError } from '../client/errors.js'
import type { RunSummary, Vodflow } from '../client/index.js'
import { summaryOfRun } from '../client/list.js'
import { missingSearchAttributes } from '../temporal/searchAttributes.js'
import type { VodClient } from '../vod/client.js'
import { VodError } from '../vod/errors.js'
import { type MacKeys, openSessionContext } from '../vod/token.js'

/** What resolving a TaskId or a SessionId needs beside Temporal. */
export interface VodLookup {
  readonly vod: VodClient
  readonly keys: MacKeys
  readonly SubAppId?: number | undefined
}

export interface Found {
  readonly by: 'workflowId' | 'FileId' | 'TaskId' | 'SessionId'
  /** The latest first. */
  readonly runs: readonly RunSummary[]
}

/** No run has this id, as far as could be looked. */
export class IdNotFoundError extends VodflowError {
  override readonly name = 'IdNotFoundError'
}

/** Runs looked through where the namespace has no search attributes. */
const maxScanned = 5_000
/** VOD lists tasks of 72 hours. */
const listedMs = 72 * 60 * 60_000

/**
 * The runs that a workflow id, a FileId, a TaskId or a SessionId belongs to, whichever it is.
 *
 * @param lookup - for TaskIds and SessionIds, which VOD knows; why not, where it cannot be had.
 * @throws IdNotFoundError that says where was looked, and where could not be.
 */
export async function findRuns(
  vodflow: Vodflow,
  id: string,
  lookup: VodLookup | { readonly missing: string },
): Promise<Found> {
  const named = await byWorkflowId(vodflow, id)
  if (named) return { by: 'workflowId', runs: [named] }
  const ofFile = await byFileId(vodflow, id)
  if (ofFile.length > 0) return { by: 'FileId', runs: ofFile }
  const tried = ['a workflow id', 'a FileId']
  if ('missing' in lookup) {
    throw new IdNotFoundError(
      `Nothing in Temporal has the id "${id}" (looked for ${tried.join(', ')})`,
      `A TaskId or SessionId is looked up at VOD: ${lookup.missing}.`,
    )
  }
  const workflowId = (await byTask(lookup, id)) ?? (await bySession(lookup, id))
  const run = workflowId && (await byWorkflowId(vodflow, workflowId.id))
  if (run) return { by: workflowId.by, runs: [run] }
  throw new IdNotFoundError(
    `Nothing has the id "${id}" (looked for ${[...tried, 'a TaskId', 'a SessionId of the last 72 hours'].join(', ')})`,
    'Check the namespace (TEMPORAL_NAMESPACE), the sub-app (--sub-app) and that VODFLOW_MAC_KEYS are those of the worker.',
  )
}

async function byWorkflowId({ client }: Vodflow, id: string): Promise<RunSummary | undefined> {
  try {
    return summaryOfRun(await client.workflow.getHandle(id).describe())
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

async function byFileId(vodflow: Vodflow, FileId: string): Promise<RunSummary[]> {
  const missing = await missingSearchAttributes(vodflow.client).catch(() => ['VodflowFileId'])
  const searched = !missing.includes('VodflowFileId')
  const runs: RunSummary[] = []
  const list = vodflow.list(searched ? { FileId, limit: 100 } : { limit: maxScanned })
  for await (const run of list) if (searched || run.request?.FileId === FileId) runs.push(run)
  return runs
}

async function byTask({ vod, keys, SubAppId }: VodLookup, TaskId: string) {
  if (!/^[\w-]{1,200}$/.test(TaskId)) return undefined
  const app = SubAppId === undefined ? {} : { SubAppId }
  try {
    const detail = await vod.send('DescribeTaskDetail', { TaskId, ...app })
    for (const task of Object.values(detail)) {
      const opened = openSessionContext(textOf(Object(task).SessionContext), keys)
      if (opened.verdict === 'ours') return { by: 'TaskId' as const, id: opened.address.workflowId }
    }
    return undefined
  } catch (error) {
    // It is no TaskId, or VOD has forgotten it: then it may be a SessionId.
    if (error instanceof VodError && /^(ResourceNotFound|InvalidParameter)/.test(error.code)) return undefined
    throw error
  }
}

async function bySession({ vod, keys, SubAppId }: VodLookup, SessionId: string) {
  if (!/^[a-z2-7]{40}$/.test(SessionId)) return undefined
  const app = SubAppId === undefined ? {} : { SubAppId }
  for (let ScrollToken = ''; ; ) {
    const page = await vod.call('DescribeTasks', {
      ...app,
      CreateTime: { After: new Date(Date.now() - listedMs).toISOString() },
      Limit: 100,
      ...(ScrollToken === '' ? {} : { ScrollToken }),
    })
    const task = page.TaskSet.find((each) => each.SessionId === SessionId)
    const opened = task ? openSessionContext(task.SessionContext, keys) : undefined
    if (opened?.verdict === 'ours') return { by: 'SessionId' as const, id: opened.address.workflowId }
    ScrollToken = page.ScrollToken
    if (task || ScrollToken === '' || page.TaskSet.length === 0) return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
