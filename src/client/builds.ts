import type { Client } from '@temporalio/client'
import type { WorkerDeploymentVersion } from '@temporalio/common'
import { taskQueueType } from '../temporal/enums.js'
import { executionsIn } from '../temporal/executions.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { inTurns } from '../temporal/inTurns.js'
import { quoted } from '../temporal/listQuery.js'
import { buildOf, buildText, isSame, lackIn, type QueuePollers } from '../temporal/routing.js'
import { lackText } from './errors.js'
import { remedyOf } from './lackError.js'
import { openIn } from './openRuns.js'
import { polledBy, type Queue, startOn } from './pollers.js'
import { countOn } from './queuesOfRuns.js'

/** A build that Temporal knows, and the runs that depend on it. */
export interface HeldRuns extends WorkerDeploymentVersion {
  /** `current` and `ramping` builds take new runs; `old` builds only continue the runs that they have. */
  readonly state: 'current' | 'ramping' | 'old'
  /** Number of open runs that only workers of this build take. */
  readonly runs: number
  /** Workflow id of one of these runs. */
  readonly workflowId?: string
}

/** A build with its runs and the state of its workers. */
export interface BuildState extends HeldRuns {
  /** True if its workers poll every task queue that has workflows or a backlog for it. */
  readonly works: boolean
  /** Runs on its task queues that lack a worker. Absent if none do. */
  readonly lacking?: LackingRuns
}

/** Runs that are not pinned, on a task queue without a worker that takes them. */
export interface LackingRuns {
  readonly taskQueue: string
  /** Number of open runs. Runs that start later lack a worker too. */
  readonly runs: number
  /** The reason, without a period. */
  readonly what: string
  readonly remedy: string
}

/** Returns every build of every Worker Deployment in the namespace, or an empty list if the server does not support them. */
export async function buildsIn(client: Client): Promise<BuildState[]> {
  return inTurns(await heldRunsIn(client), async (build) => {
    const queues = await queuesOfBuild(client, build)
    const lacking = await lackingRuns(client, queues)
    return { ...build, works: works(queues), ...(lacking ? { lacking } : {}) }
  })
}

/** Returns every build, without the state of its workers. */
export async function heldRunsIn(client: Client): Promise<HeldRuns[]> {
  const builds = await inTurns(await deploymentsIn(client), (name) => buildsOf(client, name))
  return inTurns(builds.flat(), async (build) => ({ ...build, ...(await runsOf(client, build)) }))
}

/** Returns a query for the runs that only workers of this build take. */
export function pinnedTo(open: string, build: WorkerDeploymentVersion): string {
  const version = quoted(buildText(build))
  return `${open} AND TemporalWorkflowVersioningBehavior = "Pinned" AND TemporalWorkerDeploymentVersion = ${version}`
}

/** A query for runs that follow the routing of their task queue. It needs a server that supports builds. */
export const notPinned =
  '(TemporalWorkflowVersioningBehavior IS NULL OR TemporalWorkflowVersioningBehavior != "Pinned")'

/** Returns the names of all Worker Deployments. */
export async function deploymentsIn({ workflowService, options: { namespace } }: Client): Promise<string[]> {
  const names: string[] = []
  let nextPageToken: Uint8Array | undefined
  try {
    do {
      const page = await workflowService.listWorkerDeployments({
        namespace,
        ...(nextPageToken ? { nextPageToken } : {}),
      })
      names.push(...(page.workerDeployments ?? []).map(({ name }) => name ?? ''))
      nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined
    } while (nextPageToken)
    return names
  } catch (error) {
    if (hasNoDeployments(error)) return []
    throw error
  }
}

/** Returns true for an older server, and for one with deployments disabled, which answers with the code of a missing permission. */
function hasNoDeployments(error: unknown): boolean {
  const code = grpcCodeOf(error)
  if (code === grpc.unimplemented) return true
  const said = error instanceof Error ? `${error.message} ${String(error.cause)}` : ''
  return code === grpc.permissionDenied && /deployment.* disabled/i.test(said)
}

