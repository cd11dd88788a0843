import type { RefusalFailure } from '../contract/activities.js'
import type { VodError } from '../contract/errors.js'
import { ownerOfActivity, payloadsOf } from '../temporal/payloads.js'
import { activityInfo, getClient, heartbeat } from './sdk.js'

/** The history of earlier attempts, in the heartbeat details of a submit. */
interface Attempts {
  /** Every attempt so far was refused before anything was done. */
  readonly refused: boolean
  /** The number of refusals for a reason that passes by itself, and the last of them. */
  readonly passing?: { readonly count: number; readonly last: RefusalFailure }
}

/** Returns the refusals of earlier attempts for a reason that passes by itself. */
export function passingRefusals(): Attempts['passing'] {
  return attempts()?.passing
}

function attempts(): Attempts | undefined {
  return activityInfo().heartbeatDetails as Attempts | undefined
}

/**
 * Returns true if no earlier attempt of this activity can have done anything. The attempt number alone proves nothing: Temporal sets it
 * back to 1 if an operator resets the activity, or the workflow while the activity is pending. In that case, the attempt was scheduled
 * later than the activity (measured; docs/decisions/0035-identity.md).
 */
export function isFirstAttempt(): boolean {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo()
  return allRefused() || (attempt === 1 && currentAttemptScheduledTimestampMs === scheduledTimestampMs)
}

function allRefused(): boolean {
  return attempts()?.refused === true
}

/**
 * Withdraws the proof of refusals before the next send, and resolves when Temporal has stored that. An attempt that crashes then leaves no
 * false proof.
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

/** Records that a first attempt was refused before anything was done, so the next one also counts as a first one. */
export function proveRefused(): void {
  heartbeat({ ...attempts(), refused: true } satisfies Attempts)
}

/** Records a refusal for a reason that passes by itself. `proven`: no earlier attempt did anything. */
export function countPassing(last: RefusalFailure, { proven }: { readonly proven: boolean }): void {
  const count = (attempts()?.passing?.count ?? 0) + 1
  heartbeat({ refused: proven, passing: { count, last } } satisfies Attempts)
}

/** Returns true if VOD refused before anything was done, and the request may succeed later. */
export function provesRefusal(error: VodError): boolean {
  return error.class === 'throttled' || error.class === 'transient'
}
