import { activityInfo, getClient } from '@temporalio/activity'
import { type ItemEnded, itemId } from '../../vod/library.js'
import { endOf } from './endOf.js'
import type { CheckRuns } from './types.js'

/** Those that have ended all the same: a run that was terminated says nothing. No call to VOD. */
export async function checkRuns({ FileIds }: CheckRuns): Promise<readonly ItemEnded[]> {
  const library = activityInfo().workflowExecution?.workflowId ?? ''
  const ends = await Promise.all(
    FileIds.map((FileId) => endOf(getClient(), { workflowId: itemId(library, FileId), FileId })),
  )
  return ends.filter((end) => end !== undefined)
}
