import { proxyActivities } from '@temporalio/workflow'

const { processed } = proxyActivities<{ processed(FileId: string): Promise<string> }>({
  startToCloseTimeout: '5 minutes',
  retry: { maximumAttempts: 1 },
})

/** Waits for a run in an activity of the user's. */
export async function waitsInActivity(FileId: string): Promise<string> {
  return processed(FileId)
}
