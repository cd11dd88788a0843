import { isWellFormed } from './wellFormed.js'

/**
 * A hint says "look at this task now". It is never a fact: whatever it claims, the step reads
 * `DescribeTaskDetail` before it believes anything.
 *
 * No zod here: workflows import this file, and zod costs about 1 MB for each waiting run.
 */

/** Name of the Temporal signal that carries a {@link Hint}. A contract: it never changes. */
export const hintSignal = 'vodflow.hint'

/** Which submission it is about, and what the outside says about one of its tasks. Under 1 KB. */
export interface Hint {
  readonly v: 1
  /** Names the submission: no two have the same, whatever run they belong to. */
  readonly SessionId: string
  readonly TaskId: string
  /** The event says that the task is over (`FINISH` or `ABORTED`). */
  readonly terminal: boolean
  /** Progress of the whole task in percent, 0 to 100. For display only: nobody vouches for it. */
  readonly percent?: number
  /** Which net brought it. For people and counts only. */
  readonly via?: Net
  /** When the event came in, ms since the epoch: how long it took to be heard. For metrics only. */
  readonly at?: number
}

/** The nets under an event that bring hints; see docs/architecture.md. */
export type Net = (typeof nets)[number]

const nets = ['push', 'pull', 'sweep'] as const

/** VOD takes no longer SessionId, in characters. */
const maxSessionIdLength = 50

/** Longest TaskId that is taken from outside, in characters. Tencent's are about 60. */
export const maxTaskIdLength = 200

/** Anything else names no task of VOD, and Temporal takes it into no id. */
export function isTaskId(value: unknown): value is string {
  return isId(value, maxTaskIdLength)
}

function isId(value: unknown, most: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= most && isWellFormed(value)
}

/** Reads a signal's payload. Anyone with access to the namespace can send one, so anything else is `undefined`. */
export function asHint(value: unknown): Hint | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { v, SessionId, TaskId, terminal, percent, via, at } = value as Record<string, unknown>
  if (v !== 1 || typeof terminal !== 'boolean') return undefined
  if (!isId(SessionId, maxSessionIdLength) || !isId(TaskId, maxTaskIdLength)) return undefined
  const hint: Hint = { v, SessionId, TaskId, terminal }
  const shown = typeof percent === 'number' && percent >= 0 && percent <= 100
  const net = nets.find((name) => name === via)
  return {
    ...hint,
    ...(shown ? { percent } : {}),
    ...(net ? { via: net } : {}),
    ...(Number.isFinite(at) ? { at: at as number } : {}),
  }
}
