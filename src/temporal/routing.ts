import type { WorkerDeploymentVersion } from '@temporalio/common'
import type { temporal } from '@temporalio/proto'

/** A worker that polls. Without a build, it is not versioned. */
export interface Poller {
  readonly identity: string
  readonly build?: WorkerDeploymentVersion
}

/** The pollers of a task queue, and the builds that take runs that are not pinned. */
export interface QueuePollers {
  readonly pollers: readonly Poller[]
  /** The current build. If it is absent, workers that are not versioned take new runs. */
  readonly current?: WorkerDeploymentVersion
  /** The build that takes a share of the runs that are not pinned. */
  readonly ramping?: WorkerDeploymentVersion & { readonly percentage: number }
}

/** The reason why no worker takes the tasks of a queue. */
export type NoWorkerDetails =
  | { readonly reason: 'noWorker' }
  /** `pinned`: the run is pinned to the build, but can be moved to the current one. `ramping`: the build takes only a share of the runs. */
  | {
      readonly reason: 'noWorkerOfBuild'
      readonly build: WorkerDeploymentVersion
      readonly pinned: boolean
      readonly ramping?: true
    }
  /** Only versioned workers poll, and no build is the current one. */
  | { readonly reason: 'noCurrentVersion'; readonly build: WorkerDeploymentVersion }

/** Returns the reason why no worker takes a task that is pinned to a build, or one that follows the routing of the queue. */
export function lackIn(
  { pollers, current, ramping }: QueuePollers,
  pinned?: WorkerDeploymentVersion,
): NoWorkerDetails | undefined {
  const polls = (wanted: WorkerDeploymentVersion) => pollers.some(({ build }) => isSame(build, wanted))
  const wanted = pinned ?? current
  if (wanted && !polls(wanted))
    return { reason: 'noWorkerOfBuild', build: wanted, pinned: pinned !== undefined }
  if (pinned) return undefined
  if (ramping && !polls(ramping)) {
    const { deploymentName, buildId } = ramping
    return { reason: 'noWorkerOfBuild', build: { deploymentName, buildId }, pinned: false, ramping: true }
  }
  // Runs that neither build takes go to workers without a build.
  if (current || ramping?.percentage === 100) return undefined
  if (pollers.some(({ build }) => build === undefined)) return undefined
  const other = pollers[0]?.build
  return other ? { reason: 'noCurrentVersion', build: other } : { reason: 'noWorker' }
}

export function isSame(one: WorkerDeploymentVersion | undefined, other: WorkerDeploymentVersion): boolean {
  return one?.deploymentName === other.deploymentName && one.buildId === other.buildId
}

/** Returns a build as Temporal's search attributes and lists spell it. */
export function buildText({ deploymentName, buildId }: WorkerDeploymentVersion): string {
  return `${deploymentName}:${buildId}`
}

type VersionName = { readonly deploymentName?: string | null; readonly buildId?: string | null }

export function buildOf(named: VersionName | null | undefined): WorkerDeploymentVersion | undefined {
  const { deploymentName, buildId } = named ?? {}
  return deploymentName && buildId ? { deploymentName, buildId } : undefined
}

/** `temporal.api.enums.v1.VersioningBehavior`. */
const pinnedBehavior = 1

type Versioning = temporal.api.workflow.v1.IWorkflowExecutionVersioningInfo

/** Returns the build to which a run is pinned, or undefined if it follows the routing of its task queue. */
export function pinnedBuildOf(info: Versioning | null | undefined): WorkerDeploymentVersion | undefined {
  if (!info || info.versioningOverride?.autoUpgrade) return undefined
  const override = buildOf(info.versioningOverride?.pinned?.version)
  if (override) return override
  return info.behavior === pinnedBehavior ? buildOf(info.deploymentVersion) : undefined
}

/** Returns true if its worker, not an operator, has pinned the run. */
export function isPinnedByWorker(info: Versioning | null | undefined): boolean {
  return info?.behavior === pinnedBehavior && !info.versioningOverride
}
