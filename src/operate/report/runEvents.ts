import proto from '@temporalio/proto'
import { outcomeOfFailure } from '../../contract/mediaFailure.js'
import { lateResultType, stepTypes } from '../../contract/runNames.js'
import { readable } from '../../temporal/payloads.js'
import type { RunStatus } from './caseFile.js'
import type { EventContext, EventReaders } from './eventReader.js'
import { failureOf } from './failure.js'
import type { GrowingRun } from './runBuilder.js'

/** Readers of the events of a run itself: its start, its workflow tasks, its children and its end. */
export const runReaders: EventReaders = {
  async workflowExecutionStartedEventAttributes(run, started, context) {
    run.startedAt = context.at
    run.startedBy = started.identity ?? ''
    run.type = started.workflowType?.name ?? ''
    const given = started.input?.payloads ?? []
    run.input = await Promise.all(given.map((payload) => readable(payload, context.read)))
    const goesOn = started.continuedExecutionRunId ? ', continuing an earlier run' : ''
    say(run, context, `started by ${started.identity || 'Temporal'}${goesOn}`)
  },

  startChildWorkflowExecutionInitiatedEventAttributes({ lines }, child, { at, eventId }) {
    const type = child.workflowType?.name ?? ''
    const workflowId = child.workflowId ?? ''
    lines.push({ at, eventId, kind: 'child', workflowId, type, what: `child workflow ${type} ${workflowId}` })
  },
  async workflowTaskFailedEventAttributes(run, { failure, cause }, context) {
    const normal = cause == null ? undefined : normalFailures[cause]
    if (normal !== undefined) return say(run, context, normal)
    if (failure?.applicationFailureInfo?.type === lateResultType)
      return say(run, context, 'a query was answered while a local activity ended, so the run is replayed')
    say(
      run,
      context,
      `a workflow task failed: ${(await failureOf(failure, context.read)).message}`,
      'problem',
    )
  },
  workflowTaskTimedOutEventAttributes(run, { timeoutType }, context) {
    if (timeoutType === notTaken)
      return say(
        run,
        context,
        'the worker with the run in its cache did not take the workflow task, so any worker may take it',
      )
    say(run, context, 'a worker took a workflow task but did not answer in time', 'problem')
  },
  workflowExecutionCancelRequestedEventAttributes(run, { identity, cause }, context) {
    say(run, context, `cancellation requested by ${identity || cause || 'Temporal'}`)
  },

  async workflowExecutionCompletedEventAttributes(run, { result }, context) {
    run.result = await context.first(result)
    end(run, context, 'completed', 'completed')
  },
  async workflowExecutionFailedEventAttributes(run, { failure }, told) {
    const { message, ...rest } = await failureOf(failure, told.read)
    const { type, details } = failure?.applicationFailureInfo ?? {}
    const outcome = outcomeOfFailure({ type, details: [await told.first(details)] })
    if (outcome && stepTypes.includes(run.type)) run.result = outcome
    else run.failure = { message, ...rest }
    end(run, told, 'failed', `failed: ${message}`)
  },
  workflowExecutionCanceledEventAttributes(run, _, context) {
    end(run, context, 'canceled', 'canceled')
  },
  workflowExecutionTerminatedEventAttributes(run, { identity, reason }, context) {
    end(run, context, 'terminated', `terminated by ${identity || 'Temporal'}: ${reason || 'no reason given'}`)
  },
  workflowExecutionTimedOutEventAttributes(run, _, context) {
    end(run, context, 'timed out', 'timed out')
  },
  workflowExecutionContinuedAsNewEventAttributes(run, _, context) {
    end(run, context, 'continued as new', 'continues in a new run')
  },
}

const { WorkflowTaskFailedCause: causes, TimeoutType } = proto.temporal.api.enums.v1

/** Failures that are part of Temporal's normal operation. */
const normalFailures: Readonly<Partial<Record<number, string>>> = {
  [causes.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND]:
    'an event arrived while the run was about to end, so the run handles it first',
  [causes.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW]: 'the run was reset and starts again from here',
}

/** The timeout of a workflow task that its worker did not take, e.g. because the worker restarted. */
const notTaken = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START

function say(
  { lines }: GrowingRun,
  { at, eventId }: EventContext,
  what: string,
  kind: 'run' | 'problem' = 'run',
): void {
  lines.push({ at, eventId, kind, what })
}

function end(run: GrowingRun, context: EventContext, status: RunStatus, what: string): void {
  run.status = status
  run.closedAt = context.at
  say(run, context, what, status === 'failed' || status === 'timed out' ? 'problem' : 'run')
}
