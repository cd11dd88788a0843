import type { WorkflowInterceptors } from '@temporalio/workflow'
import { openInbox, refuseToLeave } from './inbox.js'

/** Loaded by the plugin into every workflow of a worker, before its own code. */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      execute(input, next) {
        openInbox()
        return next(input)
      },
    },
  ],
  outbound: [
    {
      async continueAsNew(input, next) {
        refuseToLeave()
        return next(input)
      },
    },
  ],
})
