import type { WorkflowInterceptors } from '@temporalio/workflow'
import { nameChild, nameNext, openIdentity } from './identity.js'
import { afterCleanUp, openInbox, refuseToLeave } from './inbox.js'
import { refuseLateResults } from './lateResults.js'
import { withRemedy } from './unreadable.js'

/** Loaded by the plugin into every workflow of a worker, before its own code. */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      execute(input, next) {
        try {
          openIdentity(input.headers)
        } catch (error) {
          // Thrown at once it would fail the workflow task, which is tried for ever.
          return Promise.reject(error)
        }
        openInbox()
        return afterCleanUp(next(input))
      },
    },
  ],
  internals: [
    {
      activate(input, next) {
        refuseLateResults(input)
        return withRemedy(() => next(input))
      },
    },
  ],
  outbound: [
    {
      startChildWorkflowExecution: nameChild,
      async continueAsNew(input, next) {
        refuseToLeave()
        return next(nameNext(input))
      },
    },
  ],
})
