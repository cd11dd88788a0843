import type { Duration, InMs } from './duration.js'
import { internalIds } from './runNames.js'
import { minute, second } from './time.js'

/* The names and times of the sweep. */

/** The workflow type of a sweep. It is a contract, and does not change after version 1.0. */
export const sweepType = 'sweep'

/** The times of the sweep of a sub-app. */
export interface SweepTimes {
  /** The time between two readings of finished tasks. Default 2 min. */
  readonly interval?: Duration | undefined
  /** The time after its end at which a task is hinted, because its event may still arrive and a listing may lag. Default 60 s. */
  readonly gracePeriod?: Duration | undefined
  /** The part of the previous window that is read again. Default 20 s. */
  readonly windowOverlap?: Duration | undefined
  /** The time between two readings of all listed tasks by CreateTime, because some tasks show no FinishTime. Default 1 h. */
  readonly fullScanInterval?: Duration | undefined
}

export const defaultSweepTimes: InMs<SweepTimes> = {
  interval: 2 * minute,
  gracePeriod: minute,
  windowOverlap: 20 * second,
  fullScanInterval: 60 * minute,
}

/** The input of a sweep. The watermarks are set only when it continues as new. */
export interface SweepInput {
  readonly account: string
  readonly SubAppId?: number | undefined
  readonly times?: SweepTimes | undefined
  /** The latest FinishTime that was seen, by VOD's clock, in ms since the epoch. */
  readonly watermark?: number | undefined
  /** The time of the last reading of the whole list, in ms since the epoch. */
  readonly wholeAt?: number | undefined
}

/** The prefix of the workflow ids of sweeps. */
export const sweepIds = `${internalIds}sweep/`

/** Returns the workflow id of a sweep. Each sub-app has one sweep, shared by all workers. */
export function sweepIdOf({ account, SubAppId }: Pick<SweepInput, 'account' | 'SubAppId'>): string {
  return `${sweepIds}${account}/${SubAppId ?? 'default'}`
}

/** Returns the account in the workflow id of a sweep. */
export function accountOfSweep(workflowId: string): string | undefined {
  const [room, kind, account] = workflowId.split('/')
  return `${room}/` === internalIds && kind === 'sweep' ? account : undefined
}
