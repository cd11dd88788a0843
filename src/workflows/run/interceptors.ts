import { ValueError } from '@temporalio/common'
import {
  ApplicationFailure,
  type WorkflowInterceptors,
  type WorkflowInternalsInterceptor,
  workflowInfo,
} from '@temporalio/workflow'
import { workflowQueue } from '../../contract/queues.js'
import { isOurs, lateResultType } from '../../contract/runNames.js'
import { cannotRead } from '../../contract/unopened.js'
import { repairError, repaired } from '../../contract/wellFormed.js'
import { refuse } from '../refuse.js'
import { ownActivator } from './activator.js'
import { showDetails } from './currentDetails.js'
import { deliverSignalsDirectly, recordIgnored } from './deliverSignals.js'
import { nameChild, nameNext, openIdentity } from './identity.js'
import { afterCleanUp, forgetGrantedDetach, openInbox, refuseToLeave } from './inbox.js'
import { readOnly } from './readOnly.js'
import { refuseUnreadableQueries } from './refuseQueries.js'

export { bundleMark } from '../../contract/version.js'

/** The interceptors that the plugin loads into every workflow of a worker, before the workflow's own code. */
export function interceptors(): WorkflowInterceptors {
  const activator = ownActivator()
  deliverSignalsDirectly(activator)
  refuseUnreadableQueries(activator)
  return intercepting
}

const intercepting: WorkflowInterceptors = {
  inbound: [
    {
      execute(input, next) {
        try {
          openIdentity(input.headers)
          requireOneArgument(input.args)
        } catch (error) {
          // A synchronous throw would fail the workflow task, which Temporal retries forever.
          return Promise.reject(error)
        }
        openInbox()
        return afterCleanUp(next(input))
      },
      // vodflow's own handlers throw only failures, whose texts `concludeActivation` repairs. Its signals do not pass here.
      handleSignal: (input, next) => repairing(next(input)),
      handleUpdate: (input, next) => (isOurs(input.name) ? next(input) : repairing(next(input))),
      handleQuery(input, next) {
        if (isOurs(input.queryName)) return next(input)
        const { handled, throwRefusal } = readOnly(() => next(input))
        return handled.finally(throwRefusal)
      },
      validateUpdate(input, next) {
        readOnly(() => next(input)).throwRefusal()
      },
    },
  ],
  internals: [
    {
      activate(input, next) {
        refuseLateResults(input)
        withRemedy(() => next(input))
        recordIgnored()
      },
      // The commands contain every id, name and message that a workflow sends to Temporal, including those of queries and updates.
      concludeActivation(input, next) {
        showDetails()
        forgetGrantedDetach()
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
}

/**
 * Each workflow of vodflow takes one argument. A second one, such as the options of the client's `process`, would be ignored, and an
 * `idempotencyKey` in it would not keep VOD from billing twice. Workflows of users may take more.
 *
 * @throws ApplicationFailure of type `InvalidInput`
 */
function requireOneArgument(given: readonly unknown[]): void {
  if (workflowInfo().taskQueue !== workflowQueue || given.length <= 1) return
  throw refuse(
    'arguments',
    `are ${given.length}, not one`,
    'pass one argument, with every option as a field of it',
  )
}

/** A plain error fails the workflow task, and no command contains its message. */
function repairing<T>(handled: Promise<T>): Promise<T> {
  return handled.catch((error: unknown) => {
    repairError(error)
    throw error
  })
}

type ActivateInput = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]
type Job = NonNullable<ActivateInput['activation']['jobs']>[number]

/**
 * Fails a workflow task that delivers the result of a local activity together with anything else. Temporal then replays the run, which
 * delivers the result at the same point as every later replay.
 *
 * If a local activity ends while a worker answers a query, the worker records the activity's marker with that workflow task, but delivers
 * the result with the next one, after its signals. A replay delivers it before them, so a run that continued would have a history that no
 * worker can replay (measured, docs/decisions/0036-local-reads-and-queries.md).
 */
export function refuseLateResults(input: ActivateInput): void {
  const { jobs, isReplaying } = input.activation
  if (!jobs || isReplaying) return
  const late = jobs.filter(isLocalResult).length
  if (late === 0 || late === jobs.length) return
  const message =
    'a local activity finished while a query was being answered; Temporal replays the run, so no action is needed'
  throw ApplicationFailure.create({ type: lateResultType, message })
}

function isLocalResult({ resolveActivity }: Job): boolean {
  return resolveActivity?.isLocal === true
}

/** The names of the errors that Temporal's converters throw, and converters of users that follow them. */
const namesOfUnreadable = ['ValueError', 'PayloadConverterError']

/** Adds a remedy to the failure, because an unreadable payload fails the workflow task until an operator fixes the cause. */
function withRemedy<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Error) || !namesOfUnreadable.includes(error.name)) throw error
    throw new ValueError(
      `${cannotRead} (${error.message}); pass clients, callback services and workers the same dataConverter`,
      error,
    )
  }
}
