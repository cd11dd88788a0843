import { activityInfo, getClient } from '@temporalio/activity'
import { Unreadable } from '../../temporal/executions.js'
import { runOfItem } from '../../temporal/runOfItem.js'
import { type ItemEnded, itemId } from '../../vod/library.js'
import { endOf, itemForgotten, itemUnreadable } from './endOf.js'
import type { CheckRuns } from './types.js'

/** Those that have ended all the same: a run that was terminated says nothing. No call to VOD. */
export async function checkRuns({ FileIds, work }: CheckRuns): Promise<readonly ItemEnded[]> {
  const library = activityInfo().workflowExecution?.workflowId ?? ''
  const ends = await Promise.all(FileIds.map(endOfItem))
  return ends.filter((end) => end !== undefined)

  async function endOfItem(FileId: string): Promise<ItemEnded | undefined> {
    const client = getClient()
    const workflowId = itemId(library, FileId)
    const run = await runOfItem(client, workflowId, { ...work, FileId })
    if (run === undefined || run === 'other') return itemForgotten(FileId)
    if (run instanceof Unreadable) return itemUnreadable(FileId, workflowId, run)
    return endOf(client, FileId, run)
  }
}
