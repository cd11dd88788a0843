import type { temporal } from '@temporalio/proto'

/** A version of a Worker Deployment: which workers take a versioned run. */
export interface Build {
  /** The same for every build, e.g. `vodflow`. */
  readonly deploymentName: string
  /** Another one for each build. */
  readonly buildId: string
}

/** Who polls a task queue, and where Temporal sends what is not pinned. */
export interface Polled {
  /** Those that poll now; without a build: workers that are not versioned. */
  readonly pollers: readonly { readonly identity: string; readonly build?: Build }[]
  /** The current build; absent: workers that are not versioned take what is new. */
  readonly current?: Build
  /** The build that takes a share of what is not pinned. */
  readonly ramping?: Build & { readonly percentage: number }
}

/** Why no worker takes the tasks of a queue. */
export type Lack =
  | { readonly reason: 'noWorker' }
  /** `pinned`: the run may move to the current build. `ramping`: only a share of the runs goes to the build. */
  | {
      readonly reason: 'noWorkerOfBuild'
      readonly build: Build
      readonly pinned: boolean
      readonly ramping?: true
    }
  /** Only workers of builds poll, and none of these is the current one. */
  | { readonly reason: 'noCurrentVersion'; readonly build: Build }

/** What a task lacks: one that is pinned to a build, or one that goes where the queue sends it. */
export function lackIn({ pollers, current, ramping }: Polled, pinned?: Build): Lack | undefined {
  const polls = (wanted: Build) => pollers.some(({ build }) => isSame(build, wanted))
  const wanted = pinned ?? current
  if (wanted && !polls(wanted))
    return { reason: 'noWorkerOfBuild', build: wanted, pinned: pinned !== undefined }
  if (pinned) return undefined
  if (ramping && !polls(ramping)) {
    const { deploymentName, buildId } = ramping
    return { reason: 'noWorkerOfBuild', build: { deploymentName, buildId }, pinned: false, ramping: true }
  }
  // What neither build takes goes to workers without one.
  if (current || ramping?.percentage === 100) return undefined
  if (pollers.some(({ build }) => build === undefined)) return undefined
  const other = pollers[0]?.build
  return other ? { reason: 'noCurrentVersion', build: other } : { reason: 'noWorker' }
}

export function isSame(one: Build | undefined, other: Build): boolean {
  return one?.deploymentName === other.deploymentName && one.buildId === other.buildId
}

/** As Temporal's search attributes and lists spell it. */
export function buildText({ deploymentName, buildId }: Build): string {
  return `${deploymentName}:${buildId}`
}

type Named = { readonly deploymentName?: string | null; readonly buildId?: string | null }

export function buildOf(named: Named | null | undefined): Build | undefined {
  const { deploymentName, buildId } = named ?? {}
  return deploymentName && buildId ? { deploymentName, buildId } : undefined
}

/** `temporal.api.enums.v1.VersioningBehavior`. */
const pinnedBehavior = 1

type Versioning = temporal.api.workflow.v1.IWorkflowExecutionVersioningInfo

/** The only build whose workers take a run; undefined for one that goes to the current build, or to workers without one. */
export function pinnedBuildOf(info: Versioning | null | undefined): Build | undefined {
  if (!info || info.versioningOverride?.autoUpgrade) return undefined
  const override = buildOf(info.versioningOverride?.pinned?.version)
  if (override) return override
  return info.behavior === pinnedBehavior ? buildOf(info.deploymentVersion) : undefined
}

/** Its worker, not an operator, has pinned it. */
export function isPinnedByWorker(info: Versioning | null | undefined): boolean {
  return info?.behavior === pinnedBehavior && !info.versioningOverride
}
