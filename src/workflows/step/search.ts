import { type AsyncAction, asyncActions, taskKinds } from '../../contract/actions.js'
import type { Pulled, PullSearch, Search, Sent, TemplateTasks } from '../../contract/activities.js'
import { app, type CallOptions, call, type StepAddress } from './calls.js'
import { isReading, isTasks, isTexts, malformed } from './results.js'
import type { SearchResult, Send, StepState } from './state.js'
import { ownSessionId } from './submit.js'

/** What is searched for. */
interface Searching extends Sent {
  readonly state: StepState
  readonly send: Send
  /** Absent where no send was answered: then it is that of the submission. */
  readonly SessionId?: string
}

/** No send is older, ms since the epoch; undefined where another workflow may have sent, or when nobody knows. */
function sentSinceOf({ identity }: StepAddress, { state, send }: Searching): number | undefined {
  if (send.input.idempotencyKey !== undefined) return undefined
  return identity.fresh ? state.startedAt : identity.since
}

/** How long a task of another workflow is looked for before VOD's refusal is believed, ms. */
const othersGiveUpMs = 30_000

/** How long each part of a search may take; a canceled step says what it knows before `cancelGrace` is over. */
function limitsOf({ phase, start, believedUnlessFound }: StepState) {
  const { listings, listingsGiveUp, lag, cancelGrace } = start.delays
  if (phase === 'cancelling')
    return { templateMs: cancelGrace / 6, waits: lag, giveUpAfter: cancelGrace / 3, priority: 1 } as const
  // Where only another workflow can have sent, its send is hardly as young as the listing is late.
  const giveUpAfter = believedUnlessFound ? Math.min(listingsGiveUp, othersGiveUpMs) : listingsGiveUp
  return { templateMs: templateLimitMs, waits: listings, giveUpAfter, priority: 2 } as const
}

/** Which tasks did a send make whose answer does not name them? */
export async function search(address: StepAddress, searching: Searching): Promise<SearchResult> {
  const { state, send } = searching
  const { action, input } = send
  const { SessionId = ownSessionId(address, send) } = searching
  const { sentSince = sentSinceOf(address, searching) } = searching
  const sent = sentSince === undefined ? {} : { sentSince }
  const { idempotencyKey, request } = input
  const keyed = idempotencyKey === undefined ? {} : { keyed: { idempotencyKey, request: { ...request } } }
  const searched = { state, SessionId, ...sent, ...keyed }
  const { found, tasks }: AsyncAction = asyncActions[action]
  const made = tasks.map(({ TaskType }) => TaskType)
  const { ProcedureName, Procedure, FileId = '' } = request as Partial<Record<string, string>>
  switch (found) {
    case 'listing': {
      const template = action === 'ProcessMediaByProcedure' ? (ProcedureName ?? '') : undefined
      const wanted =
        template === undefined ? { TaskTypes: made } : await templateTasks(address, state, template)
      return list(address, { ...searched, FileId, wanted })
    }
    case 'media': {
      const { reading } = await findPulled(address, searched)
      if (reading !== undefined && !isReading(reading)) throw malformed('findPulled')
      if (!reading) return { tasks: [], missing: made }
      if (!Procedure) return { tasks: [], missing: [], reading }
      const wanted = await templateTasks(address, state, Procedure)
      return {
        ...(await list(address, {
          ...searched,
          FileId: reading.FileId,
          wanted,
          startedWith: reading.CreateTime,
        })),
        reading,
      }
    }
    case 'none':
      return { tasks: [], missing: made }
  }
}

interface Listing extends Pick<Search, 'SessionId' | 'sentSince' | 'keyed' | 'startedWith'> {
  readonly state: StepState
  readonly FileId: string
  readonly wanted: Wanted
}

/** Types of task; none: nobody knows. */
type Wanted = Pick<TemplateTasks, 'TaskTypes' | 'changedAt'>

/** VOD lists a new task within a minute (UNVERIFIED), ms. */
const listingLagMs = 60_000

async function list(
  address: StepAddress,
  { state, FileId, wanted, ...searched }: Listing,
): Promise<SearchResult> {
  const { waits, giveUpAfter, priority } = limitsOf(state)
  const { TaskTypes, changedAt } = wanted
  const options: CallOptions = { summary: 'no answer names them: which tasks did the send make?', priority }
  const { tasks, whole } = await call(
    address,
    'DescribeTasks',
    options,
  )({
    ...app(address),
    ...searched,
    ...(FileId === '' ? {} : { FileId }),
    expected: TaskTypes.filter((TaskType) => taskKinds[TaskType]?.listed),
    changedAt,
    waits,
    giveUpAfter,
    settleMs: Math.min(listingLagMs, giveUpAfter / 2),
  })
  if (!isTasks(tasks)) throw malformed('DescribeTasks')
  const lacking = TaskTypes.filter((TaskType) => !tasks.some((task) => task.TaskType === TaskType))
  // A listing is whole but for the types that it never has.
  const missing = whole === true ? lacking.filter((TaskType) => !taskKinds[TaskType]?.listed) : lacking
  if (whole === true) return { tasks, missing }
  return {
    tasks,
    missing: TaskTypes.length === 0 ? ['A task of a template that VOD does not show'] : missing,
  }
}

function findPulled(
  address: StepAddress,
  { state, ...searched }: Pick<Searching, 'state'> & Pick<PullSearch, 'SessionId' | 'sentSince' | 'keyed'>,
): Promise<Pulled> {
  const { waits, giveUpAfter, priority } = limitsOf(state)
  const options: CallOptions = { summary: 'no answer names it: which media did the send make?', priority }
  return call(address, 'findPulled', options)({ ...app(address), ...searched, waits, giveUpAfter })
}

/** How long the template is asked for before the search goes on without knowing what to expect, ms. */
const templateLimitMs = 10 * 60_000

async function templateTasks(address: StepAddress, state: StepState, ProcedureName: string): Promise<Wanted> {
  const { templateMs, priority } = limitsOf(state)
  const options: CallOptions = {
    summary: `which tasks does ${ProcedureName} make?`,
    priority,
    limitMs: templateMs,
  }
  try {
    const { TaskTypes, changedAt } = await call(
      address,
      'readTemplateTasks',
      options,
    )({ ...app(address), ProcedureName })
    return {
      TaskTypes: isTexts(TaskTypes) ? TaskTypes : [],
      ...(Number.isFinite(changedAt) ? { changedAt } : {}),
    }
  } catch {
    return { TaskTypes: [] }
  }
}

/** The result of a search that failed: nobody knows what the send made. */
export function unsearched({ action }: Send): SearchResult {
  const tasks: readonly { TaskType: string }[] = asyncActions[action].tasks
  const [only] = tasks
  const missing = tasks.length === 1 && only ? only.TaskType : 'A task of the request'
  return { tasks: [], missing: [missing], failed: true }
}
