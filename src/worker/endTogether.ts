import { msToNumber } from '@temporalio/common/lib/time.js'
import type { Worker } from '@temporalio/worker'
import { shutdownGraceMs } from './callWorkers.js'
import { endsInTime, isUp, limitMs, spareMs } from './endsInTime.js'

/** What is looked at of a worker. */
export type Standing = Pick<Worker, 'getState' | 'shutdown' | 'options'>

/** How often workers are looked at that stand together, ms. */
const watchMs = 1_000

/** Stops those that still run. */
export function stopAll(workers: readonly Standing[]): void {
  for (const each of workers) if (each.getState() === 'RUNNING') each.shutdown()
}

/**
 * Waits until all have ended. Companions stop when the worker of the user has ended, and in time to end within its own grace: an activity
 * of it may wait for a run, which needs them. When one fails, all stop, and none keeps the others waiting for ever.
 *
 * @param first - the run of the user's worker.
 * @throws what the first of them failed with.
 */
export async function endTogether(
  worker: Standing,
  first: Promise<void>,
  companions: readonly { readonly worker: Standing; readonly running: Promise<void> }[],
  failedMs = limitMs,
): Promise<void> {
  const all = [worker, ...companions.map((companion) => companion.worker)]
  const failures: unknown[] = []
  const limitOf = () => endLimitOf(worker, { failed: failures.length > 0, failedMs })
  const running = [
    endsInTime(worker, first, limitOf),
    ...companions.map((companion) => endsInTime(companion.worker, companion.running, () => failedMs)),
  ]
  const isOver = overAfter(worker, graceOf(worker) - shutdownGraceMs)
  // One that has failed may stop polling long before it ends.
  const watching = setInterval(() => {
    if (isOver() || !companions.every((companion) => isUp(companion.worker.getState()))) stopAll(all)
  }, watchMs)
  const ends = running.map((run) =>
    run.catch((error: unknown) => void failures.push(error)).finally(() => stopAll(all)),
  )
  await Promise.all(ends)
  clearInterval(watching)
  if (failures.length > 0) throw failures[0]
}

/** A worker that was only stopped may take as long as its user lets it: for ever, by Temporal's default. */
function endLimitOf(
  worker: Standing,
  { failed, failedMs }: { readonly failed: boolean; readonly failedMs: number },
): number | undefined {
  if (failed || worker.getState() === 'FAILED') return graceOf(worker) + failedMs
  const { shutdownForceTime } = worker.options
  return shutdownForceTime === undefined ? undefined : msToNumber(shutdownForceTime) + spareMs
}

/** Whether a worker has failed, or was stopped at least so long ago. */
function overAfter(worker: Pick<Worker, 'getState'>, afterMs: number): () => boolean {
  let stoppedAt: number | undefined
  return () => {
    const state = worker.getState()
    if (isUp(state)) return false
    stoppedAt ??= performance.now()
    return state === 'FAILED' || performance.now() - stoppedAt >= afterMs
  }
}

function graceOf({ options: { shutdownGraceTime = 0 } }: Standing): number {
  return msToNumber(shutdownGraceTime)
}
