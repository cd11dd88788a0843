import { activityInfo, sleep as activitySleep, heartbeat } from '@temporalio/activity'
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
      // A retry goes on with the task that an earlier attempt has submitted, if that got so far.
      const TaskId: string =
        activityInfo().heartbeatDetails ?? (await client.ProcessMediaByProcedure(job)).TaskId
      for (;;) {
        heartbeat(TaskId)
        const { Status } = await client.DescribeTaskDetail({ TaskId })
        if (Status === 'FINISH' || Status === 'ABORTED') return Status
        await activitySleep(pollMs)
      }
    },
  }
}
