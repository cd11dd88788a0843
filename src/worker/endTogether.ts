import { msToNumber } from '@temporalio/common/lib/time.js'
import type { Worker } from '@temporalio/worker'
import { shutdownGraceMs } from './callWorkers.js'
import { endsInTime, isUp, limitMs, spareMs } from './endsInTime.js'

/** The members of a worker that are used here. */
export type Standing = Pick<Worker, 'getState' | 'shutdown' | 'options'>

/** Interval between checks of the workers' states, ms. */
const watchMs = 1_000

/** Stops the workers that are still running. */
export function stopAll(workers: readonly Standing[]): void {
  for (const each of workers) if (each.getState() === 'RUNNING') each.shutdown()
}

/**
 * Waits until all workers have ended. Companions stop when the user's worker has ended, but early enough to end within its grace period.
 * They do not stop at once, because an activity of that worker may wait for a run, which needs them. If one worker fails, all stop, and
 * none keeps the others waiting forever.
 *
 * @param first - the run of the user's worker.
 * @throws the error of the first worker that failed
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
  // A worker that has failed may stop polling long before it ends.
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

/** Returns the time within which the user's worker must end. If it was only stopped, the user's options decide: by default, no limit. */
function endLimitOf(
  worker: Standing,
  { failed, failedMs }: { readonly failed: boolean; readonly failedMs: number },
): number | undefined {
  if (failed || worker.getState() === 'FAILED') return graceOf(worker) + failedMs
  const { shutdownForceTime } = worker.options
  return shutdownForceTime === undefined ? undefined : msToNumber(shutdownForceTime) + spareMs
}

/** Returns a function that is true once the worker has failed, or `afterMs` after it was stopped. */
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
