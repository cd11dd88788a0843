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

/** Events of all histories together: an attempt has 30 s. */
const maxEvents = 20_000

/** Temporal may delete a run a little before its time is over, ms. */
const marginMs = hour

/** What is looked for. */
interface Schedule {
  readonly SessionId: string
  /** No execution that can have scheduled it is older, ms since the epoch. */
  readonly since: number
}

/**
 * Whether Temporal's records prove that no other activity was scheduled for this submission. It is asked where a reset or a workflow
 * retry leaves open whether a step is new, and VOD may have forgotten an earlier send. The records must reach back to `since`, and hold
 * every execution of the work: those of the run's own workflow id, and for a child, that the run at the root has started no other for it.
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

/** What executions have done since a time; undefined where that is too much to read, cannot be read, or may not all be listed yet. */
class Records {
  readonly #since: number
  #left = maxEvents

  constructor(since: number) {
    this.#since = since
  }

  /** Of every submission that an execution of this workflow id has scheduled, but for one. */
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

  /** First executions of every child that an execution of this workflow id has started for the work of that name. */
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
    // Listings lag. One that shows the last execution shows those before it.
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

/** The submit that an event has scheduled. */
function submitIn({ activityTaskScheduledEventAttributes: scheduled }: Event) {
  const [payload] = scheduled?.input?.payloads ?? []
  const action = scheduled?.activityType?.name as SubmitAction
  if (!scheduled || !payload || !submitActions.includes(action)) return []
  return [{ action, payload, activityId: scheduled.activityId ?? '' }]
}

/** What an activity was scheduled with; undefined where this process cannot read it. */
async function submissionIn(
  payload: Payload,
  scheduled: { readonly workflowId: string; readonly activityId: string },
): Promise<PackedSubmission | undefined> {
  const { options } = getClient()
  const owner = ownerOfActivity(options.namespace, scheduled)
  try {
    return (await payloadReader(options)(payload, owner)) as PackedSubmission
  } catch (problem) {
    log.warn('an earlier submit cannot be read, so it counts as one of this work', {
      ...scheduled,
      problem: String(problem),
    })
    return undefined
  }
}
