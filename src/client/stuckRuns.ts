import type { Client } from '@temporalio/client'
import { workflowQueue } from '../contract/queues.js'
import { overdueAttribute } from '../contract/searchAttributes.js'
import { accountOfSweep, sweepType } from '../contract/sweep.js'
import { taskQueueType } from '../temporal/enums.js'
import { executionsIn } from '../temporal/executions.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { inTurns } from '../temporal/inTurns.js'
import { quoted } from '../temporal/listQuery.js'
import { lackIn, type NoWorkerDetails, type QueuePollers } from '../temporal/routing.js'
import { whyFailing } from './askWorker.js'
import { firstOf, type HeldRuns, heldRunsIn, notPinned, pinnedTo, queuesOfBuild } from './builds.js'
import { lackText, type WorkflowTaskFailingError } from './errors.js'
import { remedyOf } from './lackError.js'
import { openIn } from './openRuns.js'
import { polledBy, queuesOf, startOn, startOne } from './pollers.js'
import { canBeSearched, type QueueOfRuns, queuesOfRuns } from './queuesOfRuns.js'
import { shellWord } from './shellWord.js'
import { overdue } from './stuckText.js'

/** Reasons why runs cannot continue. They are values of a metric's label, so they must not change. */
export const stuckReasons = [
  'workflowTaskFails',
  'noWorker',
  'noWorkerOfBuild',
  'noCurrentVersion',
  'overdue',
  'paused',
] as const

export type StuckReason = (typeof stuckReasons)[number]

/** Runs of a namespace that cannot continue for the same reason. */
export interface StuckRuns {
  readonly reason: StuckReason
  readonly count: number
  /** Workflow id of one of these runs. */
  readonly workflowId: string
  /** The reason in words, without a period. */
  readonly what: string
  readonly remedy: string
  /** True if the runs are on a task queue of vodflow, or wait for tasks of VOD. */
  readonly ours: boolean
}

/** Reasons that could not be checked. */
export interface NotAsked {
  readonly reasons: readonly StuckReason[]
  /** True if some runs were checked. */
  readonly partly: boolean
  /** The reason why they could not be checked, without a period. */
  readonly why: string
}

export interface Stuck {
  readonly groups: readonly StuckRuns[]
  readonly notAsked: readonly NotAsked[]
}

/** Maximum number of task queues of open runs that are checked. A namespace has a few. */
const mostQueues = 50
/** Maximum number of runs that are described one by one if Temporal cannot search for failing runs. */
const mostDescribed = 200
/** Maximum number of failing runs whose error is read. */
const mostExplained = 40

const nothing: Stuck = { groups: [], notAsked: [] }

interface QuestionContext {
  readonly client: Client
  /** The query for runs that have not ended. */
  readonly open: string
  /** Every build, and its pinned runs. */
  readonly held: Promise<readonly HeldRuns[]>
}

interface StuckQuestion {
  readonly reasons: readonly StuckReason[]
  /** True if other questions cover the same reasons. */
  readonly partly?: true
  ask(asked: QuestionContext): Promise<Stuck>
}

const ofWorkers: readonly StuckReason[] = ['noWorker', 'noWorkerOfBuild', 'noCurrentVersion']

const questions: readonly StuckQuestion[] = [
  { reasons: ofWorkers, ask: withoutWorker },
  { reasons: ['noWorkerOfBuild'], partly: true, ask: pinnedWithoutWorker },
  { reasons: ['noWorker'], partly: true, ask: accountsWithoutWorker },
  { reasons: ['workflowTaskFails'], ask: failing },
  { reasons: ['overdue'], ask: overdueOnes },
  { reasons: ['paused'], ask: paused },
]

/**
 * Returns every group of runs in the namespace, yours too, that cannot continue until someone acts. Counts come from Temporal's lists,
 * which lag by seconds.
 *
 * @throws if none of the reasons can be checked
 */
export async function stuckRuns(client: Client): Promise<Stuck> {
  const open = await openIn(client)
  const asked = { client, open, held: heldRunsIn(client) }
  const answers = await Promise.allSettled(questions.map(({ ask }) => ask(asked)))
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  if (refused.length === answers.length) throw refused[0]
  return together(
    questions.map(({ reasons, partly = false }, index) => {
      const answer = answers[index]
      if (answer?.status === 'fulfilled') return answer.value
      return notAskedFor(reasons, whyRefused(answer?.reason), partly)
    }),
  )
}

function together(answers: readonly Stuck[]): Stuck {
  return {
    groups: answers.flatMap(({ groups }) => groups),
    notAsked: answers.flatMap(({ notAsked }) => notAsked),
  }
}

function notAskedFor(reasons: readonly StuckReason[], why: string, partly = false): Stuck {
  return { groups: [], notAsked: [{ reasons, why, partly }] }
}

/** Returns the first line of Temporal's error message. */
function whyRefused(error: unknown): string {
  const source = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { message = String(error), details = message } = source as Partial<
    Record<'message' | 'details', string>
  >
  return details.split('\n')[0] ?? ''
}

