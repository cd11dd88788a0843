import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from '@temporalio/worker'
import { VodflowError } from '../base/vodflowError.js'
import { shutdownForceMs } from './callWorkers.js'

/** Time that a worker may need beyond its own limit, ms. */
export const spareMs = 10_000
/** Time within which a stopped worker must end: its own limit, and some time for cleanup, ms. */
export const limitMs = shutdownForceMs + spareMs
const pollMs = 500

/** A worker has stopped polling, but does not end. Its process has to be restarted. */
export class WorkerNotEndedError extends VodflowError {
  override readonly name = 'WorkerNotEndedError'
  override readonly code = 'VODFLOW_WORKER_NOT_ENDED'

  constructor(state: string, limitMs: number) {
    super({
      what: `The worker stopped polling and did not end within ${limitMs / 1_000} s (${state})`,
      remedy: 'See its log, and restart its process.',
    })
  }
}

/** Returns true if the worker has neither been stopped nor failed. */
export function isUp(state: ReturnType<Worker['getState']>): boolean {
  return state === 'INITIALIZED' || state === 'RUNNING'
}

/**
 * Waits until a worker has ended, but not forever. A worker whose native part has failed may neither poll nor end (measured). This function
 * then throws some time after the worker stopped polling, so that its process can end and be restarted.
 *
 * @param withinMs - returns the limit, or undefined for no limit. It is called repeatedly, because the limit may change.
 */
export async function endsInTime(
  worker: Pick<Worker, 'getState'>,
  running: Promise<void>,
  withinMs: () => number | undefined = () => limitMs,
): Promise<void> {
  const ended = new AbortController()
  const stuck = async () => {
    let downAt: number | undefined
    for (;;) {
      await sleep(pollMs, undefined, ended)
      if (isUp(worker.getState())) continue
      downAt ??= performance.now()
      const limit = withinMs() ?? Number.POSITIVE_INFINITY
      if (performance.now() - downAt < limit) continue
      throw new WorkerNotEndedError(worker.getState(), limit)
    }
  }
  try {
    await Promise.race([running, stuck()])
  } finally {
    ended.abort()
  }
}
