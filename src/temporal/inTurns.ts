/** Questions to Temporal at once. */
const atOnce = 20

/** Asks one question for each item, a few at a time: Temporal limits how many lists and counts it answers a second. */
export async function inTurns<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(ask))))
  return results
}
