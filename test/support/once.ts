import { continueAsNew, makeContinueAsNewFunc, sleep } from '@temporalio/workflow'

/* Pipelines that a test starts more than once. */

export interface Cut {
  readonly title: string
  readonly length?: number
}

/** Returns what it was started with. */
export async function told(cut: Cut, take = 1): Promise<string> {
  return `${cut.title}/${take}`
}

export async function noArguments(): Promise<number> {
  return 7
}

export async function stays(_cut: Cut): Promise<void> {
  await sleep('1 day')
}

/** Its last execution has other arguments than its first. */
export async function counts(left: number): Promise<string> {
  if (left > 0) await continueAsNew<typeof counts>(left - 1)
  return 'counted'
}

/** Its last execution has another workflow type than its first. */
export async function becomes(cut: Cut): Promise<string> {
  return makeContinueAsNewFunc<typeof told>({ workflowType: 'told' })(cut)
}
