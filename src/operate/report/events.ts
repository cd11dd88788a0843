import { defaultPayloadConverter, type Payload, type SerializationContext } from '@temporalio/common'
import proto, { type temporal } from '@temporalio/proto'
import { decideUpdate, readDeadlineSummary } from '../../contract/gates.js'
import { asHint, hintSignal } from '../../contract/hint.js'
import { outcomeOfFailure } from '../../contract/mediaFailure.js'
import { lateResultType, stepTypes } from '../../contract/runNames.js'
import type { HistoryEvent } from '../../temporal/historyPages.js'
import {
  ownerOfActivity,
  type PayloadReader,
  readable,
  readerFor,
  readerOfTaskFailure,
} from '../../temporal/payloads.js'
import type { GrowingCall } from './calls.js'
import type { RunStatus } from './caseFile.js'
import { failureOf } from './failure.js'
import type { GrowingRun } from './runBuilder.js'
import { Decided, LocalActivity } from './schemas.js'

type Payloads = temporal.api.common.v1.IPayloads | null | undefined

/** An event, and functions that read it. */
interface EventContext {
  readonly at: string
  readonly eventId: number
  readonly read: PayloadReader
  /** Reads the first payload. */
  first(payloads: Payloads): Promise<unknown>
  /** Reads the summary that the Temporal UI shows. */
  summary(): Promise<string>
}

type Reader<A> = (run: GrowingRun, attributes: NonNullable<A>, context: EventContext) => Promise<void> | void
type Readers = {
  readonly [K in keyof HistoryEvent as K extends `${string}Attributes` ? K : never]?: Reader<HistoryEvent[K]>
}

/** Adds an event to the run. Events of Temporal's own bookkeeping are ignored. */
export async function takeEvent(run: GrowingRun, event: HistoryEvent, readAny: PayloadReader): Promise<void> {
  const owner = ownerOf(run, event)
  const bind = event.workflowTaskFailedEventAttributes ? readerOfTaskFailure : readerFor
  const read = bind(readAny, owner)
  const context: EventContext = {
    at: timeOf(event.eventTime),
    eventId: Number(event.eventId),
    read,
    first: async (payloads) => {
      const [payload] = payloads?.payloads ?? []
      return payload && readable(payload, read)
    },
    summary: async () => {
      const payload = event.userMetadata?.summary
      return payload ? String(await readable(payload, read)) : ''
    },
  }
  for (const [name, reader] of Object.entries(readers) as [keyof HistoryEvent, Reader<unknown>][]) {
    const attributes = event[name]
    if (attributes) await reader(run, attributes, context)
  }
}

/** Returns the context in which the payloads of an event were serialized. */
function ownerOf({ owner, calls }: GrowingRun, event: HistoryEvent): SerializationContext {
  const { namespace, workflowId } = owner
  const local = event.markerRecordedEventAttributes
  if (local?.markerName === localActivityMarker)
    return ownerOfActivity(namespace, { workflowId, activityId: localOf(local).activity_id, isLocal: true })
  const scheduledEventId =
    event.activityTaskStartedEventAttributes?.scheduledEventId ??
    event.activityTaskCompletedEventAttributes?.scheduledEventId ??
    event.activityTaskFailedEventAttributes?.scheduledEventId ??
    event.activityTaskTimedOutEventAttributes?.scheduledEventId
  const activityId =
    event.activityTaskScheduledEventAttributes?.activityId ?? calls.get(String(scheduledEventId))?.activityId
  return activityId === undefined ? owner : ownerOfActivity(namespace, { workflowId, activityId })
}

/** Reads the record of a local activity, which Temporal's core always writes as plain JSON. */
function localOf({ details }: NonNullable<HistoryEvent['markerRecordedEventAttributes']>) {
  const [payload] = details?.data?.payloads ?? []
  return LocalActivity.parse(payload && defaultPayloadConverter.fromPayload(payload as Payload))
}

