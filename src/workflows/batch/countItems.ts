import { metricMeter } from '@temporalio/workflow'
import type { BatchCounts } from '../../contract/batch.js'
import { meterWith } from '../../contract/metrics.js'

/** Counts the items that a change of a batch's state has brought to their end. */
export function countItems(before: BatchCounts, after: BatchCounts): void {
  const earlier = itemsOf(before)
  for (const [status, items] of Object.entries(itemsOf(after))) {
    const more = items - (earlier[status] ?? 0)
    if (more > 0) meterWith(metricMeter).count('batchItems', { status }, more)
  }
}

function itemsOf({ ended, skipped, missing, repeated }: BatchCounts): Readonly<Record<string, number>> {
  return { ...ended, skipped, missing, repeated }
}
