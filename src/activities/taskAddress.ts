import type { MacKeys } from '../contract/seal/macKeys.js'
import { openSessionContext, type StepAddress } from '../contract/seal/token.js'
import { activityInfo } from './sdk.js'

/** Returns the step in the token of a listed task, or undefined if no step of ours asked for the task. */
export function addressOf(
  { SessionContext }: { readonly SessionContext: string },
  macKeys: MacKeys,
): StepAddress | undefined {
  const opened = openSessionContext(SessionContext, macKeys)
  return opened.verdict === 'ours' ? opened.address : undefined
}

/** Returns true if the step belongs to the workflow that runs this activity. */
export function isOfThisRun(address: StepAddress | undefined): boolean {
  const { workflowExecution, workflowNamespace } = activityInfo()
  return address?.workflowId === workflowExecution?.workflowId && address?.namespace === workflowNamespace
}
