import type { Client } from '@temporalio/client'
import { taskQueueType } from '../temporal/enums.js'
import { executionsIn } from '../temporal/executions.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { inTurns } from '../temporal/inTurns.js'
import { quoted } from '../temporal/listQuery.js'
import { type Build, buildOf, buildText, isSame, lackIn, type Polled } from '../temporal/routing.js'
import { lackText } from './errors.js'
import { remedyOf } from './lackError.js'
import { openIn } from './openRuns.js'
import { polledBy, type Queue, startOn } from './pollers.js'
import { countOn } from './queuesOfRuns.js'

/** A build that Temporal knows, and the runs that depend on it. */
export interface HeldRuns extends Build {
  /** `current` and `ramping` ones take new runs; `old` ones only those that they have. */
  readonly state: 'current' | 'ramping' | 'old'
  /** Runs that have not ended and that only its workers take. */
  readonly runs: number
  /** One of them. */
  readonly workflowId?: string
}

/** The same, and whether it has workers. */
export interface BuildState extends HeldRuns {
  /** Its workers poll: a task queue that none of them polls has no workflows and no backlog for it. */
  readonly works: boolean
  /** Runs that it may yet have to take: absent where its task queues need no other worker. */
  readonly lacking?: LackingRuns
}

/** Runs of a task queue that go where the queue sends them, and find no worker there. */
export interface LackingRuns {
  readonly taskQueue: string
  /** Those that are open now. What is started next lacks the same. */
  readonly runs: number
  /** Why, without a full stop. */
  readonly what: string
  readonly remedy: string
}

/** Every build of every Worker Deployment in the namespace; none where the server knows no such thing. */
export async function buildsIn(client: Client): Promise<BuildState[]> {
  return inTurns(await heldRunsIn(client), async (build) => {
    const queues = await queuesOfBuild(client, build)
    const lacking = await lackingRuns(client, queues)
    return { ...build, works: works(queues), ...(lacking ? { lacking } : {}) }
  })
}

/** Every build, without asking for its workers. */
export async function heldRunsIn(client: Client): Promise<HeldRuns[]> {
  const builds = await inTurns(await deploymentsIn(client), (name) => buildsOf(client, name))
  return inTurns(builds.flat(), async (build) => ({ ...build, ...(await runsOf(client, build)) }))
}

/** Runs that only workers of this build take. */
export function pinnedTo(open: string, build: Build): string {
  const version = quoted(buildText(build))
  return `${open} AND TemporalWorkflowVersioningBehavior = "Pinned" AND TemporalWorkerDeploymentVersion = ${version}`
}

/** Runs that go where their task queue sends them. Needs a server that knows builds. */
export const notPinned =
  '(TemporalWorkflowVersioningBehavior IS NULL OR TemporalWorkflowVersioningBehavior != "Pinned")'

/** The names of all Worker Deployments. */
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

/** An older server, or one where they are switched off: it answers that with the code of a missing right. */
function hasNoDeployments(error: unknown): boolean {
  const code = grpcCodeOf(error)
  if (code === grpc.unimplemented) return true
  const said = error instanceof Error ? `${error.message} ${String(error.cause)}` : ''
  return code === grpc.permissionDenied && /deployment.* disabled/i.test(said)
}

async function buildsOf(
  client: Client,
  deploymentName: string,
): Promise<(Build & Pick<HeldRuns, 'state'>)[]> {
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
  /** Who polls it, whichever build they are of. */
  readonly pollers: Polled
  /** Tasks that wait for the build; undefined where the server does not tell. */
  readonly backlog: number | undefined
}

/** The task queues that workers of a build have ever polled, which need not be those of vodflow, and whether they poll them now. */
export async function queuesOfBuild(client: Client, build: Build): Promise<BuildQueue[]> {
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

/** A worker that serves one account less than before polls fewer queues, and lacks nothing. */
function works(queues: readonly BuildQueue[]): boolean {
  return queues.every(
    ({ polled, kind, backlog }) =>
      polled || (kind === taskQueueType.activity && backlog === 0 && anyPolled(queues)),
  )
}

function anyPolled(queues: readonly BuildQueue[]): boolean {
  return queues.some(({ polled }) => polled)
}

/** Of the task queue on which most runs wait. */
async function lackingRuns(client: Client, queues: readonly BuildQueue[]): Promise<LackingRuns | undefined> {
  const open = await openIn(client)
  const ofWorkflows = queues.filter(({ kind }) => kind === taskQueueType.workflow)
  const lacking = await inTurns(ofWorkflows, async ({ name, pollers }) => {
    const lack = lackIn(pollers)
    if (!lack) return []
    const count = await countOn(client, `${open} AND ${notPinned}`, name)
    // Nobody polls it and no run is on it: nobody needs it.
    if (lack.reason === 'noWorker' && count === 0) return []
    const remedy = remedyOf(lack, pollers, { start: startOn(name) })
    return [{ taskQueue: name, runs: count, what: lackText(lack, [name]), remedy }]
  })
  return lacking.flat().toSorted((one, other) => other.runs - one.runs)[0]
}

async function runsOf(client: Client, build: Build): Promise<Pick<HeldRuns, 'runs' | 'workflowId'>> {
  const query = pinnedTo(await openIn(client), build)
  const { count } = await client.workflow.count(query)
  const first = count > 0 ? await firstOf(client, query) : undefined
  return { runs: count, ...(first ? { workflowId: first.workflowId } : {}) }
}

/** One run of a query. */
export async function firstOf(client: Client, query: string) {
  for await (const run of executionsIn(client).list({ query, pageSize: 1 })) return run
  return undefined
}
