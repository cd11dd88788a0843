import { asyncActions, type SubmitAction } from './actions.js'
import type { Problem } from './errors.js'
import type { RateClass } from './rates.js'

/** The workflow task queue. */
export const workflowQueue = 'vodflow'

/** Returns true for a task queue of vodflow's own workers. No other worker may take its tasks. */
export function isReserved(queue: string): boolean {
  return queue === workflowQueue || queue.startsWith(`${workflowQueue}.`)
}

/** Returns what is wrong with a task queue of vodflow's own workers for other workers and workflows. */
export function reservedProblem(queue: string): Problem | undefined {
  if (!isReserved(queue)) return undefined
  return {
    problem: `"${queue}" belongs to vodflow's own workers`,
    remedy: `use another name: vodflow reserves "${workflowQueue}" and all names that begin with "${workflowQueue}."`,
  }
}

const submitRates = Object.fromEntries(
  Object.entries(asyncActions).map(([action, { rate }]) => [action, rate]),
) as Readonly<Record<SubmitAction, RateClass>>

/** Every activity, with the rate class of its queue. */
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

/** Returns the activity task queue of an account for an action. */
export function queueFor(account: string, action: QueuedAction): string {
  return queueOfClass(account, rateClasses[action])
}

export function queueOfClass(account: string, rate: RateClass): string {
  return `${workflowQueue}.${account}.${rate}`
}
