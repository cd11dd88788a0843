import type { ItemEnded, ItemStatus } from './batch.js'
import { object } from './json.js'
import { outcomeOfFailure } from './mediaFailure.js'
import type { Outcome, OutcomeStatus, StepAttempt } from './outcome.js'
import { isRefusal } from './refusal.js'
import { cut } from './text.js'

/** Signal by which a run tells a batch that it has ended. A contract: it never changes. */
export const itemEndedSignal = 'vodflow.batch.ended'

const maxReason = 200

const statuses: Readonly<Record<OutcomeStatus, true>> = {
  succeeded: true,
  partial: true,
  failed: true,
  aborted: true,
  unknown: true,
  detached: true,
}

/** Whether it has what a batch reads of an outcome. The worker of another may have ended the run of an item, with any result. */
export function isItemOutcome(value: unknown): value is Outcome {
  const { status, reason, tasks, attempts } = Object(value) as Partial<Record<keyof Outcome, unknown>>
  return (
    typeof status === 'string' &&
    Object.hasOwn(statuses, status) &&
    typeof reason === 'string' &&
    Array.isArray(tasks) &&
    tasks.every((task) => object(task)) &&
    Array.isArray(attempts) &&
    attempts.every((attempt) => Array.isArray(object(attempt)?.TaskIds))
  )
}

/** What a batch keeps of an outcome. */
export function itemEndedOf(FileId: string, outcome: Outcome): ItemEnded {
  const { status, reason, tasks, attempts } = outcome
  const known = attempts.filter((attempt) => !isUnsure(attempt))
  const unsure = attempts.length - known.length
  const made = tasks.map(({ CreateTime }) => Date.parse(CreateTime)).filter((at) => !Number.isNaN(at))
  return {
    FileId,
    status,
    reason: status === 'succeeded' ? '' : cut(reason, maxReason),
    tasks: known.reduce((sum, { TaskIds }) => sum + TaskIds.length, 0),
    ...(unsure > 0 ? { unsure } : {}),
    ...(unsure === 0 && made.length > 0 ? { lastMadeAt: Math.max(...made) } : {}),
  }
}

/** VOD's answer names all that a submission made. Where it was lost, what was found may not be all. */
function isUnsure({ status, recovered, TaskIds }: StepAttempt): boolean {
  return (status === 'unknown' || status === 'detached') && (recovered || TaskIds.length === 0)
}

/** What a canceled run says of its tasks. */
interface CanceledSteps {
  readonly stopped: readonly string[]
  readonly ended: readonly string[]
  readonly left: readonly string[]
  readonly submitUnanswered: boolean
}

/** Of a run that was canceled; `canceled` is absent when it said nothing. */
export function itemCanceled(FileId: string, reason: string, canceled?: CanceledSteps): ItemEnded {
  const ended = { FileId, status: 'cancelled', reason: cut(reason, maxReason) } satisfies ItemEnded
  if (!canceled) return ended
  const { stopped, ended: over, left, submitUnanswered } = canceled
  const tasks = stopped.length + over.length + left.length
  return { ...ended, tasks, ...(submitUnanswered ? { unsure: 1 } : {}) }
}

/** Of a run that failed. Only a refusal proves that nothing was made: of any other failure the batch takes it that all was. */
export function itemFailed(
  FileId: string,
  failure: { readonly type?: unknown; readonly message: string; readonly details?: unknown },
): ItemEnded {
  const { type, message } = failure
  const outcome = outcomeOfFailure(failure)
  if (isItemOutcome(outcome)) return itemEndedOf(FileId, outcome)
  const refused = isRefusal(type)
  const status: ItemStatus = refused ? 'refused' : 'cancelled'
  return { FileId, status, reason: cut(message, maxReason), ...(refused ? { tasks: 0 } : {}) }
}
