import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import { createActivities, createKeepSwept } from '../activities/index.js'
import { InvalidInputError } from '../vod/errors.js'
import { callsPerSecond, type QueuedAction, queueFor, rateClasses, workflowQueue } from '../vod/queues.js'
import type { SweepTimes } from '../vod/sweep.js'
import type { MacKeys } from '../vod/token.js'
import { type Accounts, clientsFor } from './accounts.js'
import { workflowCode } from './bundle.js'

export interface VodflowWorkerOptions {
  readonly connection: NativeConnection
  /** Default `default`. */
  readonly namespace?: string
  /** Account alias to endpoint and credentials. A run that names no account uses `default`. */
  readonly accounts: Accounts
  /** Seal the token in SessionContext; see `parseMacKeys`. There is no default key. */
  readonly macKeys: MacKeys
  /** When finished tasks are swept; `off`: runs then rely on callbacks and their own looks. Default: see {@link SweepTimes}. */
  readonly sweep?: Partial<SweepTimes> | 'off'
  /** How many waiting runs are kept in memory. Default: Temporal's, from the size of the heap. */
  readonly maxCachedWorkflows?: number
}

/** Workers that start, run and stop together. */
export interface VodflowWorker {
  /** Polls until {@link VodflowWorker.shutdown}. Rejects when one of the workers fails; the others stop then. */
  run(): Promise<void>
  /** Stops polling and lets calls in flight answer, at most 20 s. */
  shutdown(): void
}

/** A call may be in flight for the HTTP timeout of 15 s. */
const shutdownGraceMs = 20_000

/**
 * Everything a run needs: workflows on the queue `vodflow`, and for each account VOD's calls on queues of
 * their own with VOD's rates, because a rate limit belongs to a task queue and a backlog of submits must not
 * starve the reads.
 *
 * @throws InvalidInputError without an account or a MAC key.
 */
export async function createVodflowWorker(options: VodflowWorkerOptions): Promise<VodflowWorker> {
  const { connection, namespace = 'default', accounts, macKeys, sweep = {}, maxCachedWorkflows } = options
  check(options)
  const activities = createActivities({
    clientFor: clientsFor(accounts),
    macKeys,
    keepSwept: createKeepSwept(sweep),
  })
  const shared = {
    connection,
    namespace,
    shutdownGraceTime: shutdownGraceMs,
    shutdownForceTime: shutdownGraceMs + 10_000,
  }
  const cached = maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }
  const workers = await createAll([
    { ...shared, ...workflowCode(), ...cached, taskQueue: workflowQueue },
    ...queuesOf(Object.keys(accounts)).map(({ taskQueue, perSecond }) => ({
      ...shared,
      activities,
      taskQueue,
      maxTaskQueueActivitiesPerSecond: perSecond,
    })),
  ])
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
  }
  return {
    async run() {
      const running = workers.map((worker) => worker.run().finally(shutdown))
      const failed = (await Promise.allSettled(running)).find((end) => end.status === 'rejected')
      if (failed) throw failed.reason
    },
    shutdown,
  }
}

/** All or none: a worker that never runs would hold the connection for ever. */
async function createAll(options: readonly WorkerOptions[]): Promise<Worker[]> {
  const workers: Worker[] = []
  try {
    for (const each of options) workers.push(await Worker.create(each))
    return workers
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.runUntil(async () => {})))
    throw error
  }
}

function check({ accounts, macKeys }: VodflowWorkerOptions): void {
  if (!macKeys?.sign) {
    const remedy =
      'set VODFLOW_MAC_KEYS to "k1:<at least 32 random characters>" for the worker and the callback service'
    throw new InvalidInputError([
      { field: 'macKeys', problem: 'missing; anybody could address your runs without one', remedy },
    ])
  }
  if (Object.keys(accounts).length === 0) {
    throw new InvalidInputError([
      { field: 'accounts', problem: 'empty', remedy: 'give at least { default: { ... } }' },
    ])
  }
}

function queuesOf(accounts: readonly string[]): { taskQueue: string; perSecond: number }[] {
  const queues = accounts.flatMap((account) =>
    (Object.keys(rateClasses) as QueuedAction[]).map((action) => ({
      taskQueue: queueFor(account, action),
      perSecond: callsPerSecond[rateClasses[action]],
    })),
  )
  return [...new Map(queues.map((queue) => [queue.taskQueue, queue])).values()]
}
