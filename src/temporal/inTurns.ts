/** Number of calls to Temporal in parallel. */
const atOnce = 20

/** Makes a call for each item, a few in parallel, because Temporal limits lists and counts per second. */
export async function inTurns<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(ask))))
  return results
}
