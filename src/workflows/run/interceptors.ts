import type { WorkflowInterceptors } from '@temporalio/workflow'
import { repairError, repaired } from '../../contract/wellFormed.js'
import { nameChild, nameNext, openIdentity } from './identity.js'
import { afterCleanUp, openInbox, refuseToLeave } from './inbox.js'
import { refuseLateResults } from './lateResults.js'
import { isOurs, withoutUnreadable } from './signals.js'
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
      // What vodflow's own handlers throw is a failure, which is said by a command.
      handleSignal: (input, next) => (isOurs(input.signalName) ? next(input) : repairing(next(input))),
      handleUpdate: (input, next) => (isOurs(input.name) ? next(input) : repairing(next(input))),
    },
  ],
  internals: [
    {
      activate(input, next) {
        refuseLateResults(input)
        return withRemedy(() => next(withoutUnreadable(input)))
      },
      // The complete place: every id, name and message that a workflow hands to Temporal, of queries and updates too.
      concludeActivation(input, next) {
        const concluded = next(input)
        return { ...concluded, commands: repaired(concluded.commands) }
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

/** A plain error fails the workflow task, and its words go to Temporal by no command. */
function repairing<T>(handled: Promise<T>): Promise<T> {
  return handled.catch((error: unknown) => {
    repairError(error)
    throw error
  })
}