/** Finds runs without a worker that follow the routing of their task queue. */
async function withoutWorker({ client, open, held }: QuestionContext): Promise<Stuck> {
  const builds = await held.catch(noneKnown)
  const movable = builds.some(({ runs }) => runs > 0) ? `${open} AND ${notPinned}` : open
  const queues = await queuesOfRuns(client, movable, mostQueues)
  const groups = await inTurns(queues, async (queue) => {
    const polled = await polledBy(client, { name: queue.name, kind: taskQueueType.workflow })
    const lack = lackIn(polled)
    return lack ? lackingOn(client, queue, { lack, query: movable, polled }) : nothing
  })
  return together([...groups, seenAll(queues, ofWorkers)])
}

function seenAll(queues: readonly QueueOfRuns[], reasons: readonly StuckReason[]): Stuck {
  if (queues.length < mostQueues) return nothing
  return notAskedFor(reasons, `only ${mostQueues} task queues of open runs were checked`, true)
}

/** Without permission to read builds, pinned runs count like others. The question about pinned runs reports the missing permission. */
function noneKnown(error: unknown): readonly HeldRuns[] {
  if (grpcCodeOf(error) === grpc.permissionDenied) return []
  throw error
}

/** Finds runs that are pinned to a build, on task queues that its workers do not poll. */
async function pinnedWithoutWorker({ client, open, held }: QuestionContext): Promise<Stuck> {
  const builds = (await held).filter(({ runs }) => runs > 0)
  const groups = await inTurns(builds, async (build) => {
    const queues = await queuesOfBuild(client, build)
    const served = queues
      .filter(({ kind, polled }) => kind === taskQueueType.workflow && polled)
      .map(({ name }) => name)
    const query = pinnedTo(open, build)
    const elsewhere = await queuesOfRuns(client, query, mostQueues, served)
    const lack = { reason: 'noWorkerOfBuild', build, pinned: true } as const
    const lacking = await inTurns(elsewhere, (queue) =>
      lackingOn(client, queue, { lack, query, polled: { pollers: [] } }),
    )
    return together([...lacking, seenAll(elsewhere, [lack.reason])])
  })
  return together(groups)
}

/** Finds accounts without a worker. An account whose sweep is open is in use, so that calls of its runs wait for a worker. */
async function accountsWithoutWorker({ client, open }: QuestionContext): Promise<Stuck> {
  const sweeps = new Map<string, string>()
  for await (const { workflowId } of executionsIn(client).list({
    query: `${open} AND WorkflowType = "${sweepType}"`,
  })) {
    const account = accountOfSweep(workflowId)
    if (account !== undefined) sweeps.set(account, workflowId)
  }
  const groups = await inTurns([...sweeps], async ([account, workflowId]) => {
    const calls = queuesOf(account).filter(({ kind }) => kind === taskQueueType.activity)
    const polled = await inTurns(calls, (queue) => polledBy(client, queue))
    const names = calls.flatMap(({ name }, index) => (polled[index]?.pollers.length ? [] : [name]))
    if (names.length === 0) return nothing
    const what = lackText({ reason: 'noWorker' }, names)
    const remedy = `${startOne(account)} If the account is no longer used, end its sweep: temporal workflow terminate --workflow-id ${shellWord(workflowId)}`
    return found({ reason: 'noWorker', count: 1, workflowId, what, remedy, ours: true })
  })
  return together(groups)
}

function found(...groups: readonly StuckRuns[]): Stuck {
  return { groups, notAsked: [] }
}

interface QueueLack {
  readonly lack: NoWorkerDetails
  readonly queue: string
  readonly polled: QueuePollers
}

function lackOf({ lack, queue, polled }: QueueLack): Omit<StuckRuns, 'workflowId' | 'count'> {
  return {
    reason: lack.reason,
    what: lackText(lack, [queue]),
    remedy: remedyOf(lack, polled, { start: startOn(queue) }),
    ours: isOurs(queue),
  }
}

/** The runs of a query that are on one task queue. */
function lackingOn(
  client: Client,
  { name: queue, workflowId }: QueueOfRuns,
  { query, ...rest }: Omit<QueueLack, 'queue'> & { readonly query: string },
): Promise<Stuck> {
  const { remedy, ...lack } = lackOf({ ...rest, queue })
  if (!canBeSearched(queue)) return Promise.resolve(found({ ...lack, remedy, workflowId, count: 1 }))
  const onQueue = `${query} AND TaskQueue = ${quoted(queue)}`
  return counted(client, { ...lack, query: onQueue, remedy: () => remedy })
}

function isOurs(queue: string): boolean {
  return queue === workflowQueue
}

const failsAgain = 'the workflow task fails each time it is retried'

