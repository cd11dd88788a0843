import { sleep as activitySleep, heartbeat } from '@temporalio/activity'
import { clientOf } from '../floor/activities.js'
import type { Account } from '../harness/account.js'

/** What people write today: one activity that submits, then asks every few seconds until it is over. */
export function createPollingActivities(account: Account, pollMs: number) {
  const client = clientOf(account)
  return {
    async processAndPoll(job: {
      FileId: string
      ProcedureName: string
      SessionId?: string
    }): Promise<string> {
      const { TaskId } = await client.ProcessMediaByProcedure(job)
      for (;;) {
        const { Status } = await client.DescribeTaskDetail({ TaskId: String(TaskId) })
        if (Status === 'FINISH' || Status === 'ABORTED') return Status
        heartbeat(TaskId)
        await activitySleep(pollMs)
      }
    },
  }
}
