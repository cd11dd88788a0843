import { getClient } from '@temporalio/activity'
import { forgetOldest } from '../contract/forgetOldest.js'
import type { Hint } from '../contract/hint.js'
import { isNotTaken, signalOnce } from '../temporal/signalOnce.js'

/** TaskIds remembered in this process: some 10 MB. */
const maxRemembered = 100_000
const remembered = new Set<string>()

/**
 * Signals a run once for each task of a step, however many windows, workers and restarts see it. The sweep saw itself that the task is
 * over, so nothing that comes later could say more. What this process has signalled is not sent again at all.
 *
 * @returns whether a run was there to take it.
 * @throws ServiceError when Temporal could not be reached.
 */
export async function hintOnce(workflowId: string, hint: Hint): Promise<boolean> {
  const known = `${hint.SessionId} ${hint.TaskId}`
  if (remembered.has(known)) return false
  const requestId = `vodflow.sweep/${hint.TaskId}`
  const taken = await signalOnce(getClient(), { workflowId, requestId, hint }).then(
    () => true,
    (error: unknown) => {
      if (isNotTaken(error)) return false
      throw error
    },
  )
  // A run that has ended may be reset: then it is to be hinted after all.
  if (!taken) return false
  remembered.add(known)
  forgetOldest(remembered, maxRemembered)
  return true
}
