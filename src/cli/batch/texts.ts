import type { BatchCounts, BatchPlan, BatchProgress, BatchReport } from '../../client/index.js'
import { counted } from '../../contract/counted.js'
import { table } from '../print.js'

export function planText(plan: BatchPlan): string[] {
  const { items, wouldStart, wouldSkip, missing, tasks, calls, hoursAtRateLimit, temporalActions } = plan
  return table([
    ['items', `${items}`],
    ['would start', `${wouldStart}`],
    ['would be skipped', `${wouldSkip}`],
    ['missing at VOD', `${missing}`],
    ['tasks of VOD, billed', `${tasks}`],
    ['calls to VOD', `${calls}`],
    ['hours to submit them', `${hoursAtRateLimit}`],
    ['Temporal actions', `${temporalActions}`],
  ])
}

export function progressLine(progress: BatchProgress): string {
  const { status, counts, total, running, window, perHour, eta, stopped } = progress
  const done = Object.values(counts.ended).reduce((sum, count) => sum + count, 0)
  return [
    `${status}: ${done + counts.skipped + counts.missing + counts.repeated}${total === undefined ? '' : ` of ${total}`} done`,
    `${running} running (window ${window})`,
    `${counts.ended.succeeded} succeeded`,
    `${done - counts.ended.succeeded} not`,
    `${perHour} an hour`,
    ...(eta === undefined ? [] : [`all done at about ${eta}`]),
    ...(stopped === undefined ? [] : [`stopped: ${stopped}`]),
  ].join(', ')
}

export function reportText({ counts, total, stopped, failures }: BatchReport): string[] {
  return [
    `${counted(total, 'item')}${stopped === undefined ? '' : `, stopped: ${stopped}`}`,
    ...countsText(counts),
    ...table(failures.map(({ FileId, status, reason }) => [FileId, status, reason])),
  ]
}

function countsText({ started, skipped, missing, repeated, ended, tasks }: BatchCounts): string[] {
  const ends = Object.entries(ended).filter(([, count]) => count > 0)
  return [
    `started ${started}: ${ends.map(([status, count]) => `${count} ${status}`).join(', ') || 'none has ended'}`,
    `left out: ${skipped} done before, ${missing} not at VOD, ${repeated} repeated`,
    `${counted(tasks, 'task')} of VOD`,
  ]
}
