import { hostname } from 'node:os'
import { Worker, type WorkerDeploymentOptions, type WorkerOptions } from '@temporalio/worker'
import { createActivities, createKeepSwept, type VodActivities } from '../activities/index.js'
import { queueOfClass, workflowQueue } from '../contract/queues.js'
import { callsPerSecond, type RateClass, rates } from '../contract/rates.js'
import { version } from '../contract/version.js'
import { clientsFor } from './accounts.js'
import { workflowCode } from './bundle.js'
import { countCall, observeCalls, observeReads } from './observe.js'
import type { ServedHere } from './pluginOptions.js'
import { repairFailures } from './repairFailures.js'

/** A call may be in flight for the HTTP timeout of 15 s. */
export const shutdownGraceMs = 20_000
/** Then a worker ends whatever it does, ms. */
export const shutdownForceMs = shutdownGraceMs + 10_000

/** What companions have from the worker that they stand beside. */
type Beside = Pick<
  WorkerOptions,
  'connection' | 'namespace' | 'dataConverter' | 'taskQueue' | 'workerDeploymentOptions'
>

/** Says the version, so that `vodflow doctor` can compare it; else as Temporal's own. */
export function identity(): string {
  return `vodflow/${version} ${process.pid}@${hostname()}`
}

/** On the options of a companion: a plugin of the connection, ours among them, is one of every worker on it. */
const companion = Symbol('vodflow.companion')

export function isCompanion(options: object): boolean {
  return companion in options
}

export interface CompanionOptions {
  readonly served: ServedHere
  /** What the queues of calls do. */
  readonly calls: VodActivities
  readonly beside: Beside
  /** Activities that vodflow's own workflows need on their worker. */
  readonly own: object
}

/**
 * Workers beside that of a user, in the same process. For VOD's calls each account has queues of its own with VOD's rates, because a
 * rate limit belongs to a task queue, and a backlog of submits must not starve the reads. And vodflow's own workflows (the sweep, the
 * batch, uploads, runs by name) have theirs, unless the user's worker is just that.
 */
export function createCompanions({ served, calls, beside, own }: CompanionOptions): Promise<Worker[]> {
  const { accounts, tracing } = served
  const { connection, namespace, dataConverter, taskQueue, workerDeploymentOptions } = beside
  const shared = {
    [companion]: true,
    identity: identity(),
    ...(tracing ? { plugins: [tracing.plugin] } : {}),
    ...(connection ? { connection } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    ...(dataConverter ? { dataConverter } : {}),
    // A run's calls are done by the build that it runs on.
    ...(workerDeploymentOptions ? { workerDeploymentOptions: ownDefault(workerDeploymentOptions) } : {}),
    shutdownGraceTime: shutdownGraceMs,
    shutdownForceTime: shutdownForceMs,
  }
  const ownWorker = () => {
    const { interceptors, ...code } = workflowCode({
      traced: tracing !== undefined,
      dataConverter,
      connection,
    })
    const observed = { ...interceptors, activity: [repairFailures, observeReads] }
    return { ...shared, activities: own, ...code, interceptors: observed, taskQueue: workflowQueue }
  }
  return createAll([
    ...queuesOf(Object.keys(accounts)).map((queue) => ({
      ...shared,
      activities: calls,
      interceptors: { activity: [repairFailures, observeCalls(queue)] },
      taskQueue: queueOfClass(queue.account, queue.rate),
      maxTaskQueueActivitiesPerSecond: callsPerSecond[queue.rate],
    })),
    ...(taskQueue === workflowQueue ? [] : [ownWorker()]),
  ])
}

/** VOD's calls, with the accounts and keys of this process. */
export function createCalls({
  accounts,
  macKeys,
  sweep = {},
  allow = [],
  idsFolder,
  tracing,
}: ServedHere): VodActivities {
  return createActivities({
    clientFor: clientsFor(accounts, (call) => {
      countCall(call)
      tracing?.onCall(call)
    }),
    macKeys,
    allow,
    idsFolder,
    keepSwept: createKeepSwept(sweep),
  })
}

/** vodflow's own workflows end on the build that began them, whatever is said of a user's. */
function ownDefault(options: WorkerDeploymentOptions): WorkerDeploymentOptions {
  return options.useWorkerVersioning ? { ...options, defaultVersioningBehavior: 'PINNED' } : options
}

/** Creates all workers or none, because a worker that never runs keeps its connection open. */
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

function queuesOf(accounts: readonly string[]): { account: string; rate: RateClass }[] {
  return accounts.flatMap((account) => rates.map((rate) => ({ account, rate })))
}
