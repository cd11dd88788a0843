/*
 * Local reads that are under way at the same time take effect together, in the order in which they started. Temporal gives the results
 * of local activities to a workflow one after the other, and to its replay all at once. What each of them caused by itself, such as the
 * end of the workflow, would then come in another order (measured, docs/decisions/0036-local-reads-and-queries.md).
 */

const ends: (() => void)[] = []
let underWay = 0

/** Calls `seen` or `unread` once every local read of this run that is under way has ended. */
export function afterLocalReads<T>(
  read: Promise<T>,
  seen: (value: T) => void,
  unread: (error: unknown) => void,
): void {
  const place = ends.push(() => {}) - 1
  underWay += 1
  const end = (act: () => void) => {
    ends[place] = act
    underWay -= 1
    if (underWay > 0) return
    for (const each of ends.splice(0)) each()
  }
  read.then(
    (value) => end(() => seen(value)),
    (error) => end(() => unread(error)),
  )
}
