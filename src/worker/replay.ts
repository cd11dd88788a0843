import type { Client } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import { type ReplayWorkerOptions, Worker } from '@temporalio/worker'
import { buildsIn, notPinned, open } from '../client/builds.js'
import { executionsIn } from '../temporal/executions.js'
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
  const onQueue = `${open} AND TaskQueue = ${quoted(taskQueue)}`
  const versioned = (await buildsIn(client)).length > 0
  const query = versioned ? `${onQueue} AND ${notPinned}` : onQueue
  const [all, movable] = await Promise.all([client.workflow.count(onQueue), client.workflow.count(query)])
  const broken: { workflowId: string; runId: string; problem: string }[] = []
  let replayed = 0
  const replay = { ...codeOf(code, dataConverter), ...(dataConverter ? { dataConverter } : {}) }
  for await (const { workflowId, runId, error } of Worker.runReplayHistories(
    replay,
    historiesOf(client, query, limit),
  )) {
    replayed++
    if (error) broken.push({ workflowId, runId, problem: error.message })
  }
  return { replayed, left: Math.max(0, movable.count - replayed), pinned: all.count - movable.count, broken }
}

function codeOf(code: NewCode, dataConverter: DataConverter | undefined): ReplayWorkerOptions {
  if (code.kind === 'vodflow') return workflowCode({ traced: false, dataConverter, connection: undefined })
  const plugins = [new VodflowPlugin({ servedElsewhere: ['default'] })]
  return code.kind === 'module'
    ? { workflowsPath: code.path, plugins }
    : { workflowBundle: { codePath: code.path }, plugins }
}

async function* historiesOf(client: Client, query: string, limit: number) {
  let left = limit
  for await (const { workflowId, runId } of executionsIn(client).list({ query })) {
    if (left-- === 0) return
    yield { workflowId, history: await client.workflow.getHandle(workflowId, runId).fetchHistory() }
  }
}
