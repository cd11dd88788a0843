import { hostname } from 'node:os'
import type { Worker, WorkerDeploymentOptions, WorkerOptions } from '@temporalio/worker'
import { createActivities, createKeepSwept, type VodActivities } from '../activities/index.js'
import { queueOfClass, workflowQueue } from '../contract/queues.js'
import { callsPerSecond, type RateClass, rates } from '../contract/rates.js'
import { type Prints, printsText } from '../contract/seal/prints.js'
import { version } from '../contract/version.js'
import type { VodClient } from '../vod/client.js'
import { clientsFor } from './accounts.js'
import { workflowCode } from './bundle.js'
import { withLongExecution } from './longExecution.js'
import { countCall, observeCalls, observeReads } from './observe.js'
import type { ServedHere } from './pluginOptions.js'
import { printsOf } from './printsOf.js'
import { repairFailures } from './repairFailures.js'
import { requireServable } from './requireServable.js'
import * as sdk from './sdk.js'

/** Longer than a call may be in flight: its HTTP timeout is 15 s. */
export const shutdownGraceMs = 20_000
/** Time after which a worker ends even if activities are running, ms. */
export const shutdownForceMs = shutdownGraceMs + 10_000

/** Options that companions take from the user's worker. */
type Beside = Pick<
  WorkerOptions,
  'connection' | 'namespace' | 'dataConverter' | 'taskQueue' | 'workerDeploymentOptions'
>

/** Returns Temporal's default identity with vodflow's version, which `vodflow doctor` compares. */
export function identity(): string {
  return `vodflow/${version} ${process.pid}@${hostname()}`
}

/** Returns the identity for polls of a queue. Almost no history has an abort, so what a worker shows makes no other run larger. */
function identityAt(rate: RateClass, prints: Prints): string {
  return rate === 'abort' ? `${identity()} ${printsText(prints)}` : identity()
}

/** Marks the options of a companion, because a plugin of the connection, such as vodflow's, also configures the companions on it. */
const companion = Symbol('vodflow.companion')

export function isCompanion(options: object): boolean {
  return companion in options
}

export interface CompanionOptions {
  readonly served: ServedHere
  /** The activities of the queues for VOD's calls. */
  readonly calls: VodActivities
  readonly beside: Beside
  /** Activities that vodflow's own workflows need on their worker. */
  readonly own: object
}

/**
 * Creates the workers that run next to the user's worker, in the same process. Each account has its own queues for VOD's calls, with VOD's
 * rates, because a rate limit belongs to a task queue, and a backlog of submits must not starve the reads. vodflow's own workflows (the
 * sweep, the batch, uploads, runs by name) have a worker too, unless the user's worker is that of `createVodflowWorker`, which serves them.
 *
 * @throws InvalidInputError if the keys in the credential file cannot be sent
 */
export async function createCompanions({ served, calls, beside, own }: CompanionOptions): Promise<Worker[]> {
  const { accounts, tracing } = served
  const { connection, namespace, dataConverter, taskQueue, workerDeploymentOptions } = beside
  const shared = {
    [companion]: true,
    identity: identity(),
    ...(tracing ? { plugins: [tracing.plugin] } : {}),
    ...(connection ? { connection } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    ...(dataConverter ? { dataConverter } : {}),
    // The calls of a run are made by workers of the build that it runs on.
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
    const observed = { ...interceptors, activity: [repairFailures, observeReads(Object.keys(accounts))] }
    return withLongExecution({
      ...shared,
      activities: own,
      ...code,
      interceptors: observed,
      taskQueue: workflowQueue,
    })
  }
  const shown = await Promise.all(
    Object.entries(accounts).map(async ([account, options]) => ({
      account,
      prints: await printsOf(options, served),
    })),
  )
  const queues = shown.flatMap((each) => rates.map((rate) => ({ ...each, rate })))
  return createAll([
    ...queues.map(({ prints, ...queue }) => ({
      ...shared,
      identity: identityAt(queue.rate, prints),
      activities: calls,
      interceptors: { activity: [repairFailures, observeCalls(queue)] },
      taskQueue: queueOfClass(queue.account, queue.rate),
      maxTaskQueueActivitiesPerSecond: callsPerSecond[queue.rate],
    })),
    ...(taskQueue === workflowQueue ? [] : [ownWorker()]),
  ])
}

/** What makes VOD's calls in this process. */
export interface AccountCalls {
  readonly calls: VodActivities
  /** Returns the client of an account. */
  readonly clientFor: (account: string) => VodClient
}

/**
 * Creates the activities for VOD's calls, with the accounts and keys of this process.
 *
 * @throws InvalidInputError as `requireServable` does
 */
export function createCalls({
  accounts,
  macKeys,
  sweep = {},
  allow = [],
  idsFolder,
  tracing,
}: ServedHere): AccountCalls {
  const clientFor = clientsFor(accounts, [countCall, (call) => tracing?.onCall(call)])
  // Every account has the same SDK.
  requireServable({ allow, idsFolder }, clientFor(Object.keys(accounts)[0] ?? ''))
  const keepSwept = createKeepSwept(sweep)
  return { calls: createActivities({ clientFor, macKeys, allow, idsFolder, keepSwept }), clientFor }
}

/** Pins vodflow's own workflows to the build that started them, even if the user's workflows are not pinned. */
function ownDefault(options: WorkerDeploymentOptions): WorkerDeploymentOptions {
  return options.useWorkerVersioning ? { ...options, defaultVersioningBehavior: 'PINNED' } : options
}

/** Creates all workers or none, because a worker that never runs keeps its connection open. */
async function createAll(options: readonly WorkerOptions[]): Promise<Worker[]> {
  const workers: Worker[] = []
  try {
    for (const each of options) workers.push(await sdk.Worker.create(each))
    return workers
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.runUntil(async () => {})))
    throw error
  }
}
