import type { StepTask, Submitted } from '../../activities/types.js'
import type { Reading } from '../../vod/outcome.js'
import type { Effect, SearchResult, Send, StepState, TaskState } from './state.js'
import { hasEvent, isListed, toTask } from './tasks.js'

/*
 * Media in a storage path cannot be listed by their own: among thousands of tasks the search after a duplicate ends before it
 * has seen them all; and some types of task are in no listing. VOD said that the task is there, so an event or the sweep will
 * name it, and its detail prove it.
 */

/** Asks which tasks an earlier send made. */
export function searchFor(
  { SessionId, sentSince }: Exclude<Submitted, { kind: 'accepted' }>,
  send: Send,
): Effect {
  return { do: 'search', send, SessionId, ...(sentSince === undefined ? {} : { sentSince }) }
}

/** A task of an earlier send that no listing showed: sought where the listing says little and an event may name it, else lost. */
export function notFound(state: StepState, task: StepTask, { failed }: SearchResult): TaskState {
  const { start, refusal, expired, early } = state
  const unseen = !isListed(task) || (start.FileId === '' && refusal === undefined)
  const mayBeNamed = hasEvent(task) && !(expired && early.length === 0)
  if (unseen && mayBeNamed) return { ...toTask(task), standing: 'sought' }
  return {
    ...toTask(task),
    lost: `${madeEarlier(state)} but ${failed ? 'the search for it failed' : 'is not in any listing'}`,
  }
}

function madeEarlier({ refusal }: StepState): string {
  return refusal === undefined ? 'was made by an earlier send' : `may have been made before ${refusal}`
}

export function seeks({ tasks }: StepState): boolean {
  return tasks.some(({ standing }) => standing === 'sought')
}

/** VOD shows no task any more that is so old: nothing could prove one. */
export function withoutSought(state: StepState): StepState {
  const lose = (task: TaskState): TaskState =>
    task.standing === 'sought' ? { ...task, lost: `${madeEarlier(state)} but was never named` } : task
  return { ...state, tasks: state.tasks.map(lose) }
}

export function withClaim(state: StepState, TaskId: string): StepState {
  const claimed: TaskState = { ...toTask({ TaskId, TaskType: '', createdAt: 0 }), standing: 'claimed' }
  return { ...state, tasks: [...state.tasks, claimed] }
}

/** The claimed task in the place of the one that was sought; undefined when its detail does not show our SessionId. */
export function prove(state: StepState, claimed: TaskState, reading: Reading): StepState | undefined {
  const others = othersOf(state, claimed)
  const place = others.findIndex(
    ({ standing, TaskType }) => standing === 'sought' && TaskType === reading.TaskType,
  )
  const sought = others[place]
  if (!sought || reading.SessionId !== state.SessionId) return undefined
  const createdAt = Date.parse(reading.CreateTime) || sought.createdAt
  const proven: TaskState = { ...claimed, TaskType: reading.TaskType, createdAt, standing: 'known' }
  return { ...state, tasks: others.with(place, proven) }
}

/** A claim that was not proven counts as one more hint that nothing came of. */
export function drop(state: StepState, claimed: TaskState): StepState {
  return { ...state, tasks: othersOf(state, claimed), unconfirmed: state.unconfirmed + 1 }
}

function othersOf({ tasks }: StepState, claimed: TaskState): TaskState[] {
  return tasks.filter(({ TaskId }) => TaskId !== claimed.TaskId)
}
