import type { RefusalFailure } from '../contract/activities.js'
import type { VodError } from '../contract/errors.js'
import { ownerOfActivity, payloadsOf } from '../temporal/payloads.js'
import { activityInfo, getClient, heartbeat } from './sdk.js'

/** What is known of the attempts before: the heartbeat details of a submit. */
interface Attempts {
  /** Every attempt so far was refused before anything was done. */
  readonly refused: boolean
  /** How many were refused for a reason that passes by itself, and what VOD said last. */
  readonly passing?: { readonly count: number; readonly last: RefusalFailure }
}

/** Attempts that were refused for a reason that passes by itself. */
export function passingRefusals(): Attempts['passing'] {
  return attempts()?.passing
}

function attempts(): Attempts | undefined {
  return activityInfo().heartbeatDetails as Attempts | undefined
}

/**
 * No earlier attempt of this activity can have done anything. The attempt number alone proves nothing: Temporal sets it back to 1
 * where an operator resets the activity, or the workflow while the activity is pending. Then the attempt was scheduled later than
 * the activity (measured; docs/decisions/0035-identity.md).
 */
export function isFirstAttempt(): boolean {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo()
  return allRefused() || (attempt === 1 && currentAttemptScheduledTimestampMs === scheduledTimestampMs)
}

function allRefused(): boolean {
  return attempts()?.refused === true
}

/**
 * Takes the proof of refusals back before the next send, and resolves when Temporal has that: whatever becomes of this attempt, it
 * leaves no proof that is not true.
 */
export async function beforeSend(): Promise<void> {
  if (!allRefused()) return
  const { workflowService, options } = getClient()
  const { activityId, workflowExecution, taskToken } = activityInfo()
  const { namespace, identity } = options
  const { workflowId = '' } = workflowExecution ?? {}
  const owner = ownerOfActivity(namespace, { workflowId, activityId })
  const payloads = await payloadsOf({ ...attempts(), refused: false } satisfies Attempts, owner, options)
  await workflowService.recordActivityTaskHeartbeat({
    namespace,
    identity,
    taskToken,
    details: { payloads },
  })
}

/** After a first attempt that was refused before anything was done: the next one is a first one too. */
export function proveRefused(): void {
  heartbeat({ ...attempts(), refused: true } satisfies Attempts)
}

/** One more attempt was refused for a reason that passes by itself. `proven`: and none before it did anything. */
export function countPassing(last: RefusalFailure, { proven }: { readonly proven: boolean }): void {
  const count = (attempts()?.passing?.count ?? 0) + 1
  heartbeat({ refused: proven, passing: { count, last } } satisfies Attempts)
}

/** Refused before anything was done, and may pass later. */
export function provesRefusal(error: VodError): boolean {
  return error.class === 'throttled' || error.class === 'transient'
}
