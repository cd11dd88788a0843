import {
  ActivityFailure,
  isCancellation,
  setCurrentDetails,
  setWorkflowOptions,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import type { SweepPass, SweepResult, VodActivities } from '../contract/activities.js'
import { passing } from '../contract/check.js'
import { counted } from '../contract/counted.js'
import { durationsIn } from '../contract/duration.js'
import { sweepInput } from '../contract/inputs.js'
import { said } from '../contract/markdown.js'
import { queueFor } from '../contract/queues.js'
import { sweepResult } from '../contract/results.js'
import { defaultSweepTimes, type SweepInput } from '../contract/sweep.js'
import { requireValid } from './refuse.js'
import { continueOnCurrentBuild } from './run/continueOnCurrentBuild.js'
import { isContinued } from './run/isContinued.js'
import { uncheckedActivities } from './unchecked.js'

/** A round takes 11 events, so a run stays below 5,000. */
const roundsPerRun = 400

/**
 * Reads the finished tasks of a sub-app and sends hints to the runs that wait for them, as the second net under a lost callback.
 * Its cost grows with the number of finished tasks, not with the number of waiting runs. Each sub-app has one sweep, which ends only
 * after VOD has refused it for 72 hours.
 *
 * @throws ApplicationFailure of type `InvalidInput` if the input is invalid.
 */
export async function sweep(input: SweepInput): Promise<void> {
  requireValid(input, sweepInput)
  const { account, SubAppId } = input
  const times = durationsIn('times', input.times, defaultSweepTimes)
  const app = { account, SubAppId }
  // Only an earlier run of the sweep may set the watermarks, not a client that starts it by its name.
  let { watermark, wholeAt = 0 }: Partial<SweepInput> = isContinued() ? notInFuture(input) : {}
  for (let round = 0; round < roundsPerRun; round++) {
    const now = Date.now()
    const since = nextSince({ watermark, wholeAt }, times, now)
    const whole = since.finishedSince === undefined
    const { sweepTasks } = activitiesOf(
      account,
      whole ? 'all tasks that VOD lists' : 'tasks that have finished since',
    )
    const pass = { ...app, gracePeriod: times.gracePeriod, ...since }
    const result = await sweepTasks(pass).then(sweptIn, untilRefused)
    if (result === undefined) return
    if (result !== 'malformed') {
      const { newest, tasks, hinted } = result
      watermark = Math.max(watermark ?? 0, Math.min(newest, Date.now()))
      if (whole) wholeAt = now
      setCurrentDetails(
        `Read up to ${new Date(watermark).toISOString()}. Last reading: ${counted(tasks, 'task')}, ${counted(hinted, 'hint')}.`,
      )
    }
    await sleep(times.interval, { summary: 'until the next reading' })
    if (workflowInfo().targetWorkerDeploymentVersionChanged) break
  }
  return continueOnCurrentBuild<typeof sweep>({ ...input, watermark, wholeAt })
}

/** Bounds the times of an earlier run, which may have believed a forged result. */
function notInFuture({ watermark, wholeAt = 0 }: SweepInput): Pick<SweepInput, 'watermark' | 'wholeAt'> {
  const now = Date.now()
  return {
    watermark: watermark === undefined ? undefined : Math.min(watermark, now),
    wholeAt: Math.min(wholeAt, now),
  }
}

/** The next round reads the tasks of a round with a malformed result. */
function sweptIn(result: unknown): SweepResult | 'malformed' {
  return passing(sweepResult, result) ?? 'malformed'
}

/** Returns the start of the next round's window. Without a time, it reads all tasks that VOD lists. */
function nextSince(
  { watermark, wholeAt }: { readonly watermark: number | undefined; readonly wholeAt: number },
  times: typeof defaultSweepTimes,
  now: number,
): Pick<SweepPass, 'finishedSince'> {
  const isWholeDue = watermark === undefined || now - wholeAt >= times.fullScanInterval
  return isWholeDue ? {} : { finishedSince: Math.max(0, watermark - times.windowOverlap) }
}

function activitiesOf(account: string, summary: string) {
  return uncheckedActivities<VodActivities>({
    taskQueue: queueFor(account, 'sweepTasks'),
    startToCloseTimeout: 30_000,
    // Every page is an attempt, so with a longer interval an error on a late page would delay the sweep for minutes.
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: 10_000 },
    priority: { priorityKey: 4 },
    summary,
  })
}

/** The activity fails only after VOD has refused it for 72 hours, e.g. because the sub-app or the keys were deleted. */
function untilRefused(error: unknown): undefined {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error
  setCurrentDetails(`Ended: VOD has refused the sweep for 72 hours. ${said(error.cause?.message ?? '')}`)
}

/**
 * A pinned sweep would stay on a build whose workers have stopped. So it follows the current build, which replays it. Change this code as
 * carefully as without versioning. A worker without versioning may not set the behavior.
 */
setWorkflowOptions(
  () =>
    workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {},
  sweep,
)
