import { setTimeout as sleep } from 'node:timers/promises'

/** Temporal or the worker was not in the state that a case wants: the case is driven again, from its start. */
export class Missed extends Error {
  override name = 'Missed'
}

/** What a case waits for did not happen within the limit. */
export class TooLate extends Error {
  override name = 'TooLate'
}

/** Generous: on a busy machine everything may stand still for minutes. A case that never gets there is a failure. */
export const limitMs = 600_000

/** With a hundred cases at once nobody is in a hurry, and each question takes time from the others. */
const firstWaitMs = 150
const maxWaitMs = 2_000

/** Asks until there is an answer, less and less often. @throws TooLate after the limit. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  limit = limitMs,
): Promise<T> {
  const end = Date.now() + limit
  for (let wait = firstWaitMs; ; wait = Math.min(maxWaitMs, wait * 1.5)) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > end) throw new TooLate(`${what}: not within ${limit / 1_000} s`)
    await sleep(wait)
  }
}
