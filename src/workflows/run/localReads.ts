/*
 * Concurrent local reads take effect together, in the order in which they started. Temporal delivers the results of local activities to a
 * workflow one after another, but to a replay all at once. Without this, their effects, such as the end of the workflow, could have another
 * order in a replay (measured, docs/decisions/0036-local-reads-and-queries.md).
 */

const ends: (() => void)[] = []
let underWay = 0

/** Calls `seen` or `unread` once all concurrent local reads of this run have ended. */
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
