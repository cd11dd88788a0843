import { taskIdPattern } from './patterns.js'

/**
 * A hint is a message that a task may have ended, from an event, the sweep, the audit or an operator. It causes a read of
 * `DescribeTaskDetail`, and is never an outcome.
 */

/** The name of the Temporal signal with a {@link TaskHint}. It is a contract, and does not change after version 1.0. */
export const hintSignal = 'vodflow.hint'

/** A hint for one task of a submission. Its size is below 1 KB. */
export interface TaskHint {
  /** Version of the form. */
  readonly v: 1
  /** The SessionId of the submission, which is unique across all runs. */
  readonly SessionId: string
  /** The task, or `*` if the task is unknown. */
  readonly TaskId: string
  /** The event says that the task has ended (`FINISH` or `ABORTED`). */
  readonly terminal: boolean
  /** The progress of the whole task in percent, 0 to 100. It is unverified and for display only. */
  readonly percent?: number
  /**
   * The net that brought it, which a holder of a token cannot choose. A step reads its task immediately after `push` or `pull`, and through
   * the queue of reads otherwise: the sweep sends many hints together. Limits on hints do not apply to `sweep`. Absent in a hint of the
   * audit or of an operator.
   */
  readonly via?: HintSource
  /** The time at which the event arrived, in ms since the epoch. For metrics only. */
  readonly at?: number
  /**
   * The hint stands for all events of the step until this time, in ms since the epoch. A look after this time covers all of them. It is for
   * a step that gets more events than a run can process.
   */
  readonly after?: number
}

/** Where a hint comes from: a pushed event, a pulled event or the sweep. */
export type HintSource = 'push' | 'pull' | 'sweep'

const nets: readonly HintSource[] = ['push', 'pull', 'sweep']

/** The longest SessionId that VOD accepts, in characters. */
const maxSessionIdLength = 50

/** Stands for any task of the step, so that the step reads all of its tasks. VOD makes no such TaskId. */
export const someTask = '*'

/** Returns true if VOD can have made a task with this id. No other value is read, sent or kept as a TaskId. */
export function isTaskId(value: unknown): value is string {
  return typeof value === 'string' && taskIdPattern.test(value)
}

function isSessionId(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= maxSessionIdLength && value.isWellFormed()
  )
}

/** Reads the payload of a signal. Anyone with access to the namespace can send one, so a malformed payload is `undefined`. */
export function asHint(value: unknown): TaskHint | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { v, SessionId, TaskId, terminal, percent, via, at, after } = value as Record<string, unknown>
  if (v !== 1 || typeof terminal !== 'boolean') return undefined
  if (!isSessionId(SessionId) || !isTaskId(TaskId)) return undefined
  const hint: TaskHint = { v, SessionId, TaskId, terminal }
  const shown = typeof percent === 'number' && percent >= 0 && percent <= 100
  const net = nets.find((name) => name === via)
  return {
    ...hint,
    ...(shown ? { percent } : {}),
    ...(net ? { via: net } : {}),
    ...(Number.isFinite(at) ? { at: at as number } : {}),
    ...(Number.isFinite(after) ? { after: after as number } : {}),
  }
}

/** Returns the more informative of two hints for one task: a terminal one, or the one that stands for more events. */
export function laterOf(before: TaskHint, hint: TaskHint): TaskHint {
  if (hint.after !== undefined) return (before.after ?? 0) > hint.after ? before : hint
  return before.terminal ? before : hint
}
