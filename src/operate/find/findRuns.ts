import { WorkflowNotFoundError } from '@temporalio/client'
import { VodflowError } from '../../base/vodflowError.js'
import type { RunSummary, Vodflow } from '../../client/index.js'
import { summaryOfRun } from '../../client/list.js'
import { chainOf } from '../../client/run.js'
import { appText } from '../../contract/appAddress.js'
import { VodError } from '../../contract/errors.js'
import { textOf } from '../../contract/json.js'
import { adoptType } from '../../contract/runNames.js'
import { type MacKeys, openSessionContext, type StepAddress } from '../../contract/seal/token.js'
import { adoptedAttribute } from '../../contract/searchAttributes.js'
import { shownMs } from '../../contract/time.js'
import { executionsIn } from '../../temporal/executions.js'
import { quoted } from '../../temporal/listQuery.js'
import { missingSearchAttributes } from '../../temporal/searchAttributes.js'
import type { VodClient } from '../../vod/client.js'
import { listedTasks } from '../listedTasks.js'

/** Settings for looking up a TaskId or a SessionId at VOD. */
export interface VodLookup {
  readonly vod: VodClient
  readonly keys: MacKeys
  readonly SubAppId?: number | undefined
}

export interface FoundRuns {
  readonly by: 'workflowId' | 'runId' | 'FileId' | 'TaskId' | 'SessionId'
  /** Runs, the latest first. */
  readonly runs: readonly RunSummary[]
  /** Workflow ids for which the task belongs to an earlier run than the one in `runs`. */
  readonly replaced: readonly string[]
  /** The reason why VOD could not be asked which of the user's workflows processed a media file. */
  readonly notAsked?: string
}

/** No run with this id was found. */
export class IdNotFoundError extends VodflowError {
  override readonly name = 'IdNotFoundError'
  override readonly code = 'VODFLOW_ID_NOT_FOUND'
}

/** Maximum number of runs that are read if the namespace has no search attributes. */
const maxScanned = 5_000
/** Maximum number of tasks that are read for an unknown workflow id, so that a misspelled one does not take minutes. */
const maxListed = 10_000
/**
 * Finds the runs for an id, which may be a workflow id, a run id, a FileId, a TaskId or a SessionId.
 *
 * @param lookup - access to VOD, for TaskIds, SessionIds and the media of steps in the user's workflows; or the reason why it is missing.
 * @throws IdNotFoundError that says which places were searched, and which could not be
 */
export async function findRuns(
  vodflow: Vodflow,
  id: string,
  lookup: VodLookup | { readonly missing: string },
): Promise<FoundRuns> {
  const named = await byWorkflowId(vodflow, id)
  if (named) return { by: 'workflowId', runs: [named.summary], replaced: [] }
  const ofRun = await byRunId(vodflow, id)
  if (ofRun) return ofRun
  const ofFile = await byFileId(vodflow, id)
  const adopters = await byAdoptedTask(vodflow, id)
  const atVod = 'missing' in lookup ? lookup : await askVod(lookup, id)
  const tasks = 'tasks' in atVod ? atVod.tasks : []
  const { namespace } = vodflow.client.options
  const here = tasks.map(({ address }) => address).filter((address) => address.namespace === namespace)
  const latest = await latestOf(vodflow, [...ofFile, ...adopters, ...here])
  if (latest.length > 0) {
    const by = kindOf(ofFile, adopters, atVod)
    const runs = latest.map(({ summary }) => summary)
    // A media file can be processed by many runs, but a task was created by one run.
    const creators = latest.filter(({ summary }) => !adopters.some((each) => each.runId === summary.runId))
    const replaced =
      by === 'FileId' ? [] : creators.filter((run) => !here.some((address) => isOf(address, run)))
    const notAsked = 'missing' in atVod ? { notAsked: atVod.missing } : {}
    return { by, runs, replaced: replaced.map(({ summary }) => summary.workflowId), ...notAsked }
  }
  throw tasks.length > 0 ? notHere(id, tasks, namespace) : notFound(id, atVod)
}

function kindOf(
  ofFile: readonly RunSummary[],
  adopters: readonly RunSummary[],
  atVod: AtVod,
): FoundRuns['by'] {
  if (ofFile.length > 0) return 'FileId'
  if (adopters.length > 0) return 'TaskId'
  return 'by' in atVod ? atVod.by : 'FileId'
}

/** The latest run of a workflow id, and its chain. */
interface Latest {
  readonly summary: RunSummary
  readonly chain: string
}

function isOf({ workflowId, chain }: StepAddress, run: Latest): boolean {
  return workflowId === run.summary.workflowId && chain === run.chain
}

/** A task at VOD, and the step that its token names. */
interface NamedTask {
  readonly TaskId: string
  readonly Status: string
  readonly address: StepAddress
}

