import { taskIdPattern } from './patterns.js'

/**
 * A hint says "look at this task now". It is never a fact: whatever it claims, the step reads
 * `DescribeTaskDetail` before it believes anything.
 */

/** Name of the Temporal signal that carries a {@link TaskHint}. A contract: it never changes. */
export const hintSignal = 'vodflow.hint'

/** Which submission it is about, and what the outside says about one of its tasks. Under 1 KB. */
export interface TaskHint {
  /** Version of the form. */
  readonly v: 1
  /** Names the submission: no two have the same, whatever run they belong to. */
  readonly SessionId: string
  /** {@link someTask} where it is not known which task it is about. */
  readonly TaskId: string
  /** The event says that the task is over (`FINISH` or `ABORTED`). */
  readonly terminal: boolean
  /** Progress of the whole task in percent, 0 to 100. For display only: nobody vouches for it. */
  readonly percent?: number
  /** Which net brought it. For people and counts only. */
  readonly via?: HintSource
  /** When the event came in, ms since the epoch: how long it took to be heard. For metrics only. */
  readonly at?: number
  /**
   * Stands for all events of the step until then, ms since the epoch: a look after it has seen whatever they announced. For a step that
   * gets more events than a run can take.
   */
  readonly after?: number
}

/** Where a hint comes from: a pushed event, a pulled event or the sweep. */
export type HintSource = 'push' | 'pull' | 'sweep'

const nets: readonly HintSource[] = ['push', 'pull', 'sweep']

/** VOD takes no longer SessionId, in characters. */
const maxSessionIdLength = 50

/** In the place of a TaskId: some task of the step, so that all of its own are read. VOD makes no such id. */
export const someTask = '*'

/** Whether VOD can have made a task with this id. No other value is read, sent or kept as a TaskId. */
export function isTaskId(value: unknown): value is string {
  return typeof value === 'string' && taskIdPattern.test(value)
}

function isSessionId(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= maxSessionIdLength && value.isWellFormed()
  )
}

/** Reads a signal's payload. Anyone with access to the namespace can send one, so anything else is `undefined`. */
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

/** Of two hints that name one task: a terminal one says more, and of those that stand for all events the one that stands for more. */
export function laterOf(before: TaskHint, hint: TaskHint): TaskHint {
  if (hint.after !== undefined) return (before.after ?? 0) > hint.after ? before : hint
  return before.terminal ? before : hint
}
