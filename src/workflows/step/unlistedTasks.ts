import type { SubmitResult } from '../../contract/activities.js'
import { someTask, type TaskHint } from '../../contract/hint.js'
import type { TaskReading } from '../../contract/outcome.js'
import { keepHint, markTried, maxKeptHints } from '../run/keptHints.js'
import { byHint, countNet, readOf } from './read.js'
import {
  maxClaims,
  type SearchResult,
  type StepState,
  type TaskIn,
  type TaskState,
  type Transition,
} from './state.js'
import { createdAt, hasEvent, isListed, isOpen, lose, taskOf, toClaimed, toTask } from './tasks.js'
import { thenEach } from './transition.js'

/*
 * VOD cannot list the tasks of one media file in a storage path, and the search after a duplicate ends before it has read thousands of
 * tasks. Some types of task are in no listing. VOD said that the task exists, so an event or the sweep will name it, and its detail
 * proves it. The same holds for a task whose TaskId in VOD's answer is wrong.
 */

/** Returns the tasks that an incomplete answer names. */
export function namedIn(submitted: SubmitResult): Pick<StepState, 'named'> {
  return submitted.kind === 'accepted' && submitted.incomplete ? { named: submitted.tasks } : {}
}

/** Returns the facts about a send whose answer does not name every task, or that may have been accepted. */
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

/** Adds the tasks that the incomplete answer to the submit named. */
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

/** Keeps only the tasks that the answer named, because the search is over. */
export function withNamedOnly(state: StepState): StepState {
  const { named = [], tasks } = state
  return tasks.length === 0 ? { ...state, tasks: named.map(toTask) } : state
}

/**
 * Returns a task of an earlier send that no listing showed. It is sought if the listing proves little and an event may name the task, else
 * lost.
 */
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

/** VOD no longer shows tasks of this age, so no detail could prove a sought one. */
export function withoutSought(state: StepState): StepState {
  const end = (task: TaskState) =>
    task.stage === 'sought' ? lose(task, `${madeEarlier(state)} but was never named`) : task
  return { ...state, tasks: state.tasks.map(end) }
}

/** Keeps a hint until its task is known. Each task flow that was asked for allows two more. */
export function keep(state: StepState, hint: TaskHint): StepState {
  return { ...state, kept: keepHint(state.kept, hint, maxKeptHints + 2 * state.start.flows) }
}

/** Returns the kept hints in the order of their reads: hints without a read come first. */
export function keptHints({ kept }: StepState): readonly TaskHint[] {
  return [...kept.filter(({ tried }) => !tried), ...kept.filter(({ tried }) => tried)].map(({ hint }) => hint)
}

/** Reads an unknown task in a hint while the step seeks one. Its detail shows whether it belongs to the step. */
export function claim(state: StepState, hint: TaskHint): Transition {
  if (!state.tasks.some((task) => isReplaceable(state, task))) return [state, []]
  if (state.claims >= maxClaims && hint.via !== 'sweep') return [keep(state, hint), []]
  const why = byHint(hint)
  const kept = markTried(keep(state, hint).kept, hint)
  const tasks = [...state.tasks, toClaimed(hint.TaskId, why)]
  const claimed = { ...state, kept, tasks, claims: state.claims + 1 }
  return [countNet(claimed, why), [readOf(claimed, hint.TaskId, why)]]
}

/** At a look, kept hints are tried: those beyond the limit, and those whose tasks VOD did not show yet. */
export function claimKept(state: StepState): Transition {
  return claimEach(state, keptHints(state))
}

/** After a read in vain, the kept hints without a read are tried. */
export function claimUntried(state: StepState): Transition {
  return claimEach(
    state,
    state.kept.filter(({ tried }) => !tried).map(({ hint }) => hint),
  )
}

function claimEach(state: StepState, hints: readonly TaskHint[]): Transition {
  const unknown = hints.filter(({ TaskId }) => TaskId !== someTask && !taskOf(state, TaskId))
  return thenEach([state, []], unknown, claim)
}

/** Returns true while no detail has shown a task that the step asked for. VOD's answer to the submit may have named a wrong id. */
export function mayLackTask({ tasks }: StepState): boolean {
  return tasks.some(isUnseen)
}

function isUnseen(task: TaskState): boolean {
  return isOpen(task) && !task.startedHere && task.reading === undefined
}

/** Returns true for a task whose place a proven claim takes: one that is sought, or whose own TaskId was read in vain. */
function isReplaceable({ SessionId }: StepState, task: TaskState): boolean {
  return task.stage === 'sought' || (SessionId !== '' && isUnseen(task) && task.problem !== undefined)
}

/** Replaces a task with the claimed one. Returns undefined if the detail does not show our SessionId. */
export function prove(
  state: StepState,
  claimed: TaskIn<'claimed'>,
  reading: TaskReading,
): StepState | undefined {
  const { TaskType, SessionId } = reading
  const others = othersOf(state, claimed)
  const place = others.findIndex((task) => isReplaceable(state, task) && task.TaskType === TaskType)
  const replaced = others[place]
  if (!replaced || SessionId !== state.SessionId) return undefined
  const known = { TaskType, createdAt: createdAt(reading, replaced.createdAt) }
  return { ...state, tasks: others.with(place, { ...claimed, ...known, stage: 'reading' }) }
}

/** Removes a claim that was not proven. */
export function drop(state: StepState, claimed: TaskIn<'claimed'>): StepState {
  return { ...state, tasks: othersOf(state, claimed) }
}

function othersOf({ tasks }: StepState, claimed: TaskIn<'claimed'>): TaskState[] {
  return tasks.filter(({ TaskId }) => TaskId !== claimed.TaskId)
}
