import {
  ActivityFailure,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setWorkflowOptions,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import type { SweepPass, VodActivities } from '../contract/activities.js'
import { durationsIn } from '../contract/duration.js'
import { sweepInput } from '../contract/inputs.js'
import { said } from '../contract/markdown.js'
import { queueFor } from '../contract/queues.js'
import { defaultSweepTimes, type SweepInput } from '../contract/sweep.js'
import { requireValid } from './refuse.js'
import { continueOnCurrentBuild } from './run/continueOnCurrentBuild.js'
import { isContinued } from './run/isContinued.js'

/** A round is 11 events, so a run stays below 5,000. */
const roundsPerRun = 400

/**
 * The second net under a lost callback: reads which tasks of a sub-app have finished, and hints the runs that wait for
 * them. What it costs grows with the tasks that finish, not with the runs that wait. One for each sub-app; it ends only when VOD has
 * refused it for 72 hours.
 *
 * @throws ApplicationFailure of type `InvalidInput` when the input is invalid.
 */
export async function sweep(input: SweepInput): Promise<void> {
  requireValid(input, sweepInput)
  const { account, SubAppId } = input
  const times = durationsIn('times', input.times, defaultSweepTimes)
  const app = { account, SubAppId }
  // Whoever starts a sweep by its name must not say what it has read.
  let { watermark, wholeAt = 0 }: Partial<SweepInput> = isContinued() ? input : {}
  for (let round = 0; round < roundsPerRun; round++) {
    const now = Date.now()
    const since = nextSince({ watermark, wholeAt }, times, now)
    const whole = since.finishedSince === undefined
    const { sweepTasks } = activitiesOf(account, whole ? 'all that VOD lists' : 'what has finished meanwhile')
    const swept = await sweepTasks({ ...app, gracePeriod: times.gracePeriod, ...since }).catch(untilRefused)
    if (swept === undefined) return
    watermark = Math.max(watermark ?? 0, swept.newest)
    if (whole) wholeAt = now
    const { tasks, hinted } = swept
    setCurrentDetails(
      `Finished until ${new Date(watermark).toISOString()}. Last time: ${tasks} tasks, ${hinted} hints.`,
    )
    await sleep(times.interval, { summary: 'until the next reading' })
    if (workflowInfo().targetWorkerDeploymentVersionChanged) break
  }
  return continueOnCurrentBuild<typeof sweep>({ ...input, watermark: watermark as number, wholeAt })
}

/** From when on the next round reads; without a time it reads all that VOD lists. */
function nextSince(
  { watermark, wholeAt }: { readonly watermark: number | undefined; readonly wholeAt: number },
  times: typeof defaultSweepTimes,
  now: number,
): Pick<SweepPass, 'finishedSince'> {
  const isWholeDue = watermark === undefined || now - wholeAt >= times.fullScanInterval
  return isWholeDue ? {} : { finishedSince: watermark - times.windowOverlap }
}

function activitiesOf(account: string, summary: string) {
  return proxyActivities<VodActivities>({
    taskQueue: queueFor(account, 'sweepTasks'),
    startToCloseTimeout: 30_000,
    // Every page is an attempt: with a longer interval an error on a late page would hold up the sweep for minutes.
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: 10_000 },
    priority: { priorityKey: 4 },
    summary,
  })
}

/** The activity fails only when VOD refuses it for good: the sub-app is gone, or the keys are. */
function untilRefused(error: unknown): undefined {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error
  setCurrentDetails(`Ended: VOD has refused it for 72 hours. ${said(error.cause?.message ?? '')}`)
}

/**
 * Pinned, it would stay with a build whose workers have stopped. So it follows the current build, which replays it: this code changes as
 * carefully as without versioning. A worker that is not versioned may not say so.
 */
setWorkflowOptions(
  () =>
    workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {},
  sweep,
)
