import type { Client } from '@temporalio/client'
import { type ItemEnded, itemId } from '../../contract/batch.js'
import type { CheckRuns } from '../../contract/batchActivities.js'
import { executionsIn, Unreadable } from '../../temporal/executions.js'
import { runOfItem } from '../../temporal/runOfItem.js'
import { activityInfo, getClient } from '../sdk.js'
import { endOf, itemForgotten, itemUnreadable } from './endOf.js'

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  const { status } = await executionsIn(client).getHandle(workflowId).describe()
  return status.name === 'RUNNING'
}

/** Those that have ended all the same: a run that was terminated says nothing. No call to VOD. */
export async function checkRuns({ FileIds, work }: CheckRuns): Promise<readonly ItemEnded[]> {
  const batch = activityInfo().workflowExecution?.workflowId ?? ''
  const ends = await Promise.all(FileIds.map(endOfItem))
  return ends.filter((end) => end !== undefined)

  async function endOfItem(FileId: string): Promise<ItemEnded | undefined> {
    const client = getClient()
    const workflowId = itemId(batch, FileId)
    const run = await runOfItem(client, workflowId, { ...work, FileId })
    if (run === undefined || run === 'other') return itemForgotten(FileId)
    // While it goes on it says itself how it ends, and what cannot be read may be readable by then: a codec server that is away, say.
    if (run instanceof Unreadable)
      return (await isRunning(client, workflowId)) ? undefined : itemUnreadable(FileId, workflowId, run)
    return endOf(client, FileId, run)
  }
}
