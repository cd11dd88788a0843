import { type AsyncAction, asyncActions, taskKinds } from '../../contract/actions.js'
import type { SentSince, TaskSearchResult, TemplateTasks } from '../../contract/activities.js'
import { minute } from '../../contract/time.js'
import {
  type SearchEffect,
  type SearchResult,
  type StepState,
  type SubmitRequest,
  unknownType,
} from './state.js'

/** Returns the effect that searches for the tasks of a send. Without a SessionId, no send was answered. */
export function searchFor(
  state: StepState,
  send: SubmitRequest,
  { SessionId, sentSince = sentSinceOf(state, send) }: SentSince & { readonly SessionId?: string },
): SearchEffect {
  const { waits, giveUpAfter, ...limits } = limitsOf(state, send)
  const { tasks, found }: AsyncAction = asyncActions[send.action]
  const { idempotencyKey, request } = send.input
  const template = templateOf(send)
  return {
    do: 'search',
    send,
    ...(SessionId ? { SessionId } : {}),
    found,
    made: tasks.map(({ TaskType }) => TaskType),
    ...(template === undefined ? {} : { template }),
    ...(state.named ? { named: state.named } : {}),
    FileId: state.start.FileId,
    search: {
      ...(sentSince === undefined ? {} : { sentSince }),
      ...(idempotencyKey === undefined ? {} : { keyed: { idempotencyKey, request: { ...request } } }),
      waits,
      giveUpAfter,
    },
    settleMs: Math.min(listingLagMs, giveUpAfter / 2),
    ...limits,
  }
}

/** Returns the template that determines which tasks are made, or which flows a pull starts. */
function templateOf({ action, input }: SubmitRequest): string | undefined {
  const { ProcedureName = '', Procedure = '' } = input.request as Partial<Record<string, string>>
  if (action === 'ProcessMediaByProcedure') return ProcedureName
  return action === 'PullUpload' && Procedure !== '' ? Procedure : undefined
}

/** Returns the earliest time of a send, in ms since the epoch, or undefined if it is unknown or another workflow may have sent. */
function sentSinceOf({ start, startedAt }: StepState, { input }: SubmitRequest): number | undefined {
  if (input.idempotencyKey !== undefined) return undefined
  return start.identity.fresh ? startedAt : start.identity.since
}

/** The time within which VOD lists a new task (UNVERIFIED), in ms. */
const listingLagMs = minute

/** The time limit for the search for a task of another workflow, in ms. After it, VOD's refusal is believed. */
const othersGiveUpMs = 30_000

/** The time limit for reading the template, in ms. After it, the search continues without expected types. */
const templateLimitMs = 10 * minute

/** Returns the time limits of a search. A canceled step must report before `cancelGrace` is over. */
function limitsOf({ phase, start, believedUnlessFound }: StepState, { input }: SubmitRequest) {
  const { listings, listingsGiveUp, lag, cancelGrace } = start.delays
  if (phase === 'cancelling')
    return { templateMs: cancelGrace / 6, waits: lag, giveUpAfter: cancelGrace / 3, priority: 1 } as const
  // If only another workflow can have sent, its send is most likely older than the lag of the listing.
  const byOthers = believedUnlessFound !== undefined && input.idempotencyKey !== undefined
  const giveUpAfter = byOthers ? Math.min(listingsGiveUp, othersGiveUpMs) : listingsGiveUp
  return { templateMs: templateLimitMs, waits: listings, giveUpAfter, priority: 2 } as const
}

/** The expected types of task. Empty if they are unknown. */
export type WantedTasks = Pick<TemplateTasks, 'TaskTypes' | 'changedAt'>

/** The largest difference between VOD's clock, which dates templates, and the worker's, in ms. */
const clocksDifferMs = 5 * minute

/** Returns true if the incomplete answer names every task that the template asks for. */
export function namesAll({ named = [] }: SearchEffect, { TaskTypes, changedAt = 0 }: WantedTasks): boolean {
  const isAsMade = named.every(({ createdAt }) => createdAt - clocksDifferMs > changedAt)
  const isNamed = (type: string) => named.some(({ TaskType }) => TaskType === type)
  return isAsMade && TaskTypes.length > 0 && TaskTypes.every(isNamed)
}

/**
 * Returns the tasks to search for in addition to those in an incomplete answer. If the template cannot be read, it counts as just changed,
 * so the listing is believed once it has settled.
 */
export function besideNamed({ named }: SearchEffect, wanted: WantedTasks): WantedTasks {
  const isReadable = named === undefined || wanted.TaskTypes.length > 0
  return isReadable ? wanted : { TaskTypes: [], changedAt: Date.now() + clocksDifferMs }
}

/**
 * Returns the expected types of task that a listing does not show. After a change of the template, only the types that VOD never lists are
 * missing.
 */
export function missingOf(
  { tasks, templateChanged }: TaskSearchResult,
  TaskTypes: readonly string[],
): readonly string[] {
  const missing = TaskTypes.filter((TaskType) => !tasks.some((task) => task.TaskType === TaskType))
  if (templateChanged === true) return missing.filter((TaskType) => !taskKinds[TaskType]?.listed)
  return TaskTypes.length === 0 ? [unknownType] : missing
}

/** Returns the result of a failed search: the tasks of the send are unknown. */
export function unsearched({ made }: SearchEffect): SearchResult {
  return { tasks: [], missing: made.length === 1 ? made : [unknownType], failed: true }
}
