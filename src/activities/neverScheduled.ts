import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import type { temporal } from '@temporalio/proto'
import { type SubmitAction, submitActions } from '../contract/actions.js'
import type { PackedSubmission, Submission } from '../contract/activities.js'
import { isNameOf, sessionIdFor } from '../contract/identity.js'
import { identityHeader } from '../contract/runNames.js'
import { unpacked } from '../contract/submission.js'
import { hour } from '../contract/time.js'
import { quoted } from '../temporal/listQuery.js'
import { ownerOfActivity, payloadReader } from '../temporal/payloads.js'
import { retentionOf } from '../temporal/retention.js'
import { describe } from './executions.js'
import { activityInfo, getClient, log } from './sdk.js'

type Event = temporal.api.history.v1.IHistoryEvent

/** The largest number of events in all histories together: an attempt has 30 s. */
const maxEvents = 20_000

/** Temporal may delete a run slightly before its retention is over. In ms. */
const marginMs = hour

/** The schedule of a submit that the records must not contain. */
interface Schedule {
  readonly SessionId: string
  /** The earliest start of an execution that can have scheduled it, in ms since the epoch. */
  readonly since: number
}

/**
 * Returns true if Temporal's records prove that no other activity was scheduled for this submission. This matters when a reset or a
 * workflow retry leaves open whether a step is new, and VOD may have forgotten an earlier send. The records must reach back to `since`
 * and contain every execution of the work: all executions of the run's own workflow id and, for a child, proof that the root run has
 * started no other child for the work.
 */
export async function neverScheduled(
  { identity }: Submission,
  { SessionId, since }: Schedule,
): Promise<boolean> {
  const client = getClient()
  const retention = await retentionOf(client, client.options.namespace)
  if (since < Date.now() - retention.ms + marginMs) return false
  const { activityId, workflowExecution } = activityInfo()
  const { workflowId = '', runId = '' } = workflowExecution ?? {}
  const records = new Records(since)
  const { parentExecution, rootExecution, firstRunId } = await describe({ workflowId, runId })
  if (parentExecution) {
    const root = rootExecution?.workflowId ?? ''
    if (parentExecution.workflowId !== root) return false
    const started = await records.childrenNamed(identity.name ?? '', root)
    if (started?.length !== 1 || started[0] !== firstRunId) return false
  }
  const SessionIds = await records.sessionIds(workflowId, { runId, activityId })
  return SessionIds !== undefined && !SessionIds.has(SessionId)
}

/** The records of executions since a time. Each method returns undefined if they are too many, unreadable or possibly incomplete. */
class Records {
  readonly #since: number
  #left = maxEvents

  constructor(since: number) {
    this.#since = since
  }

  /** Returns the SessionIds of every submission that executions of this workflow id have scheduled, except one. */
  async sessionIds(
    workflowId: string,
    but: { readonly runId: string; readonly activityId: string },
  ): Promise<ReadonlySet<string | undefined> | undefined> {
    const found = new Set<string | undefined>()
    for await (const { runId, events } of this.#histories(workflowId)) {
      if (events === undefined) return undefined
      for (const { action, activityId, payload } of events.flatMap(submitIn)) {
        if (runId === but.runId && activityId === but.activityId) continue
        const sent = await submissionIn(payload, { workflowId, activityId })
        if (sent === undefined) return undefined
        found.add(sessionIdFor(action, unpacked(action, sent)))
      }
    }
    return found
  }

  /** Returns the first execution of every child that executions of this workflow id have started for the work with this name. */
  async childrenNamed(name: string, workflowId: string): Promise<readonly string[] | undefined> {
    const started = new Set<string>()
    for await (const { events } of this.#histories(workflowId)) {
      if (events === undefined) return undefined
      const initiated = events.filter(({ startChildWorkflowExecutionInitiatedEventAttributes: child }) => {
        const payload = child?.header?.fields?.[identityHeader]
        return payload && isNameOf(defaultPayloadConverter.fromPayload(payload as Payload), name, workflowId)
      })
      const ids = new Set(initiated.map(({ eventId }) => String(eventId)))
      for (const { childWorkflowExecutionStartedEventAttributes: child } of events)
        if (ids.has(String(child?.initiatedEventId))) started.add(child?.workflowExecution?.runId ?? '')
    }
    return [...started]
  }

  async *#histories(workflowId: string): AsyncGenerator<{ runId: string; events: Event[] | undefined }> {
    const { workflow } = getClient()
    // Listings lag. A listing that shows the last execution also shows the earlier ones.
    const { execution: last } = await describe({ workflowId })
    let showsLast = false
    const query = `WorkflowId = ${quoted(workflowId)}`
    for await (const { runId, closeTime, historyLength } of workflow.list({ query })) {
      showsLast ||= runId === last?.runId
      if (closeTime && closeTime.getTime() < this.#since) continue
      this.#left -= historyLength
      if (this.#left < 0) yield { runId, events: undefined }
      else yield { runId, events: (await workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [] }
    }
    if (!showsLast) yield { runId: last?.runId ?? '', events: undefined }
  }
}

/** Returns the submit that an event schedules. */
function submitIn({ activityTaskScheduledEventAttributes: scheduled }: Event) {
  const [payload] = scheduled?.input?.payloads ?? []
  const action = scheduled?.activityType?.name as SubmitAction
  if (!scheduled || !payload || !submitActions.includes(action)) return []
  return [{ action, payload, activityId: scheduled.activityId ?? '' }]
}

/** Returns the input of a scheduled activity, or undefined if this process cannot read it. */
async function submissionIn(
  payload: Payload,
  scheduled: { readonly workflowId: string; readonly activityId: string },
): Promise<PackedSubmission | undefined> {
  const { options } = getClient()
  const owner = ownerOfActivity(options.namespace, scheduled)
  try {
    return (await payloadReader(options)(payload, owner)) as PackedSubmission
  } catch (problem) {
    log.warn('an earlier submit cannot be read, so it counts as a submit of this work', {
      ...scheduled,
      problem: String(problem),
    })
    return undefined
  }
}
