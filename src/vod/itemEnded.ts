import type { ItemEnded } from './library.js'
import type { Outcome } from './outcome.js'

/** No zod here: workflows import this file. */

/** Signal by which a run tells a batch that it has ended. A contract: it never changes. */
export const itemEndedSignal = 'vodflow.library.ended'

const maxReason = 200

/** What a batch keeps of an outcome. */
export function itemEndedOf(FileId: string, { status, reason, attempts }: Outcome): ItemEnded {
  const tasks = attempts.reduce((sum, { TaskIds }) => sum + TaskIds.length, 0)
  return { FileId, status, reason: status === 'succeeded' ? '' : cut(reason), tasks }
}

/** How an item ended without an outcome. */
export function itemWithoutOutcome(
  FileId: string,
  how: { readonly status: 'refused' | 'cancelled'; readonly reason: string },
): ItemEnded {
  const { status, reason } = how
  // A refusal proves that nothing was made. Of a cancelled run the batch takes it that all was: a budget must not be exceeded.
  return { FileId, status, reason: cut(reason), ...(status === 'refused' ? { tasks: 0 } : {}) }
}

function cut(reason: string): string {
  return reason.slice(0, maxReason)
}
