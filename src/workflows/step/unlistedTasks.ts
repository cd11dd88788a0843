import type { SubmitResult } from '../../contract/activities.js'
import { laterOf, type TaskHint } from '../../contract/hint.js'
import type { StartedTask, TaskReading } from '../../contract/outcome.js'
import {
  type HintReason,
  type KeptHint,
  maxKeptHints,
  type SearchResult,
  type StepState,
  type TaskIn,
  type TaskState,
} from './state.js'
import { createdAt, hasEvent, isListed, lose, taskOf, toClaimed, toFlow, toTask } from './tasks.js'

/*
 * Media in a storage path cannot be listed by their own: among thousands of tasks the search after a duplicate ends before it
 * has seen them all; and some types of task are in no listing. VOD said that the task is there, so an event or the sweep will
 * name it, and its detail prove it.
 */

/** What is known of a send whose answer does not name each task, or that may or may not have been accepted. */
export function doubtOf(submitted: SubmitResult) {
  switch (submitted.kind) {
    case 'accepted':
      return { recovered: false, named: submitted.tasks }
    case 'duplicate':
      return { recovered: true }
    case 'doubtful': {
      const { refusal, expired, believedUnlessFound } = submitted
      return {
        recovered: false,
        refusal,
        ...(expired ? { expired } : {}),
        ...(believedUnlessFound ? { believedUnlessFound } : {}),
      }
    }
  }
}

/** With what the incomplete answer to the submit has named itself. */
export function withNamed(
  { named = [] }: StepState,
  { tasks, missing, ...rest }: SearchResult,
): SearchResult {
  const unlisted = named.filter(({ TaskId }) => !tasks.some((task) => task.TaskId === TaskId))
  return {
    ...rest,
    tasks: [...unlisted, ...tasks],
    missing: missing.filter((type) => !named.some(({ TaskType }) => TaskType === type)),
  }
}

/** Nothing else is looked for any more. */
export function withNamedOnly(state: StepState): StepState {
  const { named = [], tasks } = state
  return tasks.length === 0 ? { ...state, tasks: named.map(toTask) } : state
}

/** A task of an earlier send that no listing showed: sought where the listing says little and an event may name it, else lost. */
export function notFound(state: StepState, task: TaskIn<'sought'>, { failed }: SearchResult): TaskState {
  const { start, refusal, expired, kept } = state
  const unseen = !isListed(task) || (start.FileId === '' && refusal === undefined)
  const mayBeNamed = hasEvent(task) && !(expired && kept.length === 0)
  if (unseen && mayBeNamed) return task
  return lose(
    task,
    `${madeEarlier(state)} but ${failed ? 'the search for it failed' : 'is not in any listing'}`,
  )
}

function madeEarlier({ refusal, named }: StepState): string {
  if (named) return "may have been made, though VOD's answer does not name it,"
  return refusal === undefined ? 'was made by an earlier send' : `may have been made before ${refusal}`
}

export function seeks({ tasks }: StepState): boolean {
  return tasks.some(({ stage }) => stage === 'sought')
}

/** VOD shows no task any more that is so old: nothing could prove one. */
export function withoutSought(state: StepState): StepState {
  const end = (task: TaskState) =>
    task.stage === 'sought' ? lose(task, `${madeEarlier(state)} but was never named`) : task
  return { ...state, tasks: state.tasks.map(end) }
}

/**
 * Keeps a hint until its task is known. Their number is bounded, because each is part of the state of the run. Forged hints delay a true
 * one and do not take its place. Beyond it, those go first that a read did not prove, and none where no read has failed.
 */
export function keep(state: StepState, hint: TaskHint): StepState {
  const before = state.kept.find((each) => each.hint.TaskId === hint.TaskId)
  if (before) return withKept(state, { ...before, hint: laterOf(before.hint, hint) })
  const kept = [...state.kept, { hint, tried: false }]
  if (kept.length <= maxKeptHints + 2 * state.start.flows) return { ...state, kept }
  const tried = kept.findIndex((each) => each.tried)
  // What the sweep says is no forgery, and it says so once.
  const dropped =
    tried < 0 && hint.via === 'sweep' ? kept.findIndex((each) => each.hint.via !== 'sweep') : tried
  return dropped < 0 ? state : { ...state, kept: kept.toSpliced(dropped, 1) }
}

function withKept(state: StepState, changed: KeptHint): StepState {
  const { TaskId } = changed.hint
  return { ...state, kept: state.kept.map((each) => (each.hint.TaskId === TaskId ? changed : each)) }
}

/** Kept hints in the order in which their tasks are to be read: those that none was read for come first. */
export function keptHints({ kept }: StepState): readonly TaskHint[] {
  return [...kept.filter(({ tried }) => !tried), ...kept.filter(({ tried }) => tried)].map(({ hint }) => hint)
}

export function withClaim(state: StepState, hint: TaskHint, underWay: HintReason): StepState {
  const tried = withKept(keep(state, hint), { hint, tried: true })
  const tasks = [...state.tasks, toClaimed(hint.TaskId, underWay)]
  return { ...tried, tasks, claims: state.claims + 1 }
}

/** The claimed task in the place of the one that was sought; undefined when its detail does not show our SessionId. */
export function prove(
  state: StepState,
  claimed: TaskIn<'claimed'>,
  reading: TaskReading,
): StepState | undefined {
  const { TaskType, SessionId } = reading
  const others = othersOf(state, claimed)
  const place = others.findIndex((task) => task.stage === 'sought' && task.TaskType === TaskType)
  const sought = others[place]
  if (!sought || SessionId !== state.SessionId) return undefined
  const known = { TaskType, createdAt: createdAt(reading, sought.createdAt) }
  return { ...state, tasks: others.with(place, { ...claimed, ...known, stage: 'reading' }) }
}

/** Without a claim that was not proven. */
export function drop(state: StepState, claimed: TaskIn<'claimed'>): StepState {
  return { ...state, tasks: othersOf(state, claimed) }
}

/** Task flows that a task of the step has started: its detail proves them, also those that a hint has claimed before. */
export function withStarted(state: StepState, started: readonly StartedTask[], at: number): StepState {
  const flows = started.map((each): TaskState => {
    const known = toFlow({ ...each, createdAt: at })
    const claimed = taskOf(state, each.TaskId)
    return claimed?.stage === 'claimed' ? { ...known, stage: 'reading', underWay: claimed.underWay } : known
  })
  const named = new Set(flows.map(({ TaskId }) => TaskId))
  return { ...state, tasks: [...state.tasks.filter(({ TaskId }) => !named.has(TaskId)), ...flows] }
}

function othersOf({ tasks }: StepState, claimed: TaskIn<'claimed'>): TaskState[] {
  return tasks.filter(({ TaskId }) => TaskId !== claimed.TaskId)
}
