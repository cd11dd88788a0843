import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import type { ReplayWorkerOptions } from '@temporalio/worker'
import { deploymentsIn, notPinned } from '../client/builds.js'
import { openIn } from '../client/openRuns.js'
import { executionsIn } from '../temporal/executions.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { quoted } from '../temporal/listQuery.js'
import { workflowCode } from './bundle.js'
import { withLongExecution } from './longExecution.js'
import { VodflowPlugin } from './plugin.js'
import { Worker } from './sdk.js'

/** The workflow code to deploy. */
export type NewCode =
  /** The workflows of this package. */
  | { readonly kind: 'vodflow' }
  /** A module of workflows, e.g. `src/workflows.ts`. */
  | { readonly kind: 'module'; readonly path: string }
  /** A bundle made by `bundleWorkflowCode`, with VodflowPlugin among its plugins. */
  | { readonly kind: 'bundle'; readonly path: string }

export interface ReplayOptions {
  readonly client: Client
  /** The task queue that the code will serve. */
  readonly taskQueue: string
  readonly code: NewCode
  /** Maximum number of runs, the latest first. */
  readonly limit: number
  readonly dataConverter?: DataConverter
}

/** The results of a replay of a task queue's open runs on new code. */
export interface ReplayReport {
  readonly replayed: number
  /** Number of open runs of the task queue beyond the limit, which were not replayed. */
  readonly left: number
  /** True if the API key may not read builds, so that runs that are pinned to a build were replayed too. */
  readonly buildsUnknown: boolean
  /** Number of runs that are pinned to their build, which the deployment does not affect. */
  readonly pinned: number
  readonly broken: readonly {
    readonly workflowId: string
    readonly runId: string
    readonly problem: string
  }[]
}

/** Replays the open runs of a task queue on code that is not deployed yet. It reads histories and changes nothing. */
export async function replayOpenRuns(options: ReplayOptions): Promise<ReplayReport> {
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

/** Returns true if there are builds, or undefined if the API key may not read them. */
async function buildsOrUnknown(client: Client): Promise<boolean | undefined> {
  try {
    return (await deploymentsIn(client)).length > 0
  } catch (error) {
    if (grpcCodeOf(error) === grpc.permissionDenied) return undefined
    throw error
  }
}

function codeOf(code: NewCode, dataConverter: DataConverter | undefined): ReplayWorkerOptions {
  if (code.kind === 'vodflow')
    return withLongExecution(workflowCode({ traced: false, dataConverter, connection: undefined }))
  const plugins = [new VodflowPlugin({ servedElsewhere: ['default'] })]
  return code.kind === 'module'
    ? { workflowsPath: code.path, plugins }
    : { workflowBundle: { codePath: code.path }, plugins }
}

interface ReplayScope {
  readonly query: string
  readonly limit: number
  /** Called if a run was deleted after it was listed. */
  onGone(): void
}

async function* historiesOf(client: Client, { query, limit, onGone }: ReplayScope) {
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
