import { isCancellation, log, metricMeter } from '@temporalio/workflow'
import type { TaskHint } from '../../contract/hint.js'
import { meterWith } from '../../contract/metrics.js'
import type { Outcome } from '../../contract/outcome.js'
import type { Origin } from './state.js'

/** Counts and logs one attempt of a step. It is silent during a replay, and no decision depends on it. */
export interface StepMeasure {
  hinted(hint: TaskHint): void
  ended(outcome: Outcome): void
  endedWithout(error: unknown): void
}

export function measureStep(origin: Origin, { key, attempt }: { key: string; attempt: number }): StepMeasure {
  const meter = meterWith(metricMeter)
  const action = origin.kind === 'adopt' ? 'adopted' : origin.send.action
  const startedAt = Date.now()
  let lastEvent: TaskHint | undefined
  const count = (status: string) => {
    meter.count('steps', { action, status })
    meter.observe('stepSeconds', { action }, (Date.now() - startedAt) / 1_000)
  }
  return {
    hinted(hint) {
      if (hint.terminal && hint.at !== undefined) lastEvent = hint
    },
    ended(outcome) {
      const { status, reason, FileId, TaskId, endedBy } = outcome
      count(status)
      if (endedBy) meter.count('waits', { ended_by: endedBy })
      if (endedBy && lastEvent?.at !== undefined && lastEvent.via === endedBy)
        meter.observe('resumeSeconds', { net: endedBy }, (Date.now() - lastEvent.at) / 1_000)
      if (outcome.attempts.some(({ recovered, TaskIds }) => recovered && TaskIds.length > 0))
        meter.count('duplicatesRecovered', { action })
      log.info('step ended', { action, key, attempt, status, reason, endedBy, FileId, TaskId })
    },
    endedWithout(error) {
      const status = isCancellation(error) ? 'canceled' : 'refused'
      count(status)
      log.info('step ended', { action, key, attempt, status, reason: String(error) })
    },
  }
}
