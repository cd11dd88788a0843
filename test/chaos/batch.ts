import type { BatchReport, Vodflow } from '../../src/client/index.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import { workflowOf } from '../support/sendOf.js'
import { untilReached } from './untilReached.js'
import type { Vod } from './vod.js'

const workflowId = 'chaos-batch'
const name = 'item of the batch'

/** Bar for every history of a batch, however many items it has. */
const mostEvents = 10_000

/** How the batch ended. */
export interface Batched {
  readonly items: readonly string[]
  readonly report?: BatchReport
  readonly problem?: string
  /** Events of each run of the batch: it continues as new. */
  readonly events: readonly number[]
}

/** A library of so many media, through one procedure, found by a search. */
export async function doBatch(
  count: number,
  { vodflow, vod, file }: { readonly vodflow: Vodflow; readonly vod: Vod; readonly file: string },
): Promise<Batched> {
  const items: string[] = []
  for (let number = 0; number < count; number++) items.push((await vod.upload(file, { name })).FileId)
  const request = {
    source: { search: { NamePrefixes: [name] } },
    ProcedureName: 'one',
    window: 60,
    stopAtFailedPercent: 100,
    delays: { looks: [10, 30, 60, 120, 300].map((s) => s * 1_000), listings: [1_000, 2_000, 5_000] },
  }
  try {
    const batch = await untilReached(() => vodflow.batches.start(request, { workflowId }))
    const report = await untilReached(() => batch.result())
    return { items, report, events: await untilReached(() => eventsOf(vodflow)) }
  } catch (error) {
    return { items, events: [], problem: error instanceof Error ? error.message : String(error) }
  }
}

async function eventsOf({ client }: Vodflow): Promise<number[]> {
  const events: number[] = []
  for await (const run of client.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
    events.push(Number(run.historyLength))
  return events
}

/** What is wrong with the batch, by VOD's own books. Empty: nothing. */
export function judgeBatch(
  { items, report, problem, events }: Batched,
  tasks: readonly EmulatorTask[],
): string[] {
  if (!report) return [problem ?? 'the batch has no end']
  const made = new Map<string, number>()
  for (const task of tasks.filter((task) => workflowOf(task).startsWith(`${workflowId}/`)))
    made.set(task.FileId, (made.get(task.FileId) ?? 0) + 1)
  const once = items.flatMap((FileId) =>
    made.get(FileId) === 1 ? [] : [`${FileId}: ${made.get(FileId) ?? 0} tasks`],
  )
  const ended = Object.values(report.counts.ended).reduce((sum, count) => sum + count, 0)
  const failed = tasks.filter(
    (task) =>
      workflowOf(task).startsWith(`${workflowId}/`) && task.subTasks.some(({ Status }) => Status === 'FAIL'),
  ).length
  return [
    ...once,
    ...(ended === items.length ? [] : [`${ended} of ${items.length} items ended`]),
    ...(report.counts.ended.succeeded === items.length - failed
      ? []
      : [`says that ${report.counts.ended.succeeded} succeeded, VOD ${items.length - failed}`]),
    ...events.filter((length) => length > mostEvents).map((length) => `a history of ${length} events`),
    ...(events.length === 0 ? ['no history of it is listed'] : []),
  ]
}
