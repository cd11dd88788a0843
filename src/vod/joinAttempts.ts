import { decide } from './decide.js'
import type { Outcome, Reading } from './outcome.js'
import { isRepairable, type Repair } from './repair.js'

/** The outcome of a run after one more attempt: what the earlier ones did well stays, what was repaired gives way. */
export function joinAttempts(earlier: Outcome, repair: Repair, later: Outcome): Outcome {
  const attempts = [...earlier.attempts, ...later.attempts]
  if (repair.kind === 'whole') return { ...later, attempts }
  const tasks = [...earlier.tasks.map(withoutRepaired), ...later.tasks]
  const { status, reason } = decide(tasks)
  const known = later.status !== 'unknown' && later.status !== 'detached'
  return {
    ...earlier,
    status: known ? status : later.status,
    reason: known ? reason : later.reason,
    tasks,
    attempts,
    ...(later.endedBy ? { endedBy: later.endedBy } : {}),
    ...(later.mediaOutputs ? { mediaOutputs: later.mediaOutputs } : {}),
  }
}

function withoutRepaired(reading: Reading): Reading {
  const parts = reading.parts.filter((part) => !isRepairable(part))
  const failed = reading.counts.failed - (reading.parts.length - parts.length)
  return { ...reading, parts, counts: { ...reading.counts, failed } }
}
