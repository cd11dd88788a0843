import { setMaxListeners } from 'node:events'
import type { Client } from '@temporalio/client'

/** A part of a call, with a signal of its own, because the Temporal client adds a listener for every request and never removes it. */
export interface Turn {
  readonly signal: AbortSignal
  close(): void
}

/** Opens a turn that ends when any of `stops` is aborted, or after a time. */
export function openTurn(stops: readonly AbortSignal[], longestMs?: number): Turn {
  const turn = new AbortController()
  setMaxListeners(0, turn.signal)
  const end = () => turn.abort()
  const timer = longestMs === undefined ? undefined : setTimeout(end, longestMs)
  for (const stop of stops) stop.addEventListener('abort', end)
  return {
    signal: turn.signal,
    close() {
      clearTimeout(timer)
      for (const stop of stops) stop.removeEventListener('abort', end)
    },
  }
}

/** Rejects when the turn ends, also between two requests, because the Temporal client aborts only the request that it waits for. */
export async function withinTurn<T>(client: Client, { signal }: Turn, ask: () => Promise<T>): Promise<T> {
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([client.withAbortSignal(signal, ask), ended])
}
