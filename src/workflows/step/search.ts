import { type AsyncAction, asyncActions, taskKinds } from '../../contract/actions.js'
import type { SentSince, TaskSearchResult, TemplateTasks } from '../../contract/activities.js'
import { minute } from '../../contract/time.js'
import type { SearchEffect, SearchResult, StepState, SubmitRequest } from './state.js'

/** Asks which tasks a send made whose answer does not name them. Without a SessionId no send was answered. */
export function searchFor(
  state: StepState,
  send: SubmitRequest,
  { SessionId, sentSince = sentSinceOf(state, send) }: SentSince & { readonly SessionId?: string },
): SearchEffect {
  const { waits, giveUpAfter, ...limits } = limitsOf(state)
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

/** The template that says which tasks are made, or which flows a pull starts. */
function templateOf({ action, input }: SubmitRequest): string | undefined {
  const { ProcedureName = '', Procedure = '' } = input.request as Partial<Record<string, string>>
  if (action === 'ProcessMediaByProcedure') return ProcedureName
  return action === 'PullUpload' && Procedure !== '' ? Procedure : undefined
}

/** No send is older, ms since the epoch; undefined where another workflow may have sent, or when nobody knows. */
function sentSinceOf({ start, startedAt }: StepState, { input }: SubmitRequest): number | undefined {
  if (input.idempotencyKey !== undefined) return undefined
  return start.identity.fresh ? startedAt : start.identity.since
}

/** VOD lists a new task within a minute (UNVERIFIED), ms. */
const listingLagMs = minute

/** How long a task of another workflow is looked for before VOD's refusal is believed, ms. */
const othersGiveUpMs = 30_000

/** How long the template is asked for before the search goes on without knowing what to expect, ms. */
const templateLimitMs = 10 * minute

/** How long each part of a search may take; a canceled step says what it knows before `cancelGrace` is over. */
function limitsOf({ phase, start, believedUnlessFound }: StepState) {
  const { listings, listingsGiveUp, lag, cancelGrace } = start.delays
  if (phase === 'cancelling')
    return { templateMs: cancelGrace / 6, waits: lag, giveUpAfter: cancelGrace / 3, priority: 1 } as const
  // Where only another workflow can have sent, its send is hardly as young as the listing is late.
  const giveUpAfter = believedUnlessFound ? Math.min(listingsGiveUp, othersGiveUpMs) : listingsGiveUp
  return { templateMs: templateLimitMs, waits: listings, giveUpAfter, priority: 2 } as const
}

/** Types of task; none: nobody knows. */
export type WantedTasks = Pick<TemplateTasks, 'TaskTypes' | 'changedAt'>

/** VOD dates its templates by its own clock, which may be so far from that of the worker, ms. */
const clocksDifferMs = 5 * minute

/** The template asks for no task that an incomplete answer does not name. */
export function namesAll({ named = [] }: SearchEffect, { TaskTypes, changedAt = 0 }: WantedTasks): boolean {
  const isAsMade = named.every(({ createdAt }) => createdAt - clocksDifferMs > changedAt)
  const isNamed = (type: string) => named.some(({ TaskType }) => TaskType === type)
  return isAsMade && TaskTypes.length > 0 && TaskTypes.every(isNamed)
}

/**
 * What is to be found next to the tasks that an incomplete answer names. Where the template cannot be read, it is as if it had just been
 * changed: the listing is believed once it has settled.
 */
export function besideNamed({ named }: SearchEffect, wanted: WantedTasks): WantedTasks {
  const isReadable = named === undefined || wanted.TaskTypes.length > 0
  return isReadable ? wanted : { TaskTypes: [], changedAt: Date.now() + clocksDifferMs }
}

/** Types of task that were asked for and that a listing does not show. A whole one lacks only those that no listing has. */
export function missingOf(
  { tasks, whole }: TaskSearchResult,
  TaskTypes: readonly string[],
): readonly string[] {
  const missing = TaskTypes.filter((TaskType) => !tasks.some((task) => task.TaskType === TaskType))
  if (whole === true) return missing.filter((TaskType) => !taskKinds[TaskType]?.listed)
  return TaskTypes.length === 0 ? ['A task of a template that VOD does not show'] : missing
}

/** The result of a search that failed: nobody knows what the send made. */
export function unsearched({ made }: SearchEffect): SearchResult {
  return { tasks: [], missing: made.length === 1 ? made : ['A task of the request'], failed: true }
}
