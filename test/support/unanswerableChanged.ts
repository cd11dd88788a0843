import { proxyActivities } from '@temporalio/workflow'

const { clean } = proxyActivities<{ clean(): Promise<void> }>({ startToCloseTimeout: '1 minute' })

/** The code of a run that goes on was changed without care: its history does not fit. */
export async function changes(): Promise<void> {
  await clean()
}
