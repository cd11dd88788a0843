import { ApplicationFailure } from '@temporalio/common'
import type { RefusalFailure } from '../contract/activities.js'
import type { VodError } from '../contract/errors.js'
import { ownerOfActivity, payloadsOf } from '../temporal/payloads.js'
import { activityInfo, getClient, heartbeat } from './sdk.js'

/** The history of earlier attempts, in the heartbeat details of an activity that calls VOD. */
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

/** When to repeat what was refused for a reason that may pass. */
export interface Repeats {
  /** The wait before each repetition, in ms. A refusal after the last one is final. */
  readonly waits: readonly number[]
  /** No earlier attempt can have done anything. */
  readonly proven: boolean
}

/**
 * Counts a refusal for a reason that may pass.
 *
 * @returns the wait before the next attempt in ms, or undefined if this refusal is final
 */
export function waitToPass(last: RefusalFailure, { waits, proven }: Repeats): number | undefined {
  const count = passingRefusals()?.count ?? 0
  const wait = waits[count]
  if (wait === undefined) return undefined
  heartbeat({ refused: proven, passing: { count: count + 1, last } } satisfies Attempts)
  return Math.max(1, wait)
}

/** Returns the failure after which the activity repeats a request that VOD has refused, or undefined if the refusal is final. */
export function repeatOf(refusal: RefusalFailure, repeats: Repeats): ApplicationFailure | undefined {
  const nextRetryDelay = waitToPass(refusal, repeats)
  if (nextRetryDelay === undefined) return undefined
  return ApplicationFailure.create({
    message: `${refusal.message} The reason may pass by itself, so vodflow retries the request`,
    type: 'transient',
    details: [...refusal.details],
    nextRetryDelay,
  })
}

/** Returns true if VOD refused before anything was done, and the request may succeed later. */
export function provesRefusal(error: VodError): boolean {
  return error.class === 'throttled' || error.class === 'transient'
}
