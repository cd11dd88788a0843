import {
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { FloorActivities } from './activities.js'

export interface Job {
  readonly FileId: string
  readonly ProcedureName: string
}

export const ended = defineSignal('ended')

const { ProcessMediaByProcedure, DescribeTaskDetail } = proxyActivities<FloorActivities>({
  startToCloseTimeout: '30 seconds',
})

const limited = proxyActivities<FloorActivities>({
  taskQueue: 'theirs.submit',
  startToCloseTimeout: '30 seconds',
})

const local = proxyLocalActivities<FloorActivities>({ startToCloseTimeout: '5 seconds' })

/** The least that waits for a callback: submit, signal under a timer, read. No promise of vodflow's is kept. */
export function floor(job: Job): Promise<string> {
  return waitFor(job, { ProcessMediaByProcedure, DescribeTaskDetail })
}

/** The same with vodflow's means: submits keep VOD's rate, whatever the number of workers, on a queue with a limit; the read is a local activity. */
export function floorAlike(job: Job): Promise<string> {
  const { ProcessMediaByProcedure } = limited
  const { DescribeTaskDetail } = local
  return waitFor(job, { ProcessMediaByProcedure, DescribeTaskDetail })
}

async function waitFor(job: Job, calls: FloorActivities): Promise<string> {
  let isOver = false
  setHandler(ended, () => {
    isOver = true
  })
  const { workflowId } = workflowInfo()
  const TaskId = await calls.ProcessMediaByProcedure({ ...job, SessionContext: workflowId })
  await condition(() => isOver, '6 hours')
  return calls.DescribeTaskDetail(TaskId)
}
