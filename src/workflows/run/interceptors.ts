import { arrayFromPayloads, ValueError } from '@temporalio/common'
import {
  ApplicationFailure,
  type WorkflowInterceptors,
  type WorkflowInternalsInterceptor,
  workflowInfo,
} from '@temporalio/workflow'
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js'
import { lateResultType } from '../../contract/runNames.js'
import { repairError, repaired } from '../../contract/wellFormed.js'
import { nameChild, nameNext, openIdentity } from './identity.js'
import { afterCleanUp, openInbox, refuseToLeave } from './inbox.js'

export { bundleMark } from '../../contract/version.js'

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

type ActivateInput = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]
type Job = NonNullable<ActivateInput['activation']['jobs']>[number]

/**
 * Fails a workflow task that brings the result of a local activity together with anything else. Temporal then replays the run, which
 * gives the result to the workflow where every later replay gives it.
 *
 * A worker that answers a query while a local activity ends records the activity's marker with that workflow task, and tells the
 * workflow with the next one, after its signals. A replay tells it before them, so a run that goes on has a history that no worker
 * can replay (measured, docs/decisions/0036-local-reads-and-queries.md).
 */
export function refuseLateResults(input: ActivateInput): void {
  const { jobs, isReplaying } = input.activation
  if (!jobs || isReplaying) return
  const late = jobs.filter(isLocalResult).length
  if (late === 0 || late === jobs.length) return
  const message =
    'a local activity finished while a query was being answered; Temporal replays the run, and all is well'
  throw ApplicationFailure.create({ type: lateResultType, message })
}

function isLocalResult({ resolveActivity }: Job): boolean {
  return resolveActivity?.isLocal === true
}

/** What Temporal's converters throw, and those of users that follow their example. */
const namesOfUnreadable = ['ValueError', 'PayloadConverterError']

/** A payload that cannot be read fails the workflow task until somebody acts on it: its failure says what to do. */
function withRemedy<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Error) || !namesOfUnreadable.includes(error.name)) throw error
    throw new ValueError(
      `this worker cannot read what the workflow was sent (${error.message}); give clients, callback services and workers the same dataConverter`,
      error,
    )
  }
}

/** Names of vodflow's signals, updates and queries begin so. */
function isOurs(name: unknown): boolean {
  return typeof name === 'string' && name.startsWith('vodflow.')
}

/**
 * The same without signals of vodflow that the data converter cannot read. Anybody with access to the namespace can send one, and
 * Temporal's SDK would fail the workflow task again and again. Each says only that something may be looked at.
 */
function withoutUnreadable(input: ActivateInput): ActivateInput {
  const { activation } = input
  const jobs = activation.jobs?.filter((job) => !isUnreadable(job))
  if (!jobs || jobs.length === activation.jobs?.length) return input
  return { ...input, activation: { ...activation, jobs } as typeof activation }
}

function isUnreadable({ signalWorkflow }: Job): boolean {
  if (!isOurs(signalWorkflow?.signalName)) return false
  const { namespace, workflowId } = workflowInfo()
  try {
    // Temporal's SDK shows a workflow its payload converter nowhere else.
    arrayFromPayloads(getActivator().payloadConverter, signalWorkflow?.input, {
      type: 'workflow',
      namespace,
      workflowId,
    })
    return false
  } catch {
    return true
  }
}
