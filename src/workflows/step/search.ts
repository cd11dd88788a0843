import { type AsyncAction, asyncActions } from '../../contract/actions.js'
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

/** Returns the time limits of a search. A canceled step must have its result before two thirds of `cancelGrace` are over. */
function limitsOf({ phase, start, believedUnlessFound }: StepState, { input }: SubmitRequest) {
  const { listings, listingsGiveUp, lag, cancelGrace } = start.delays
  if (phase === 'canceling')
    return { templateMs: cancelGrace / 12, waits: lag, giveUpAfter: cancelGrace / 6, priority: 1 } as const
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
 * Returns the expected types of task that a listing does not show. A template that was changed since the send may ask for more than it made
 * then. Its time of change does not prove that, and without its moderation an outcome must not count as good.
 */
export function missingOf({ tasks }: TaskSearchResult, TaskTypes: readonly string[]): readonly string[] {
  if (TaskTypes.length === 0) return [unknownType]
  return TaskTypes.filter((TaskType) => !tasks.some((task) => task.TaskType === TaskType))
}

/** Returns the result of a failed search: the tasks of the send are unknown. */
export function unsearched({ made }: SearchEffect): SearchResult {
  return { tasks: [], missing: made.length === 1 ? made : [unknownType], failed: true }
}
