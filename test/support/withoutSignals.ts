import { getActivator } from '@temporalio/workflow/lib/global-attributes.js'

/** Workflow code in a version of Temporal's SDK that delivers signals in another way. */
export function interceptors(): object {
  Object.assign(getActivator(), { signalWorkflow: undefined })
  return {}
}
