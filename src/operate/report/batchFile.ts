import { batchType, itemId } from '../../contract/batch.js'
import type { GrowingCall } from './calls.js'
import type { GrowingRun } from './runBuilder.js'
import { BatchResult, type ItemCounts, StartedItems } from './schemas.js'

/** A batch, as far as one of its runs shows it. */
export interface BatchFile {
  /** Items by what became of them. Absent until the batch has ended. */
  readonly counts?: ItemCounts
  /** Number of items in the source. Absent until the batch has ended. */
  readonly total?: number
  /** The reason why the batch ended before the end of its source. */
  readonly stopped?: string
  /** The plan of a dry run. */
  readonly plan?: Readonly<Record<string, number>>
  /** The items of this run, in the order in which they started. A batch of many items has several runs. */
  readonly items: readonly ItemFile[]
}

/** One item of a batch. */
export interface ItemFile {
  readonly FileId: string
  /** Workflow id of its run. */
  readonly workflowId: string
  /** `running`, how its run ended, or why it has none: `skipped`, `missing` or `repeated`. */
  readonly status: string
  readonly reason: string
  /** Absent if an earlier run of the batch started it. */
  readonly startedAt?: string
  readonly endedAt?: string
}

/** Returns undefined for a run that is no batch. */
export function batchFileOf(run: GrowingRun, workflowId: string): BatchFile | undefined {
  if (run.type !== batchType) return undefined
  const { counts, total, stopped, plan, failures = [] } = BatchResult.parse(run.result) ?? {}
  const said = [
    ...[...run.calls.values()].flatMap(startedBy),
    ...failures.map(({ FileId, status, reason }) => ({ FileId, status, reason })),
    ...run.ends.map(({ at, item: { FileId, status, reason } }) => ({ FileId, status, reason, endedAt: at })),
  ]
  const items = new Map<string, ItemFile>()
  for (const each of said) {
    const { FileId } = each
    const fresh = { FileId, workflowId: itemId(workflowId, FileId), status: 'running', reason: '' }
    items.set(FileId, { ...fresh, ...items.get(FileId), ...each })
  }
  return {
    ...(counts ? { counts } : {}),
    ...(total === undefined ? {} : { total }),
    ...(stopped === undefined ? {} : { stopped }),
    ...(plan ? { plan } : {}),
    items: [...items.values()],
  }
}

type SaidItem = Partial<ItemFile> & Pick<ItemFile, 'FileId'>

/** Returns what a call that starts runs says of each of its items. */
function startedBy({ activity, answer, at: startedAt, endedAt = startedAt }: GrowingCall): SaidItem[] {
  const part = activity === 'startRuns' ? StartedItems.parse(answer) : undefined
  if (!part) return []
  const without = (['skipped', 'missing', 'repeated'] as const).flatMap((status) =>
    part[status].map((FileId) => ({ FileId, status })),
  )
  return [
    ...part.started.map((FileId) => ({ FileId, startedAt })),
    ...part.ended.map(({ FileId, status, reason }) => ({ FileId, status, reason, startedAt, endedAt })),
    ...without,
  ]
}