async function buildsOf(
  client: Client,
  deploymentName: string,
): Promise<(WorkerDeploymentVersion & Pick<HeldRuns, 'state'>)[]> {
  const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
    namespace: client.options.namespace,
    deploymentName,
  })
  const { routingConfig, versionSummaries } = workerDeploymentInfo ?? {}
  const current = buildOf(routingConfig?.currentDeploymentVersion)
  const ramping = buildOf(routingConfig?.rampingDeploymentVersion)
  const builds = (versionSummaries ?? []).flatMap(({ deploymentVersion }) => buildOf(deploymentVersion) ?? [])
  return builds.map((build) => {
    const state = isSame(current, build) ? 'current' : isSame(ramping, build) ? 'ramping' : 'old'
    return { ...build, state }
  })
}

interface BuildQueue extends Queue {
  readonly polled: boolean
  /** Pollers of any build. */
  readonly pollers: QueuePollers
  /** Number of tasks that wait for the build. Undefined if the server does not report it. */
  readonly backlog: number | undefined
}

/** Returns all task queues that workers of a build have polled, vodflow's or not, and whether they poll them now. */
export async function queuesOfBuild(client: Client, build: WorkerDeploymentVersion): Promise<BuildQueue[]> {
  const { versionTaskQueues } = await client.workflowService.describeWorkerDeploymentVersion({
    namespace: client.options.namespace,
    deploymentVersion: { deploymentName: build.deploymentName, buildId: build.buildId },
    reportTaskQueueStats: true,
  })
  const queues = (versionTaskQueues ?? []).flatMap(({ name, type, stats }) => {
    const backlog = stats ? Number(stats.approximateBacklogCount ?? 0) : undefined
    const kind = kinds.find((known) => known === type)
    return name && kind ? [{ name, kind, backlog }] : []
  })
  return inTurns(queues, async (queue) => {
    const pollers = await polledBy(client, queue)
    return { ...queue, pollers, polled: pollers.pollers.some((poller) => isSame(poller.build, build)) }
  })
}

const kinds = Object.values(taskQueueType)

/** Returns true if the build lacks no worker. A worker that serves fewer accounts than before polls fewer queues, which is fine. */
function works(queues: readonly BuildQueue[]): boolean {
  return queues.every(
    ({ polled, kind, backlog }) =>
      polled || (kind === taskQueueType.activity && backlog === 0 && anyPolled(queues)),
  )
}

function anyPolled(queues: readonly BuildQueue[]): boolean {
  return queues.some(({ polled }) => polled)
}

/** Returns the runs that lack a worker, for the task queue with the most of them. */
async function lackingRuns(client: Client, queues: readonly BuildQueue[]): Promise<LackingRuns | undefined> {
  const open = await openIn(client)
  const ofWorkflows = queues.filter(({ kind }) => kind === taskQueueType.workflow)
  const lacking = await inTurns(ofWorkflows, async ({ name, pollers }) => {
    const lack = lackIn(pollers)
    if (!lack) return []
    const count = await countOn(client, `${open} AND ${notPinned}`, name)
    // A queue without pollers and runs is no longer in use.
    if (lack.reason === 'noWorker' && count === 0) return []
    const remedy = remedyOf(lack, pollers, { start: startOn(name) })
    return [{ taskQueue: name, runs: count, what: lackText(lack, [name]), remedy }]
  })
  return lacking.flat().toSorted((one, other) => other.runs - one.runs)[0]
}

async function runsOf(
  client: Client,
  build: WorkerDeploymentVersion,
): Promise<Pick<HeldRuns, 'runs' | 'workflowId'>> {
  const query = pinnedTo(await openIn(client), build)
  const { count } = await client.workflow.count(query)
  const first = count > 0 ? await firstOf(client, query) : undefined
  return { runs: count, ...(first ? { workflowId: first.workflowId } : {}) }
}

/** Returns one run that a query finds. */
export async function firstOf(client: Client, query: string) {
  for await (const run of executionsIn(client).list({ query, pageSize: 1 })) return run
  return undefined
}
