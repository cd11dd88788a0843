import { activityInfo, getClient, log } from '@temporalio/activity'

/** How long the namespace of this activity remembers a run that has ended, ms; `Infinity` where that cannot be read. */
export async function retentionMs(): Promise<number> {
  const { namespace } = activityInfo()
  try {
    const { config } = await getClient().workflowService.describeNamespace({ namespace })
    return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000 || Number.POSITIVE_INFINITY
  } catch (error) {
    log.warn('the retention of the namespace cannot be read', { namespace, problem: String(error) })
    return Number.POSITIVE_INFINITY
  }
}
