import { asyncActions, type SubmitAction } from './actions.js'

/** The workflow task queue. Activities never run here: eager dispatch would go around VOD's rate limits (measured). */
export const workflowQueue = 'vodflow'

/** What shares one of VOD's rate limits. */
export type RateClass = 'submit' | 'read' | 'slow'

/** Calls per second. VOD allows 100 (20 for the slow ones) for each action of an account; recovery and people need the rest. */
export const callsPerSecond: Readonly<Record<RateClass, number>> = { submit: 80, read: 80, slow: 15 }

const submitRates = Object.fromEntries(
  Object.entries(asyncActions).map(([action, { rate }]) => [action, rate]),
) as Readonly<Record<SubmitAction, RateClass>>

/** Each has a queue of its own. */
export const rates = Object.keys(callsPerSecond) as readonly RateClass[]

/** Every activity, and the queue it waits in. */
export const rateClasses = {
  ...submitRates,
  DescribeTaskDetail: 'read',
  DescribeTasks: 'read',
  readTemplateTasks: 'read',
  readMediaOutputs: 'read',
  findPulled: 'read',
  confirmUpload: 'read',
  ManageTask: 'slow',
  sweepTasks: 'read',
  searchAttributeExists: 'read',
  openLibrary: 'read',
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