/** VOD's answer for an id: its tasks, or the application in which none was found, or the reason why VOD could not be asked. */
type AtVod =
  | { readonly by: FoundRuns['by']; readonly tasks: readonly NamedTask[] }
  | { readonly missing: string }
  | { readonly app: string }

async function askVod(lookup: VodLookup, id: string): Promise<AtVod> {
  const ways = { FileId: byFile, TaskId: tasksOfTaskId, SessionId: bySession, workflowId: byToken }
  try {
    for (const by of ['FileId', 'TaskId', 'SessionId', 'workflowId'] as const) {
      const tasks = await ways[by](lookup, id)
      if (tasks.length > 0) return { by, tasks }
    }
    return { app: appText(lookup.SubAppId) }
  } catch (error) {
    return { missing: `VOD could not be asked: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const inTemporal = 'a workflow id, the FileId of a run of one step, an adopted TaskId, a run id'

function notFound(id: string, atVod: AtVod): IdNotFoundError {
  if ('missing' in atVod) {
    return new IdNotFoundError({
      what: `Nothing in Temporal has the id "${id}" (looked for ${inTemporal})`,
      remedy: `A TaskId, a SessionId, and the FileId of media that a step of a workflow processed must be looked up at VOD: ${atVod.missing}.`,
    })
  }
  const app = 'app' in atVod ? atVod.app : ''
  const latest = isVods(id) ? '' : `, a workflow id of the latest ${maxListed} tasks`
  return new IdNotFoundError({
    what: `Nothing has the id "${id}" (looked for ${inTemporal}, and in ${app} for a TaskId, a SessionId or FileId of tasks of the last 72 hours${latest})`,
    remedy:
      'Check the namespace (TEMPORAL_NAMESPACE), the sub-app (--sub-app), and that VODFLOW_MAC_KEYS has the keys of the worker.',
  })
}

function notHere(id: string, tasks: readonly NamedTask[], ours: string): IdNotFoundError {
  const here = tasks.filter(({ address }) => address.namespace === ours)
  const [{ address }] = (here.length > 0 ? here : tasks) as [NamedTask]
  const { workflowId, namespace } = address
  const whose = `"${id}" belongs to the run "${workflowId}" of the namespace "${namespace}"`
  if (here.length === 0)
    return new IdNotFoundError({
      what: `${whose}, which is not this one`,
      remedy: `Set TEMPORAL_NAMESPACE to ${namespace}.`,
    })
  const known = here.slice(0, maxNamed).map(({ TaskId, Status }) => `${TaskId} (${Status})`)
  const more = here.length > maxNamed ? ` and ${here.length - maxNamed} more` : ''
  return new IdNotFoundError({
    what: `${whose}, which Temporal has forgotten; VOD still has its tasks: ${known.join(', ')}${more}`,
    remedy: `Temporal keeps an ended run for the retention period of the namespace. vodflow audit lists the tasks that no run waits for. For the outcome of a task: ${here.slice(0, 1).map(adoptCommand)}`,
  })
}

const maxNamed = 10

function adoptCommand({ TaskId, address: { SubAppId, account } }: NamedTask): string {
  const app = SubAppId === undefined ? '' : ` --sub-app ${SubAppId}`
  return `vodflow adopt ${TaskId}${app}${account === 'default' ? '' : ` --account ${account}`}`
}

/** Returns the latest run of each workflow id, the latest first, without runs that Temporal no longer has. */
async function latestOf(
  vodflow: Vodflow,
  named: readonly { readonly workflowId: string }[],
): Promise<Latest[]> {
  const ids = new Set(named.map(({ workflowId }) => workflowId))
  const found = await Promise.all([...ids].map((id) => byWorkflowId(vodflow, id)))
  const runs = found.filter((run) => run !== undefined)
  return runs.sort((one, other) => other.summary.startedAt.getTime() - one.summary.startedAt.getTime())
}

async function byWorkflowId({ client }: Vodflow, id: string): Promise<Latest | undefined> {
  try {
    const run = await executionsIn(client).getHandle(id).describe()
    return { summary: summaryOfRun(run), chain: chainOf(run) }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

/** Returns the latest run of the workflow id of a run. */
async function byRunId(vodflow: Vodflow, id: string): Promise<FoundRuns | undefined> {
  if (!/^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/.test(id)) return undefined
  const executions = executionsIn(vodflow.client)
  for await (const { workflowId } of executions.list({ query: `RunId = ${quoted(id)}` })) {
    const [latest, run] = await Promise.all([
      byWorkflowId(vodflow, workflowId),
      executions.getHandle(workflowId, id).describe(),
    ])
    const replaced = latest?.chain === chainOf(run) ? [] : [workflowId]
    return latest && { by: 'runId', runs: [latest.summary], replaced }
  }
  return undefined
}

async function byFileId(vodflow: Vodflow, FileId: string): Promise<RunSummary[]> {
  const missing = await missingSearchAttributes(vodflow.client).catch(() => ['VodflowFileId'])
  const searched = !missing.includes('VodflowFileId')
  const runs: RunSummary[] = []
  const list = vodflow.list(searched ? { FileId, limit: 100 } : { limit: maxScanned })
  for await (const run of list) if (searched || run.request?.FileId === FileId) runs.push(run)
  return runs
}

/** Returns the runs that adopted a task. Its token names no run, or another one. */
async function byAdoptedTask(vodflow: Vodflow, TaskId: string): Promise<RunSummary[]> {
  if (!mayBeTaskId(TaskId) || looksLikeFileId(TaskId)) return []
  const { client } = vodflow
  const runs: RunSummary[] = []
  const missing = await missingSearchAttributes(client).catch(() => [adoptedAttribute])
  if (missing.includes(adoptedAttribute)) {
    const ofTask = `/task:${TaskId}`
    for await (const run of vodflow.list({ type: adoptType, limit: maxScanned }))
      if (run.workflowId.endsWith(ofTask)) runs.push(run)
    return runs
  }
  const query = `${adoptedAttribute} = ${quoted(TaskId)}`
  for await (const run of executionsIn(client).list({ query })) runs.push(summaryOfRun(run))
  return runs
}

/** Returns the tasks of a media file whose tokens name a step. */
async function byFile(lookup: VodLookup, FileId: string): Promise<NamedTask[]> {
  return looksLikeFileId(FileId) ? namedTasks(lookup, { FileId }) : []
}

/** Returns the task of a TaskId, if its token names a step. */
export async function tasksOfTaskId(
  { vod, keys, SubAppId }: VodLookup,
  TaskId: string,
): Promise<NamedTask[]> {
  if (!mayBeTaskId(TaskId)) return []
  try {
    const detail = await vod.send('DescribeTaskDetail', { TaskId, SubAppId })
    const Status = textOf(Object(detail).Status)
    return Object.values(detail).flatMap((task) =>
      namedBy({ TaskId, Status, SessionContext: textOf(Object(task).SessionContext) }, keys),
    )
  } catch (error) {
    // The id is not a TaskId, or VOD has forgotten the task. It may be a SessionId.
    if (error instanceof VodError && /^(ResourceNotFound|InvalidParameter)/.test(error.vodCode)) return []
    throw error
  }
}

async function bySession(lookup: VodLookup, SessionId: string): Promise<NamedTask[]> {
  if (!/^[a-z2-7]{40}$/.test(SessionId)) return []
  const tasks = await namedTasks(lookup)
  return tasks.filter(({ address }) => address.SessionId === SessionId)
}

/** Returns the tasks of a workflow id, because VOD may still have tasks of a run that Temporal has forgotten. */
async function byToken(lookup: VodLookup, workflowId: string): Promise<NamedTask[]> {
  if (isVods(workflowId)) return []
  const tasks = await namedTasks(lookup, { most: maxListed })
  return tasks.filter(({ address }) => address.workflowId === workflowId)
}

/**
 * Returns true for a FileId or a TaskId. VOD was already asked for these. Listing all tasks would take a hundred calls, for which workers
 * would have to wait.
 */
function isVods(id: string): boolean {
  return looksLikeFileId(id) || /^\d+-\w+-[0-9a-f]{16}\w*$/.test(id)
}

/** VOD makes FileIds of digits, and its TaskIds are none. Other ids are not asked for. */
function looksLikeFileId(id: string): boolean {
  return /^\d{1,32}$/.test(id)
}

function mayBeTaskId(id: string): boolean {
  return /^[\w-]{1,200}$/.test(id)
}

function namedBy(
  { TaskId, Status, SessionContext }: Omit<NamedTask, 'address'> & { readonly SessionContext: string },
  keys: MacKeys,
): NamedTask[] {
  const opened = openSessionContext(SessionContext, keys)
  return opened.verdict === 'ours' ? [{ TaskId, Status, address: opened.address }] : []
}

interface ListingFilter {
  readonly FileId?: string
  /** Maximum number of tasks to read, the latest first. Default: all tasks of the last 72 hours. */
  readonly most?: number
}

/** Returns listed tasks whose tokens name a step. */
async function namedTasks(
  { vod, SubAppId, keys }: VodLookup,
  { most = Number.POSITIVE_INFINITY, FileId }: ListingFilter = {},
): Promise<NamedTask[]> {
  const found: NamedTask[] = []
  let left = most
  for await (const task of listedTasks({ vod, SubAppId, FileId, since: Date.now() - shownMs })) {
    found.push(...namedBy(task, keys))
    left -= 1
    if (left <= 0) break
  }
  return found
}
