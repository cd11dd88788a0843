import type { ItemEnded, ItemStatus } from './batch.js'
import { outcomeOfFailure } from './mediaFailure.js'
import type { Outcome, StepAttempt } from './outcome.js'
import { outcomeStatuses } from './outcomeCheck.js'
import type { CancelSummary } from './progress.js'
import { isRefusal } from './refusal.js'
import { cut } from './text.js'

/** The signal with which a run reports its end to its batch. It is a contract, and does not change after version 1.0. */
export const itemEndedSignal = 'vodflow.batch.ended'

const maxReason = 200

/** The statuses with which an item can end. */
export const itemStatuses: Readonly<Record<ItemStatus, true>> = {
  ...outcomeStatuses,
  refused: true,
  canceled: true,
}

/** Returns the part of an outcome that a batch keeps. */
export function itemEndedOf(FileId: string, outcome: Outcome): ItemEnded {
  const { status, reason, tasks, attempts } = outcome
  const known = attempts.filter((attempt) => !isUnsure(attempt))
  const unsure = attempts.length - known.length
  const made = tasks.map(({ CreateTime }) => Date.parse(CreateTime ?? '')).filter((at) => !Number.isNaN(at))
  return {
    FileId,
    status,
    reason: status === 'succeeded' ? '' : cut(reason, maxReason),
    tasks: known.reduce((sum, { TaskIds }) => sum + TaskIds.length, 0),
    ...(unsure > 0 ? { unsure } : {}),
    ...(unsure === 0 && made.length > 0 ? { lastMadeAt: Math.max(...made) } : {}),
  }
}

/** VOD's answer names all tasks of a submission. If it was lost or incomplete, the tasks that were found may not be all. */
function isUnsure({ status, recovered, incomplete, TaskIds }: StepAttempt): boolean {
  const mayLack = recovered || incomplete === true || TaskIds.length === 0
  return (status === 'unknown' || status === 'detached') && mayLack
}

/** Returns the end of a canceled run. `canceled` is absent if the run wrote no summary. */
export function itemCanceled(FileId: string, reason: string, canceled?: CancelSummary): ItemEnded {
  const ended = { FileId, status: 'canceled', reason: cut(reason, maxReason) } satisfies ItemEnded
  if (!canceled) return ended
  const { stopped, ended: over, left, submitUnanswered } = canceled
  const tasks = stopped.length + over.length + left.length
  return { ...ended, tasks, ...(submitUnanswered ? { unsure: 1 } : {}) }
}

/** Returns the end of a failed run. Only a refusal proves that nothing was made. For any other failure, the batch counts all tasks. */
export function itemFailed(
  FileId: string,
  failure: { readonly type?: unknown; readonly message: string; readonly details?: unknown },
): ItemEnded {
  const { type, message } = failure
  const outcome = outcomeOfFailure(failure)
  if (outcome) return itemEndedOf(FileId, outcome)
  const refused = isRefusal(type)
  const status: ItemStatus = refused ? 'refused' : 'canceled'
  return { FileId, status, reason: cut(message, maxReason), ...(refused ? { tasks: 0 } : {}) }
}
