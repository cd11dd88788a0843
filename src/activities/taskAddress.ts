import type { MacKeys } from '../contract/seal/macKeys.js'
import { openSessionContext, type StepAddress } from '../contract/seal/token.js'
import { activityInfo } from './sdk.js'

/** The step that a listed task names by its token; undefined where no step of ours asked for it. */
export function addressOf(
  { SessionContext }: { readonly SessionContext: string },
  macKeys: MacKeys,
): StepAddress | undefined {
  const opened = openSessionContext(SessionContext, macKeys)
  return opened.verdict === 'ours' ? opened.address : undefined
}

/** Whether that step is one of the workflow that runs this activity. */
export function isOfThisRun(address: StepAddress | undefined): boolean {
  const { workflowExecution, workflowNamespace } = activityInfo()
  return address?.workflowId === workflowExecution?.workflowId && address?.namespace === workflowNamespace
}
