import type { BatchInput, BatchPlan, BatchProgress, BatchReport, BatchState } from '../../contract/batch.js'
import { quoted, said } from '../../contract/markdown.js'
import { callsPerSecond } from '../../contract/rates.js'
import { hour } from '../../contract/time.js'
import { effectiveWindow, endedOf, nextDay, runningOf } from './state.js'

export function progressOf(state: BatchState, input: BatchInput, at: number): BatchProgress {
  const { counts, total, stopped, failures } = state
  const ended = endedOf(counts)
  const perHour = ended / Math.max(1 / 60, (at - state.startedAt) / hour)
  const left =
    total === undefined ? undefined : total - ended - counts.skipped - counts.missing - counts.repeated
  const eta =
    left !== undefined && ended > 0 && !state.paused
      ? new Date(at + (left / perHour) * hour).toISOString()
      : undefined
  return {
    status: statusOf(state, input, at),
    counts,
    running: runningOf(state),
    ...(total === undefined ? {} : { total }),
    window: effectiveWindow(state),
    perHour: Math.round(perHour),
    ...(eta === undefined ? {} : { eta }),
    ...(stopped === undefined ? {} : { stopped }),
    failures,
  }
}

function statusOf(state: BatchState, input: BatchInput, at: number): BatchProgress['status'] {
  const running = runningOf(state)
  const open = running > 0 || state.waiting.length > 0 || state.cursor !== undefined
  if (state.stopped !== undefined) return running > 0 ? 'stopping' : 'ended'
  if (!open) return 'ended'
  if (state.paused) return 'paused'
  return nextDay(state, input, at) === undefined ? 'running' : 'waiting for the next day'
}

export function reportOf(state: BatchState, input: BatchInput): BatchReport {
  const { counts, stopped, failures } = state
  return {
    counts,
    total: counts.read,
    ...(stopped === undefined ? {} : { stopped }),
    failures,
    ...(input.dryRun ? { plan: planOf(state) } : {}),
  }
}

/** A run of one task takes 5 actions, and one to notify its batch. Each further task takes a signal and a read. */
const actionsPerRun = 6
const actionsPerFurtherTask = 2
const itemsPerLook = 20
const secondsPerHour = 3_600

function planOf({ counts, template }: BatchState): BatchPlan {
  const { read, started, skipped, missing } = counts
  const each = Math.max(1, template.TaskTypes.length)
  return {
    items: read,
    wouldStart: started,
    wouldSkip: skipped,
    missing,
    tasks: started * each,
    calls: Math.ceil(read / itemsPerLook) + started * (1 + each),
    hoursAtRateLimit: Math.round((started / callsPerSecond.submit / secondsPerHour) * 100) / 100,
    temporalActions:
      started * (actionsPerRun + (each - 1) * actionsPerFurtherTask) + Math.ceil(read / itemsPerLook),
  }
}

/** Returns the Markdown of a batch for the Temporal UI. */
export function batchDetails({
  status,
  counts,
  running,
  total,
  window,
  perHour,
  eta,
  stopped,
  failures,
}: BatchProgress): string {
  const of = total === undefined ? '' : ` of ${total}`
  const { ended } = counts
  return [
    `**${status}**: ${counts.read}${of} read, ${counts.started} started, ${running} running (window ${window}), ${perHour} an hour`,
    `\nEnded: ${Object.entries(ended)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(
        ', ',
      )}. Not started: ${counts.skipped} skipped, ${counts.missing} missing, ${counts.repeated} repeated.`,
    ...(eta === undefined ? [] : [`\nEstimated end: ${eta}.`]),
    ...(stopped === undefined ? [] : [`\n**Stopped**: ${said(stopped)}`]),
    ...failures
      .slice(-10)
      .map(({ FileId, status: how, reason }) => `\n- ${quoted(FileId)} ${how}: ${said(reason)}`),
  ].join('\n')
}
