import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { spreadBackoffMs } from '../contract/backoff.js'
import { minute } from '../contract/time.js'
import { isDoubtful, isTransient } from './errorsOfTemporal.js'
import { openTurn, withinTurn } from './turn.js'

/** A new turn frees the listeners that the Temporal client has added to the signal of the last one. */
const turnMs = 10 * minute

const pauseMs = { first: 500, most: 30_000 }

/** Number of doubtful failures in a row after which the failure counts as permanent. */
const doubtfulLimit = 10

/**
 * Calls `ask` until the server answers, for days if necessary. It retries after lost connections, restarts and limits of the
 * frontend.
 *
 * @throws any error that is not transient, and the reason of any of `stops` once it is aborted
 */
export async function longPoll<T>(
  client: Client,
  stops: readonly AbortSignal[],
  ask: () => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; ) {
    for (const stop of stops) stop.throwIfAborted()
    const turn = openTurn(stops, turnMs)
    try {
      return await withinTurn(client, turn, ask)
    } catch (error) {
      if (turn.signal.aborted) continue
      const goOn = isTransient(error) || (isDoubtful(error) && failures < doubtfulLimit)
      if (!goOn) throw error
      await sleep(spreadBackoffMs(pauseMs, failures++), undefined, { signal: turn.signal }).catch(
        () => undefined,
      )
    } finally {
      turn.close()
    }
  }
}
