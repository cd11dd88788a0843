import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from '@temporalio/worker'
import { shutdownForceMs } from './companions.js'

/** A worker that was stopped ends within its own limit, and has some time for the rest, ms. */
const limitMs = shutdownForceMs + 10_000
const lookMs = 500

/** It has not been stopped, and has not failed. */
export function isUp(state: ReturnType<Worker['getState']>): boolean {
  return state === 'INITIALIZED' || state === 'RUNNING'
}

/**
 * A worker whose native part has failed may neither poll nor end (measured). Its run then fails some time after it stopped polling, so
 * that its process can end and be started again.
 */
export async function endsInTime(
  worker: Pick<Worker, 'getState'>,
  running: Promise<void>,
  withinMs = limitMs,
): Promise<void> {
  const ended = new AbortController()
  const stuck = async () => {
    while (isUp(worker.getState())) await sleep(lookMs, undefined, ended)
    await sleep(withinMs, undefined, ended)
    throw new Error(
      `The worker stopped polling and did not end within ${withinMs / 1_000} s (${worker.getState()}); see its log`,
    )
  }
  try {
    await Promise.race([running, stuck()])
  } finally {
    ended.abort()
  }
}
