import { type ItemEnded, type ItemStatus, maxReasonBytes } from '../../contract/batch.js'
import { itemStatuses } from '../../contract/itemEnded.js'
import { type BatchWork, isWork } from '../../contract/itemWork.js'
import { maxAttempts } from '../../contract/repair.js'
import { cutJson } from '../../contract/text.js'

/** The largest values that a run can report: its submissions have at most three tasks each, and a Date has a latest time. */
const most = { tasks: 3 * maxAttempts, unsure: maxAttempts, lastMadeAt: 8.64e15 } as const

/** Reads a signal. Anyone with access to the namespace can send one, so a malformed one, or one of other work, is `undefined`. */
export function asItemEnded(payload: unknown, work: BatchWork): ItemEnded | undefined {
  return isWork(Object(payload).of, work) ? asEnd(payload) : undefined
}

/** Reads the end of an item, within the limits of what a run can report. */
export function asEnd(given: unknown): ItemEnded | undefined {
  const { FileId, status, reason, tasks, unsure, lastMadeAt } = Object(given) as Record<string, unknown>
  if (typeof FileId !== 'string' || FileId.length > 64) return undefined
  if (typeof status !== 'string' || !Object.hasOwn(itemStatuses, status)) return undefined
  if (typeof reason !== 'string') return undefined
  const counts = Object.entries({ tasks, unsure, lastMadeAt }).filter(([, count]) => count !== undefined)
  if (!counts.every(([name, count]) => isWithin(count, most[name as keyof typeof most]))) return undefined
  return {
    FileId,
    status: status as ItemStatus,
    reason: cutJson(reason, maxReasonBytes),
    ...(Object.fromEntries(counts) as Pick<ItemEnded, 'tasks' | 'unsure' | 'lastMadeAt'>),
  }
}

function isWithin(count: unknown, most: number): boolean {
  return Number.isSafeInteger(count) && Number(count) >= 0 && Number(count) <= most
}
