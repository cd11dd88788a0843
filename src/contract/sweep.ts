import type { Duration, InMs } from './duration.js'
import { internalIds } from './runNames.js'
import { minute, second } from './time.js'

/* The sweep's names and times. */

/** Workflow type of a sweep. A contract: it never changes. */
export const sweepType = 'sweep'

/** How often the sweep of a sub-app reads VOD's list of tasks. */
export interface SweepTimes {
  /** Between two readings of what has finished meanwhile. Default 2 min. */
  readonly interval?: Duration
  /** A task is hinted once it has been over for so long: an event is on its way, and a listing may lag. Default 60 s. */
  readonly gracePeriod?: Duration
  /** How much of the window before is read again. Default 20 s. */
  readonly windowOverlap?: Duration
  /** Between two readings of all that VOD lists, by CreateTime: some tasks show no FinishTime. Default 1 h. */
  readonly fullScanInterval?: Duration
}

export const defaultSweepTimes: InMs<SweepTimes> = {
  interval: 2 * minute,
  gracePeriod: minute,
  windowOverlap: 20 * second,
  fullScanInterval: 60 * minute,
}

/** What a sweep is given; the watermarks only when it continues as new. */
export interface SweepInput {
  readonly account: string
  readonly SubAppId?: number | undefined
  readonly times?: SweepTimes | undefined
  /** Latest FinishTime that was seen, VOD's own time, ms since the epoch. */
  readonly watermark?: number | undefined
  /** When the whole list was read last, ms since the epoch. */
  readonly wholeAt?: number | undefined
}

/** One sweep for each sub-app, however many workers ask for it. */
export function sweepIdOf({ account, SubAppId }: Pick<SweepInput, 'account' | 'SubAppId'>): string {
  return `${internalIds}sweep/${account}/${SubAppId ?? 'default'}`
}

/** The account of a sweep by its workflow id. */
export function accountOfSweep(workflowId: string): string | undefined {
  const [room, kind, account] = workflowId.split('/')
  return `${room}/` === internalIds && kind === 'sweep' ? account : undefined
}
