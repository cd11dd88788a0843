import { proxyActivities } from '@temporalio/workflow'
import { processMediaByProcedure, reviewGate } from 'vodflow/workflows'

const { publish } = proxyActivities<{ publish(FileId: string): Promise<void> }>({
  startToCloseTimeout: '1 minute',
})

export async function episode(FileId: string) {
  const { moderation } = await processMediaByProcedure({ request: { FileId, ProcedureName: 'episode' } })
  const { decision, reason } = await reviewGate({ moderation })
  if (decision === 'approved') await publish(FileId)
  return { decision, reason }
}