const readers: Readers = {
  async workflowExecutionStartedEventAttributes(run, started, context) {
    run.startedAt = context.at
    run.startedBy = started.identity ?? ''
    run.type = started.workflowType?.name ?? ''
    const given = started.input?.payloads ?? []
    run.input = await Promise.all(given.map((payload) => readable(payload, context.read)))
    const goesOn = started.continuedExecutionRunId ? ', continuing an earlier run' : ''
    say(run, context, `started by ${started.identity || 'Temporal'}${goesOn}`)
  },

  async activityTaskScheduledEventAttributes({ calls, lines }, { activityType, activityId, input }, context) {
    const { at, eventId } = context
    const call: GrowingCall = {
      at,
      eventId,
      activity: activityType?.name ?? '',
      activityId: activityId ?? '',
      why: await context.summary(),
      asked: await context.first(input),
      state: 'open',
      attempts: 1,
    }
    calls.set(String(eventId), call)
    lines.push(call)
  },
  async activityTaskStartedEventAttributes({ calls }, { scheduledEventId, attempt, lastFailure }, { read }) {
    const call = calls.get(String(scheduledEventId))
    if (!call) return
    call.attempts = attempt ?? 1
    if (lastFailure) call.failure = await failureOf(lastFailure, read)
  },
  async activityTaskCompletedEventAttributes({ calls }, { scheduledEventId, result }, context) {
    const answer = await context.first(result)
    Object.assign(calls.get(String(scheduledEventId)) ?? {}, {
      state: 'answered',
      endedAt: context.at,
      answer,
    })
  },
  async activityTaskFailedEventAttributes(run, { scheduledEventId, failure }, context) {
    await callFailed(run, scheduledEventId, failure, context)
  },
  async activityTaskTimedOutEventAttributes(run, { scheduledEventId, failure }, context) {
    await callFailed(run, scheduledEventId, failure, context)
  },
  activityTaskCanceledEventAttributes({ calls }, { scheduledEventId }, { at }) {
    Object.assign(calls.get(String(scheduledEventId)) ?? {}, { state: 'canceled', endedAt: at })
  },

  /** A local activity ends within a workflow task. It has only this event, and its input is not in the history. */
  async markerRecordedEventAttributes({ calls, lines }, marker, context) {
    if (marker.markerName !== localActivityMarker) return
    const { details, failure } = marker
    const { at, eventId } = context
    const { activity_type, activity_id, attempt } = localOf(marker)
    const answer = await context.first(details?.result)
    const call: GrowingCall = {
      at,
      eventId,
      activity: activity_type,
      activityId: activity_id,
      why: await context.summary(),
      asked: { TaskId: Object(Object(answer).reading).TaskId },
      attempts: attempt,
      ...(failure
        ? { state: 'failed', failure: await failureOf(failure, context.read) }
        : { state: 'answered', answer }),
    }
    calls.set(String(eventId), call)
    lines.push(call)
  },

  async timerStartedEventAttributes({ waits, lines }, { timerId, startToFireTimeout }, context) {
    const { at, eventId } = context
    const until = new Date(Date.parse(at) + Number(startToFireTimeout?.seconds ?? 0) * 1000).toISOString()
    const summary = await context.summary()
    const what = `waits: ${summary || 'a timer'}`
    const wait = { at, eventId, kind: 'wait' as const, until, state: 'open' as const, what }
    waits.set(timerId ?? '', { wait, decides: readDeadlineSummary(summary) })
    lines.push(wait)
  },
  timerFiredEventAttributes({ waits, lines }, { timerId }, { at, eventId }) {
    const timer = waits.get(timerId ?? '')
    if (!timer) return
    timer.wait.state = 'over'
    if (!timer.decides) return
    const { gate, decision } = timer.decides
    const what = `the deadline of the gate "${gate}" passed: ${decision}`
    const by = 'deadline'
    lines.push({ at, eventId, kind: 'decision', gate, decidedBy: by, by, decision, reason: '', what })
  },
  timerCanceledEventAttributes({ waits }, { timerId }) {
    Object.assign(waits.get(timerId ?? '')?.wait ?? {}, { state: 'canceled' })
  },

  async workflowExecutionSignaledEventAttributes({ lines }, { signalName, identity, input }, context) {
    const { at, eventId } = context
    const name = signalName ?? ''
    const from = identity ?? ''
    const hint = name === hintSignal ? asHint(await context.first(input)) : undefined
    if (hint) {
      const { TaskId, terminal, via = '' } = hint
      const what = `${hintSources[via] ?? 'a hint'}: ${TaskId} ${terminal ? 'has ended' : 'goes on'}`
      lines.push({ at, eventId, kind: 'hint', via, TaskId, terminal, what })
    } else lines.push({ at, eventId, kind: 'signal', name, from, what: `signal ${name} of ${from}` })
  },
  async workflowExecutionUpdateAcceptedEventAttributes({ lines }, { acceptedRequest }, context) {
    const { at, eventId } = context
    const name = acceptedRequest?.input?.name ?? ''
    const from = acceptedRequest?.meta?.identity ?? ''
    const said = await context.first(acceptedRequest?.input?.args)
    const decided = name === decideUpdate ? Decided.safeParse(said).data : undefined
    if (decided) {
      const { gate, decision, reason } = decided
      const by = decided.by || from
      const what = `${by} decided at the gate "${gate}": ${decision}${reason ? ` (${reason})` : ''}`
      // A gate accepts no decision after its deadline, so the deadline passed at the same moment and decided nothing.
      const idle = lines.findIndex(
        (line) =>
          'kind' in line && line.kind === 'decision' && line.gate === gate && line.decidedBy === 'deadline',
      )
      if (idle >= 0) lines.splice(idle, 1)
      lines.push({ at, eventId, kind: 'decision', gate, decidedBy: 'person', by, decision, reason, what })
    } else lines.push({ at, eventId, kind: 'signal', name, from, what: `update ${name} of ${from}` })
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

/** Temporal's name for the marker of a local activity, in every SDK on its core. */
const localActivityMarker = 'core_local_activity'

const hintSources: Readonly<Record<string, string>> = {
  push: 'an event was pushed',
  pull: 'an event was pulled',
  sweep: 'the sweep saw it',
}

async function callFailed(
  { calls }: GrowingRun,
  scheduledEventId: unknown,
  failure: temporal.api.failure.v1.IFailure | null | undefined,
  { at, read }: EventContext,
): Promise<void> {
  const call = calls.get(String(scheduledEventId))
  if (call) Object.assign(call, { state: 'failed', endedAt: at, failure: await failureOf(failure, read) })
}

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

function timeOf(time: HistoryEvent['eventTime']): string {
  return new Date(
    Number(time?.seconds ?? 0) * 1000 + Math.floor(Number(time?.nanos ?? 0) / 1e6),
  ).toISOString()
}
