import { WorkflowNotFoundError } from '@temporalio/client'
import { VodflowError } from '../client/errors.js'
import type { RunSummary, Vodflow } from '../client/index.js'
import { summaryOfRun } from '../client/list.js'
import { executionsIn } from '../temporal/executions.js'
import { missingSearchAttributes } from '../temporal/searchAttributes.js'
import type { VodClient } from '../vod/client.js'
import { VodError } from '../vod/errors.js'
import { type MacKeys, openSessionContext, type StepAddress } from '../vod/token.js'

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
  /** Why VOD could not be asked for the workflows of the user that processed a media file. */
  readonly notAsked?: string
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
 * @param lookup - for TaskIds, SessionIds and the media of steps in workflows of the user, which VOD knows; why not, where it
 *   cannot be had.
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
  const atVod = 'missing' in lookup ? lookup : await askVod(lookup, id)
  const addresses = 'addresses' in atVod ? atVod.addresses : []
  const { namespace } = vodflow.client.options
  const here = addresses.filter((address) => address.namespace === namespace)
  const workflowIds = [...ofFile, ...here].map(({ workflowId }) => workflowId)
  const runs = await latestOf(vodflow, workflowIds)
  if (runs.length > 0) {
    const by = ofFile.length > 0 || !('by' in atVod) ? 'FileId' : atVod.by
    return { by, runs, ...('missing' in atVod ? { notAsked: atVod.missing } : {}) }
  }
  const [other] = addresses
  throw other ? notHere(id, other, namespace) : notFound(id, atVod)
}

/** What VOD knows of an id: the steps that its tasks belong to, or where nothing was found. */
type AtVod =
  | { readonly by: 'FileId' | 'TaskId' | 'SessionId'; readonly addresses: readonly StepAddress[] }
  | { readonly missing: string }
  | { readonly app: string }

async function askVod(lookup: VodLookup, id: string): Promise<AtVod> {
  const ways = { FileId: byFile, TaskId: byTask, SessionId: bySession }
  try {
    for (const by of ['FileId', 'TaskId', 'SessionId'] as const) {
      const addresses = await ways[by](lookup, id)
      if (addresses.length > 0) return { by, addresses }
    }
    const { SubAppId } = lookup
    return { app: SubAppId === undefined ? "the account's default application" : `the sub-app ${SubAppId}` }
  } catch (error) {
    return { missing: `VOD could not be asked: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const inTemporal = 'a workflow id, the FileId of a run of one step'

function notFound(id: string, atVod: AtVod): IdNotFoundError {
  if ('missing' in atVod) {
    return new IdNotFoundError(
      `Nothing in Temporal has the id "${id}" (looked for ${inTemporal})`,
      `A TaskId, a SessionId and the FileId of media that a step of a workflow processed are looked up at VOD: ${atVod.missing}.`,
    )
  }
  const app = 'app' in atVod ? atVod.app : ''
  return new IdNotFoundError(
    `Nothing has the id "${id}" (looked for ${inTemporal}, and in ${app} for a TaskId, a SessionId of the last 72 hours, a FileId of tasks of the last 72 hours)`,
    'Check the namespace (TEMPORAL_NAMESPACE), the sub-app (--sub-app) and that VODFLOW_MAC_KEYS are those of the worker.',
  )
}

function notHere(id: string, { workflowId, namespace }: StepAddress, ours: string): IdNotFoundError {
  return new IdNotFoundError(
    `"${id}" belongs to the run "${workflowId}" of the namespace "${namespace}", which ${namespace === ours ? 'Temporal has forgotten' : 'is not this one'}`,
    namespace === ours
      ? 'Temporal keeps an ended run for the retention time of the namespace. vodflow adopt <TaskId> waits for a task that still runs.'
      : `Set TEMPORAL_NAMESPACE to ${namespace}.`,
  )
}

/** Each workflow id once, and its latest run, the latest first; what Temporal has forgotten is left out. */
async function latestOf(vodflow: Vodflow, workflowIds: readonly string[]): Promise<RunSummary[]> {
  const found = await Promise.all([...new Set(workflowIds)].map((id) => byWorkflowId(vodflow, id)))
  const runs = found.filter((run) => run !== undefined)
  return runs.sort((one, other) => other.startedAt.getTime() - one.startedAt.getTime())
}

async function byWorkflowId({ client }: Vodflow, id: string): Promise<RunSummary | undefined> {
  try {
    return summaryOfRun(await executionsIn(client).getHandle(id).describe())
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

/** The steps that processed a media file, as the tokens of its tasks say. */
async function byFile(lookup: VodLookup, FileId: string): Promise<StepAddress[]> {
  if (!/^\d{1,32}$/.test(FileId)) return []
  const found: StepAddress[] = []
  for await (const { SessionContext } of listed(lookup, { FileId }))
    found.push(...addressOf(SessionContext, lookup.keys))
  return found
}

async function byTask({ vod, keys, SubAppId }: VodLookup, TaskId: string): Promise<StepAddress[]> {
  if (!/^[\w-]{1,200}$/.test(TaskId)) return []
  const app = SubAppId === undefined ? {} : { SubAppId }
  try {
    const detail = await vod.send('DescribeTaskDetail', { TaskId, ...app })
    return Object.values(detail).flatMap((task) => addressOf(textOf(Object(task).SessionContext), keys))
  } catch (error) {
    // It is no TaskId, or VOD has forgotten it: then it may be a SessionId.
    if (error instanceof VodError && /^(ResourceNotFound|InvalidParameter)/.test(error.code)) return []
    throw error
  }
}

async function bySession(lookup: VodLookup, SessionId: string): Promise<StepAddress[]> {
  if (!/^[a-z2-7]{40}$/.test(SessionId)) return []
  for await (const task of listed(lookup))
    if (task.SessionId === SessionId) return addressOf(task.SessionContext, lookup.keys)
  return []
}

function addressOf(SessionContext: string, keys: MacKeys): StepAddress[] {
  const opened = openSessionContext(SessionContext, keys)
  return opened.verdict === 'ours' ? [opened.address] : []
}

/** The tasks of 72 hours, all that VOD lists. */
async function* listed({ vod, SubAppId }: VodLookup, filter: { readonly FileId?: string } = {}) {
  for (let ScrollToken = ''; ; ) {
    const page = await vod.call('DescribeTasks', {
      ...filter,
      ...(SubAppId === undefined ? {} : { SubAppId }),
      CreateTime: { After: new Date(Date.now() - listedMs).toISOString() },
      Limit: 100,
      ...(ScrollToken === '' ? {} : { ScrollToken }),
    })
    yield* page.TaskSet
    ScrollToken = page.ScrollToken
    if (ScrollToken === '' || page.TaskSet.length === 0) return
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
