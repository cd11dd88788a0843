import type { BatchControl, ItemEnded, ItemStatus } from '../../contract/batch.js'
import { type BatchWork, isWork } from '../../contract/itemWork.js'
import { windowRule } from '../../contract/patterns.js'
import { cut } from '../../contract/text.js'
import { refuse } from '../refuse.js'

const statuses: Readonly<Record<ItemStatus, true>> = {
  succeeded: true,
  partial: true,
  failed: true,
  aborted: true,
  unknown: true,
  detached: true,
  refused: true,
  cancelled: true,
}

/** Anyone with access to the namespace can send a signal, so anything else is `undefined`, and so is the end of a run of other work. */
export function asItemEnded(payload: unknown, work: BatchWork): ItemEnded | undefined {
  const { FileId, status, reason, tasks, unsure, lastMadeAt, of } = Object(payload) as Record<string, unknown>
  if (!isWork(of, work)) return undefined
  if (typeof FileId !== 'string' || FileId.length > 64) return undefined
  if (typeof status !== 'string' || !Object.hasOwn(statuses, status)) return undefined
  if (typeof reason !== 'string') return undefined
  const counts = Object.entries({ tasks, unsure, lastMadeAt }).filter(([, count]) => count !== undefined)
  if (!counts.every(([, count]) => Number.isSafeInteger(count) && Number(count) >= 0)) return undefined
  return {
    FileId,
    status: status as ItemStatus,
    reason: cut(reason, 200),
    ...(Object.fromEntries(counts) as Pick<ItemEnded, 'tasks' | 'unsure' | 'lastMadeAt'>),
  }
}

const maxStop = 500

/** @throws ApplicationFailure whose detail is the field, the problem and the remedy. */
export function asControl(payload: unknown): BatchControl {
  const given = Object(payload) as Record<string, unknown>
  const { window, paused, stop } = given
  const unknown = Object.keys(given).find((name) => !['window', 'paused', 'stop'].includes(name))
  if (unknown !== undefined) throw refuse(unknown, 'is not known', 'give window, paused or stop')
  const fits =
    Number.isInteger(window) && Number(window) >= windowRule.least && Number(window) <= windowRule.most
  if (window !== undefined && !fits)
    throw refuse('window', `is not 1 to ${windowRule.most}`, 'pause the batch to start nothing')
  if (paused !== undefined && typeof paused !== 'boolean')
    throw refuse('paused', 'is neither true nor false', 'give one of them')
  if (stop !== undefined && (typeof stop !== 'string' || stop.trim() === '' || stop.length > maxStop))
    throw refuse('stop', `is not 1 to ${maxStop} characters`, 'say why')
  return given as BatchControl
}
