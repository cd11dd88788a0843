import { metricMeter } from '@temporalio/workflow'
import type { BatchCounts } from '../../contract/batch.js'
import { itemStatuses } from '../../contract/itemEnded.js'
import { meterWith } from '../../contract/metrics.js'

/** Counts the items that ended in a change of a batch's state. */
export function countItems(before: BatchCounts, after: BatchCounts): void {
  for (const { status, items } of newItems(before, after))
    meterWith(metricMeter).count('batchItems', { status }, items)
}

/** Returns the new items by status. Only known statuses count, because the state of a batch that continues as new may name others. */
export function newItems(
  before: BatchCounts,
  after: BatchCounts,
): { readonly status: string; readonly items: number }[] {
  const [earlier, later] = [before, after].map(itemsOf)
  const statuses = [...Object.keys(itemStatuses), 'skipped', 'missing', 'repeated']
  const more = (status: string) => (later?.[status] ?? 0) - (earlier?.[status] ?? 0)
  return statuses.flatMap((status) => (more(status) > 0 ? { status, items: more(status) } : []))
}

function itemsOf({ ended, skipped, missing, repeated }: BatchCounts): Readonly<Record<string, number>> {
  return { ...ended, skipped, missing, repeated }
}
