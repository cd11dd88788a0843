import type { Client } from '@temporalio/client'
import { executionsIn } from '../temporal/executions.js'
import { quoted } from '../temporal/listQuery.js'
import { type Build, type Lack, lackIn, type Polled } from '../temporal/routing.js'
import { workflowQueue } from '../vod/queues.js'
import { overdueAttribute } from '../vod/searchAttributes.js'
import { whyFailing } from './askWorker.js'
import { buildsIn, firstOf, notPinned, open, pinnedTo } from './builds.js'
import { lackText, type WorkflowTaskFailingError } from './errors.js'
import { grpc, grpcCodeOf } from './errorsOfTemporal.js'
import { remedyOf } from './lackError.js'
import { polledBy, startOne } from './pollers.js'
import { shellWord } from './shellWord.js'

/** Why runs cannot continue. A metric has them as a label: they never change. */
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
  /** One of them. */
  readonly workflowId: string
  /** The reason in words, without a full stop. */
  readonly what: string
  readonly remedy: string
}

/** Task queues of open runs that are looked at; a namespace has a few. */
const mostQueues = 50
/** Runs that are described one by one where Temporal cannot search for those that fail. */
const mostDescribed = 200
/** Failing runs whose error is read, and questions to Temporal at once. */
const mostExplained = 40
const atOnce = 20

/** Every group of runs in the namespace, yours too, that cannot continue as things are. Counts come from Temporal's lists, which lag by seconds. */
export async function stuckRuns(client: Client): Promise<StuckRuns[]> {
  const groups = await Promise.all([
    withoutWorker(client),
    failing(client),
    counted(client, {
      reason: 'overdue',
      query: `${open} AND ${overdueAttribute} IS NOT NULL`,
      what: 'VOD no longer returns the tasks that it waits for',
      remedy: () => 'vodflow list --overdue shows them; see VodflowRunsOverdue in docs/operations.md.',
    }),
    counted(client, {
      reason: 'paused',
      query: 'ExecutionStatus IN ("Running", "Paused") AND TemporalPauseInfo IS NOT NULL',
      what: 'someone has paused it, or an activity of it',
      remedy: (id) =>
        `temporal workflow unpause --workflow-id ${shellWord(id)}, or temporal activity unpause for an activity.`,
    }),
  ])
  return groups.flat()
}

async function withoutWorker(client: Client): Promise<StuckRuns[]> {
  const [queues, builds] = await Promise.all([queuesOfRuns(client), buildsIn(client)])
  const holding = builds.filter(({ runs }) => runs > 0)
  const groups = await Promise.all(queues.map((queue) => lackingOn(client, queue, holding)))
  return groups.flat()
}

/** Runs of a task queue: those that are pinned to a build, and all others, which go where the queue sends them. */
async function lackingOn(client: Client, queue: string, builds: readonly Build[]): Promise<StuckRuns[]> {
  const polled = await polledBy(client, { name: queue, kind: 1 })
  const onQueue = `TaskQueue = ${quoted(queue)}`
  const pinned = builds.map((build) => ({
    lack: lackIn(polled, build),
    query: `${pinnedTo(build)} AND ${onQueue}`,
  }))
  const others = {
    lack: lackIn(polled),
    query: `${open} AND ${onQueue}${builds.length > 0 ? ` AND ${notPinned}` : ''}`,
  }
  const groups = await Promise.all(
    [...pinned, others].map(({ lack, query }) =>
      lack ? lacking(client, { lack, query, queue, polled }) : [],
    ),
  )
  return groups.flat()
}

interface Lacking {
  readonly lack: Lack
  readonly query: string
  readonly queue: string
  readonly polled: Polled
}

function lacking(client: Client, { lack, query, queue, polled }: Lacking): Promise<StuckRuns[]> {
  const start = queue === workflowQueue ? startOne() : `Start the worker that serves "${queue}".`
  const what = lackText(lack, [queue])
  return counted(client, {
    reason: lack.reason,
    query,
    what,
    remedy: () => remedyOf(lack, polled, { start }),
  })
}

/** The task queues that open runs are on. */
async function queuesOfRuns(client: Client): Promise<string[]> {
  const queues: string[] = []
  while (queues.length < mostQueues) {
    const others = queues.length === 0 ? '' : ` AND TaskQueue NOT IN (${queues.map(quoted).join(', ')})`
    const run = await firstOf(client, `${open}${others}`)
    if (!run) break
    queues.push(run.taskQueue)
  }
  return queues
}

/** Temporal marks a run after five failures in a row. An older server does not: then the latest runs are looked at one by one. */
async function failing(client: Client): Promise<StuckRuns[]> {
  const marked = `${open} AND TemporalReportedProblems IS NOT NULL`
  try {
    const { count } = await client.workflow.count(marked)
    if (count === 0) return []
    const errors = await failuresOf(client, marked, mostExplained)
    const groups = byProblem(errors)
    const [first] = groups
    const left = count - errors.length
    if (!first || left <= 0) return groups
    return [...groups, { ...first, count: left, what: 'the workflow task fails each time it is retried' }]
  } catch (error) {
    if (!isUnknownAttribute(error)) throw error
    return byProblem(await failuresOf(client, open, mostDescribed))
  }
}

async function failuresOf(client: Client, query: string, most: number): Promise<WorkflowTaskFailingError[]> {
  const ids: string[] = []
  for await (const { workflowId } of executionsIn(client).list({ query, pageSize: most })) {
    ids.push(workflowId)
    if (ids.length === most) break
  }
  const errors: (WorkflowTaskFailingError | undefined)[] = []
  while (ids.length > 0)
    errors.push(...(await Promise.all(ids.splice(0, atOnce).map((id) => whyFailing(client, id)))))
  return errors.filter((error) => error !== undefined)
}

/** Texts that differ in numbers only, e.g. in the id of an event, are one problem. The first of them is shown. */
export function byProblem(errors: readonly WorkflowTaskFailingError[]): StuckRuns[] {
  const groups = new Map<string, StuckRuns>()
  for (const { workflowId, problem, remedy } of errors) {
    const kind = problem.replaceAll(/\d+/g, '#')
    const what = `the workflow task fails each time it is retried: ${problem}`
    const { count, ...first } = groups.get(kind) ?? {
      reason: 'workflowTaskFails',
      count: 0,
      workflowId,
      what,
      remedy,
    }
    groups.set(kind, { ...first, count: count + 1 })
  }
  return [...groups.values()]
}

interface Counting {
  readonly reason: StuckReason
  readonly query: string
  readonly what: string
  remedy(workflowId: string): string
}

/** Nothing where the namespace cannot be asked this: an old server, or no search attributes. */
async function counted(client: Client, { reason, query, what, remedy }: Counting): Promise<StuckRuns[]> {
  try {
    const { count } = await client.workflow.count(query)
    const first = count > 0 ? await firstOf(client, query) : undefined
    if (!first) return []
    const { workflowId } = first
    return [{ reason, count, workflowId, what, remedy: remedy(workflowId) }]
  } catch (error) {
    if (isUnknownAttribute(error)) return []
    throw error
  }
}

function isUnknownAttribute(error: unknown): boolean {
  return grpcCodeOf(error) === grpc.invalidArgument
}
