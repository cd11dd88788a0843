import type { Client } from '@temporalio/client'
import { executionsIn } from '../temporal/executions.js'
import { quoted } from '../temporal/listQuery.js'
import { type Build, buildOf, buildText } from '../temporal/routing.js'
import { grpc, grpcCodeOf } from './errorsOfTemporal.js'
import { polledBy } from './pollers.js'

/** A build that Temporal knows, and what depends on it. */
export interface BuildState extends Build {
  /** `current` and `ramping` ones take new runs; `old` ones only those that they have. */
  readonly state: 'current' | 'ramping' | 'old'
  /** Its workers poll all of its task queues. */
  readonly works: boolean
  /** Runs that have not ended and that only its workers take. */
  readonly runs: number
  /** One of them. */
  readonly workflowId?: string
}

export const open = 'ExecutionStatus = "Running"'

/** Every build of every Worker Deployment in the namespace; none where the server knows no such thing. */
export async function buildsIn(client: Client): Promise<BuildState[]> {
  const names = await deploymentsIn(client)
  const builds = await Promise.all(names.map((name) => buildsOf(client, name)))
  return builds.flat()
}

/** Runs that only workers of this build take. */
export function pinnedTo(build: Build): string {
  const version = quoted(buildText(build))
  return `${open} AND TemporalWorkflowVersioningBehavior = "Pinned" AND TemporalWorkerDeploymentVersion = ${version}`
}

/** Runs that go where their task queue sends them. Needs a server that knows builds. */
export const notPinned =
  '(TemporalWorkflowVersioningBehavior IS NULL OR TemporalWorkflowVersioningBehavior != "Pinned")'

async function deploymentsIn({ workflowService, options: { namespace } }: Client): Promise<string[]> {
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
    if (grpcCodeOf(error) === grpc.unimplemented) return []
    throw error
  }
}

async function buildsOf(client: Client, deploymentName: string): Promise<BuildState[]> {
  const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
    namespace: client.options.namespace,
    deploymentName,
  })
  const { routingConfig, versionSummaries } = workerDeploymentInfo ?? {}
  const current = buildOf(routingConfig?.currentDeploymentVersion)
  const ramping = buildOf(routingConfig?.rampingDeploymentVersion)
  const builds = (versionSummaries ?? []).flatMap(({ deploymentVersion }) => buildOf(deploymentVersion) ?? [])
  return Promise.all(
    builds.map(async (build) => {
      const { buildId } = build
      const state =
        buildId === current?.buildId ? 'current' : buildId === ramping?.buildId ? 'ramping' : 'old'
      const [works, runs] = await Promise.all([worksOf(client, build), runsOf(client, build)])
      return { ...build, state, works, ...runs }
    }),
  )
}

/** Its workers may poll other task queues than those of vodflow. */
async function worksOf(client: Client, build: Build): Promise<boolean> {
  const { versionTaskQueues } = await client.workflowService.describeWorkerDeploymentVersion({
    namespace: client.options.namespace,
    deploymentVersion: build,
  })
  const queues = (versionTaskQueues ?? []).flatMap(({ name, type }) =>
    name && (type === 1 || type === 2) ? [{ name, kind: type } as const] : [],
  )
  const polled = await Promise.all(queues.map((queue) => polledBy(client, queue)))
  return polled.every(({ pollers }) => pollers.some((poller) => poller.build?.buildId === build.buildId))
}

async function runsOf(client: Client, build: Build): Promise<Pick<BuildState, 'runs' | 'workflowId'>> {
  const query = pinnedTo(build)
  const { count } = await client.workflow.count(query)
  const first = count > 0 ? await firstOf(client, query) : undefined
  return { runs: count, ...(first ? { workflowId: first.workflowId } : {}) }
}

/** One run of a query. */
export async function firstOf(client: Client, query: string) {
  for await (const run of executionsIn(client).list({ query, pageSize: 1 })) return run
  return undefined
}
