import { asyncActions, type SubmitAction } from './actions.js'
import type { RateClass } from './rates.js'

/** The workflow task queue. */
export const workflowQueue = 'vodflow'

/** Returns true for a task queue of vodflow's own workers. No other worker may take its tasks. */
export function isReserved(queue: string): boolean {
  return queue === workflowQueue || queue.startsWith(`${workflowQueue}.`)
}

const submitRates = Object.fromEntries(
  Object.entries(asyncActions).map(([action, { rate }]) => [action, rate]),
) as Readonly<Record<SubmitAction, RateClass>>

/** Every activity, and the queue it waits in. */
export const rateClasses = {
  ...submitRates,
  DescribeTaskDetail: 'read',
  DescribeTasks: 'read',
  readTemplateTasks: 'read',
  readMediaOutputs: 'read',
  findPulled: 'read',
  confirmUpload: 'read',
  findUploadTasks: 'read',
  awaitRun: 'read',
  ManageTask: 'abort',
  sweepTasks: 'read',
  searchAttributeExists: 'read',
  openBatch: 'read',
  readIds: 'read',
  startRuns: 'read',
  checkRuns: 'read',
} as const satisfies Record<string, RateClass>

export type QueuedAction = keyof typeof rateClasses

/** The activity task queue of one account for one action. */
export function queueFor(account: string, action: QueuedAction): string {
  return queueOfClass(account, rateClasses[action])
}

export function queueOfClass(account: string, rate: RateClass): string {
  return `${workflowQueue}.${account}.${rate}`
}
