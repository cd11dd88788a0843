import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Client, WorkflowStartOptions } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'
import { Worker } from '@temporalio/worker'
import Long from 'long'
import { VodflowPlugin } from '../../src/worker/index.js'
import type { System } from './system.js'
import type { Tree } from './tree.js'
import { bundleOf } from './workflowCode.js'

/** What people do to runs, with Temporal's own means. */
export interface Operator {
  /** Starts a tree on the user's worker. */
  start(tree: Tree, more?: Partial<WorkflowStartOptions>): Promise<string>
  /** Where the latest execution can be reset to: the id of each event that ends a workflow task. */
  boundaries(workflowId: string, runId?: string): Promise<number[]>
  reset(workflowId: string, to: number, options?: ResetOptions): Promise<void>
  /** The activity that is pending, as soon as `holds` of it. */
  pending(workflowId: string, holds: (activity: Pending) => boolean): Promise<Pending>
  /** Resolves when the latest execution has come to where its tree waits. */
  waits(workflowId: string): Promise<void>
  /** How many days the namespace keeps a run that has ended. */
  keepEndedRuns(days: number): Promise<void>
  readonly client: Client
  close(): Promise<void>
}

export interface ResetOptions {
  /** Signals that came after the point are delivered again. Default `true`. */
  readonly signals?: boolean
  /** The same for updates. Default `true`. */
  readonly updates?: boolean
  /** Default: the latest execution. */
  readonly runId?: string
}

export type Pending = temporal.api.workflow.v1.IPendingActivityInfo

let started = 0

export async function startOperator(system: System): Promise<Operator> {
  const { client } = system.vodflow
  const { namespace } = client.options
  const worker = await Worker.create({
    connection: system.worker.connection,
    taskQueue: 'theirs',
    workflowBundle: await bundleOf(fileURLToPath(new URL('./tree.ts', import.meta.url))),
    plugins: [new VodflowPlugin({ servedElsewhere: ['default'] })],
  })
  const running = worker.run()

  const eventsOf = async (workflowId: string, runId?: string) =>
    (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? []

  return {
    client,
    async start(tree, more = {}) {
      const workflowId = `tree-${process.pid}-${++started}`
      await client.workflow.start('tree', { workflowId, taskQueue: 'theirs', args: [tree], ...more })
      return more.workflowId ?? workflowId
    },
    async boundaries(workflowId, runId) {
      const events = await eventsOf(workflowId, runId)
      return events
        .filter((event) => event.workflowTaskCompletedEventAttributes)
        .map(({ eventId }) => Number(eventId))
    },
    async reset(workflowId, to, { signals = true, updates = true, runId } = {}) {
      await client.workflowService.resetWorkflowExecution({
        namespace,
        workflowExecution: { workflowId, ...(runId === undefined ? {} : { runId }) },
        reason: 'an operator',
        requestId: randomUUID(),
        workflowTaskFinishEventId: Long.fromNumber(to),
        resetReapplyExcludeTypes: [...(signals ? [] : [1]), ...(updates ? [] : [2])],
      })
    },
    async pending(workflowId, holds) {
      for (;;) {
        const { raw } = await client.workflow.getHandle(workflowId).describe()
        const found = raw.pendingActivities?.find(holds)
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 150))
      }
    },
    async waits(workflowId) {
      const waits = () =>
        client.workflow
          .getHandle(workflowId)
          .query<boolean>('waits')
          .catch(() => false)
      while (!(await waits())) await new Promise((resolve) => setTimeout(resolve, 150))
    },
    async keepEndedRuns(days) {
      const workflowExecutionRetentionTtl = { seconds: Long.fromNumber(days * 86_400), nanos: 0 }
      await client.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } })
    },
    async close() {
      worker.shutdown()
      await running
    },
  }
}
