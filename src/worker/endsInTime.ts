import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from '@temporalio/worker'
import { shutdownForceMs } from './callWorkers.js'

/** What a worker needs beyond its own limit, ms. */
export const spareMs = 10_000
/** A worker that was stopped ends within its own limit, and has some time for the rest, ms. */
export const limitMs = shutdownForceMs + spareMs
const lookMs = 500

/** It has not been stopped, and has not failed. */
export function isUp(state: ReturnType<Worker['getState']>): boolean {
  return state === 'INITIALIZED' || state === 'RUNNING'
}

/**
 * A worker whose native part has failed may neither poll nor end (measured). Its run then fails some time after it stopped polling, so
 * that its process can end and be started again.
 *
 * @param withinMs - how long that may take; undefined: as long as it likes. Asked again and again, because it may change.
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
      await sleep(lookMs, undefined, ended)
      if (isUp(worker.getState())) continue
      downAt ??= performance.now()
      const limit = withinMs() ?? Number.POSITIVE_INFINITY
      if (performance.now() - downAt < limit) continue
      throw new Error(
        `The worker stopped polling and did not end within ${limit / 1_000} s (${worker.getState()}); see its log`,
      )
    }
  }
  try {
    await Promise.race([running, stuck()])
  } finally {
    ended.abort()
  }
}
