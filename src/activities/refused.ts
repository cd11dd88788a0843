import { activityInfo } from '@temporalio/activity'
import type { VodError } from '../vod/errors.js'

/** Heartbeat of an attempt that VOD is known to have refused without doing anything. */
export interface Refused {
  /** Number of the last attempt of an unbroken row of refusals. */
  readonly refusedThrough: number
}

/** No earlier attempt of this activity can have been done: there was none, or each was refused. */
export function onlyAttempt(): boolean {
  const { attempt, heartbeatDetails } = activityInfo()
  return attempt === 1 || (heartbeatDetails as Refused | undefined)?.refusedThrough === attempt - 1
}

/** Refused before anything was done, and may pass later. */
export function provesRefusal(error: VodError): boolean {
  return error.class === 'throttled' || error.class === 'transient'
}
