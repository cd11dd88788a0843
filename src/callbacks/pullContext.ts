import type { InMs } from '../contract/duration.js'
import type { EventLogger } from './logger.js'
import type { PullCounts, PullLimits, PullLoopOptions } from './pull.js'

/** What the parts of a pull loop share. */
export interface PullContext {
  readonly app: { readonly SubAppId?: number }
  readonly foreign: NonNullable<PullLoopOptions['foreign']>
  readonly limits: InMs<PullLimits>
  readonly logger: EventLogger | undefined
  readonly counts: { -readonly [Count in keyof PullCounts]: PullCounts[Count] }
  /** Aborted when the loop is closed. */
  readonly stopping: AbortSignal
  /** Resolves after a time, or when the loop is closed. */
  readonly pause: (ms: number) => Promise<void>
}