/** Finds runs whose workflow task fails. Temporal marks a run after five failures in a row; on an older server, each run is read. */
async function failing({ client, open }: QuestionContext): Promise<Stuck> {
  const marked = `${open} AND TemporalReportedProblems IS NOT NULL`
  const count = await countOrUnknown(client, marked)
  if (count === undefined) return failingOnes(client, open)
  if (count === 0) return nothing
  const { errors } = await failuresOf(client, marked, mostExplained)
  const left = count - errors.length
  if (left <= 0) return found(...byProblem(errors))
  // A run whose attempt has just started shows no error of the attempts before.
  const known = new Set(errors.map(({ workflowId }) => workflowId))
  const rest = await restOf(client, marked, known)
  return found(...byProblem(errors), ...(rest ? [{ ...rest, count: left }] : []))
}

async function restOf(
  client: Client,
  query: string,
  known: ReadonlySet<string>,
): Promise<StuckRuns | undefined> {
  for await (const { workflowId, taskQueue } of executionsIn(client).list({ query })) {
    if (known.has(workflowId)) continue
    const remedy = `vodflow status ${shellWord(workflowId)} shows the error of this one.`
    return {
      reason: 'workflowTaskFails',
      count: 1,
      workflowId,
      what: failsAgain,
      remedy,
      ours: isOurs(taskQueue),
    }
  }
  return undefined
}

async function failingOnes(client: Client, open: string): Promise<Stuck> {
  const { errors, all } = await failuresOf(client, open, mostDescribed)
  const some = `this server cannot search for runs that fail, and only the latest ${mostDescribed} were checked`
  return together([
    found(...byProblem(errors)),
    all ? nothing : notAskedFor(['workflowTaskFails'], some, true),
  ])
}

interface Failures {
  readonly errors: readonly WorkflowTaskFailingError[]
  /** True if every run was checked. */
  readonly all: boolean
}

async function failuresOf(client: Client, query: string, most: number): Promise<Failures> {
  const ids: string[] = []
  for await (const { workflowId } of executionsIn(client).list({ query, pageSize: most + 1 })) {
    ids.push(workflowId)
    if (ids.length > most) break
  }
  const errors = await inTurns(ids.slice(0, most), (id) => whyFailing(client, id))
  return { errors: errors.filter((error) => error !== undefined), all: ids.length <= most }
}

/** Groups failing runs by their problem. Texts that differ only in numbers, e.g. in the id of an event, are one problem. */
export function byProblem(errors: readonly WorkflowTaskFailingError[]): StuckRuns[] {
  const groups = new Map<string, StuckRuns>()
  for (const { workflowId, problem, remedy, queue } of errors) {
    const ours = isOurs(queue)
    const key = `${ours} ${problem.replaceAll(/\d+/g, '#')}`
    const what = `${failsAgain}: ${problem}`
    const first = groups.get(key) ?? { reason: 'workflowTaskFails', count: 0, workflowId, what, remedy, ours }
    groups.set(key, { ...first, count: first.count + 1 })
  }
  return [...groups.values()]
}

function overdueOnes({ client, open }: QuestionContext): Promise<Stuck> {
  return counted(client, {
    reason: 'overdue',
    query: `${open} AND ${overdueAttribute} IS NOT NULL`,
    what: overdue.what,
    remedy: () => overdue.remedy,
    ours: true,
  })
}

async function paused({ client, open }: QuestionContext): Promise<Stuck> {
  const onQueue = (operator: string, ours: boolean) =>
    counted(client, {
      reason: 'paused',
      query: `${open} AND TemporalPauseInfo IS NOT NULL AND TaskQueue ${operator} ${quoted(workflowQueue)}`,
      what: 'the run or one of its activities is paused',
      remedy: (id) =>
        `temporal workflow unpause --workflow-id ${shellWord(id)}, or temporal activity unpause for an activity: vodflow status ${shellWord(id)} shows the full command.`,
      ours,
    })
  const [mine, others] = await Promise.all([onQueue('=', true), onQueue('!=', false)])
  return mine.notAsked.length > 0 ? mine : together([mine, others])
}

interface Counting {
  readonly reason: StuckReason
  readonly query: string
  readonly what: string
  readonly ours: boolean
  remedy(workflowId: string): string
}

async function counted(client: Client, { reason, query, what, remedy, ours }: Counting): Promise<Stuck> {
  const count = await countOrUnknown(client, query)
  if (count === undefined) return notAskedFor([reason], 'this namespace cannot be searched for them')
  const first = count > 0 ? await firstOf(client, query) : undefined
  if (!first) return nothing
  const { workflowId } = first
  return found({ reason, count, workflowId, what, remedy: remedy(workflowId), ours })
}

/** Returns undefined if the namespace cannot be searched by the query: the server is old, or a search attribute is missing. */
async function countOrUnknown(client: Client, query: string): Promise<number | undefined> {
  try {
    return (await client.workflow.count(query)).count
  } catch (error) {
    if (grpcCodeOf(error) === grpc.invalidArgument) return undefined
    throw error
  }
}
