import { Worker, type WorkerOptions } from '@temporalio/worker'
import { createActivities, createKeepSwept } from '../activities/index.js'
import { queueOfClass, workflowQueue } from '../vod/queues.js'
import { callsPerSecond, rates } from '../vod/rates.js'
import { clientsFor } from './accounts.js'
import type { ServedHere } from './pluginOptions.js'

/** A call may be in flight for the HTTP timeout of 15 s. */
export const shutdownGraceMs = 20_000

/** What companions have from the worker that they stand beside. */
type Beside = Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter'>

const companionQueue = new RegExp(`^${workflowQueue}\\.[a-z0-9-]{1,32}\\.(${rates.join('|')})$`)

/** VOD's calls have queues of their own, which no worker of a user has. */
export function isCompanion(taskQueue: string | undefined): boolean {
  return companionQueue.test(taskQueue ?? '')
}

/**
 * Workers for VOD's calls, beside the one that runs workflows: each account has queues of its own with VOD's rates, because a rate
 * limit belongs to a task queue, and a backlog of submits must not starve the reads.
 */
export function createCompanions(
  { accounts, macKeys, sweep = {}, allow = [], idsFolder }: ServedHere,
  { connection, namespace, dataConverter }: Beside,
): Promise<Worker[]> {
  const activities = createActivities({
    clientFor: clientsFor(accounts),
    macKeys,
    allow,
    idsFolder,
    keepSwept: createKeepSwept(sweep),
  })
  return createAll(
    queuesOf(Object.keys(accounts)).map(({ taskQueue, perSecond }) => ({
      ...(connection ? { connection } : {}),
      ...(namespace === undefined ? {} : { namespace }),
      ...(dataConverter ? { dataConverter } : {}),
      shutdownGraceTime: shutdownGraceMs,
      shutdownForceTime: shutdownGraceMs + 10_000,
      activities,
      taskQueue,
      maxTaskQueueActivitiesPerSecond: perSecond,
    })),
  )
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

function queuesOf(accounts: readonly string[]): { taskQueue: string; perSecond: number }[] {
  return accounts.flatMap((account) =>
    rates.map((rate) => ({ taskQueue: queueOfClass(account, rate), perSecond: callsPerSecond[rate] })),
  )
}
