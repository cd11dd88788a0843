import type { Outcome } from './outcome.js'

/** No zod here: workflows import this file. */

/** Signal by which a run tells a batch that it has ended. A contract: it never changes. */
export const itemEndedSignal = 'vodflow.library.ended'

const maxReason = 200

/** What a batch keeps of an outcome. */
export function itemEndedOf(FileId: string, { status, reason, attempts }: Outcome) {
  const tasks = attempts.reduce((sum, { TaskIds }) => sum + TaskIds.length, 0)
  return { FileId, status, reason: status === 'succeeded' ? '' : reason.slice(0, maxReason), tasks }
}

/** There is no outcome: VOD refused, or the run was cancelled or terminated. */
export function itemRefused(FileId: string, reason: string) {
  return { FileId, status: 'refused' as const, reason: reason.slice(0, maxReason), tasks: 0 }
}
