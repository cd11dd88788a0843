import { condition, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow'
import type { FloorActivities } from './activities.js'

export interface Job {
  readonly FileId: string
  readonly ProcedureName: string
}

export const ended = defineSignal('ended')

const { ProcessMediaByProcedure, DescribeTaskDetail } = proxyActivities<FloorActivities>({
  startToCloseTimeout: '30 seconds',
})

/** The least that waits for a callback: submit, signal under a timer, read. No promise of vodflow's is kept. */
export async function floor(job: Job): Promise<string> {
  let isOver = false
  setHandler(ended, () => {
    isOver = true
  })
  const TaskId = await ProcessMediaByProcedure({ ...job, SessionContext: workflowInfo().workflowId })
  await condition(() => isOver, '6 hours')
  return DescribeTaskDetail(TaskId)
}
