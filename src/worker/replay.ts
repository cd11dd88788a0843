import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import { type ReplayWorkerOptions, Worker } from '@temporalio/worker'
import { deploymentsIn, notPinned } from '../client/builds.js'
import { openIn } from '../client/openRuns.js'
import { executionsIn } from '../temporal/executions.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { quoted } from '../temporal/listQuery.js'
import { workflowCode } from './bundle.js'
import { VodflowPlugin } from './plugin.js'

/** Which workflow code is to be deployed. */
export type NewCode =
  /** The workflows of this package. */
  | { readonly kind: 'vodflow' }
  /** A module of workflows, e.g. `src/workflows.ts`. */
  | { readonly kind: 'module'; readonly path: string }
  /** What `bundleWorkflowCode` has made, with VodflowPlugin among its plugins. */
  | { readonly kind: 'bundle'; readonly path: string }

export interface ReplayOptions {
  readonly client: Client
  /** The task queue that the code will serve. */
  readonly taskQueue: string
  readonly code: NewCode
  /** At most so many runs, the latest first. */
  readonly limit: number
  readonly dataConverter?: DataConverter
}

/** What became of the open runs of a task queue on new code. */
export interface Replayed {
  readonly replayed: number
  /** Open runs of the task queue that were not replayed: those beyond the limit. */
  readonly left: number
  /** The key may not read builds: runs that are pinned to one were replayed as well. */
  readonly buildsUnknown: boolean
  /** Runs that end on their own build, whatever is deployed. */
  readonly pinned: number
  readonly broken: readonly {
    readonly workflowId: string
    readonly runId: string
    readonly problem: string
  }[]
}

/** Replays the open runs of a task queue on code that is not deployed yet. Reads histories and changes nothing. */
export async function replayOpenRuns(options: ReplayOptions): Promise<Replayed> {
  const { client, taskQueue, limit, dataConverter, code } = options
  const onQueue = `${await openIn(client)} AND TaskQueue = ${quoted(taskQueue)}`
  const builds = await buildsOrUnknown(client)
  const query = builds ? `${onQueue} AND ${notPinned}` : onQueue
  const [all, movable] = await Promise.all([client.workflow.count(onQueue), client.workflow.count(query)])
  const broken: { workflowId: string; runId: string; problem: string }[] = []
  let replayed = 0
  let gone = 0
  const replay = { ...codeOf(code, dataConverter), ...(dataConverter ? { dataConverter } : {}) }
  for await (const { workflowId, runId, error } of Worker.runReplayHistories(
    replay,
    historiesOf(client, { query, limit, onGone: () => gone++ }),
  )) {
    replayed++
    if (error) broken.push({ workflowId, runId, problem: error.message })
  }
  return {
    replayed,
    left: Math.max(0, movable.count - replayed - gone),
    buildsUnknown: builds === undefined,
    pinned: all.count - movable.count,
    broken,
  }
}

/** Whether there are builds; undefined where the key may not know. */
async function buildsOrUnknown(client: Client): Promise<boolean | undefined> {
  try {
    return (await deploymentsIn(client)).length > 0
  } catch (error) {
    if (grpcCodeOf(error) === grpc.permissionDenied) return undefined
    throw error
  }
}

function codeOf(code: NewCode, dataConverter: DataConverter | undefined): ReplayWorkerOptions {
  if (code.kind === 'vodflow') return workflowCode({ traced: false, dataConverter, connection: undefined })
  const plugins = [new VodflowPlugin({ servedElsewhere: ['default'] })]
  return code.kind === 'module'
    ? { workflowsPath: code.path, plugins }
    : { workflowBundle: { codePath: code.path }, plugins }
}

interface Wanted {
  readonly query: string
  readonly limit: number
  /** A run was deleted after it was listed. */
  onGone(): void
}

async function* historiesOf(client: Client, { query, limit, onGone }: Wanted) {
  let left = limit
  for await (const { workflowId, runId } of executionsIn(client).list({ query })) {
    if (left-- === 0) return
    const history = await historyOf(client, workflowId, runId)
    if (history) yield { workflowId, history }
    else onGone()
  }
}

async function historyOf(client: Client, workflowId: string, runId: string) {
  try {
    return await client.workflow.getHandle(workflowId, runId).fetchHistory()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}
