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

const limited = proxyActivities<FloorActivities>({
  taskQueue: 'theirs.submit',
  startToCloseTimeout: '30 seconds',
})

/** The least that waits for a callback: submit, signal under a timer, read. No promise of vodflow's is kept. */
export function floor(job: Job): Promise<string> {
  return waitFor(job, ProcessMediaByProcedure)
}

/** The same with one of the promises: submits keep VOD's rate, whatever the number of workers, on a queue with a limit. */
export function floorWithRate(job: Job): Promise<string> {
  return waitFor(job, limited.ProcessMediaByProcedure)
}

async function waitFor(job: Job, submit: FloorActivities['ProcessMediaByProcedure']): Promise<string> {
  let isOver = false
  setHandler(ended, () => {
    isOver = true
  })
  const TaskId = await submit({ ...job, SessionContext: workflowInfo().workflowId })
  await condition(() => isOver, '6 hours')
  return DescribeTaskDetail(TaskId)
}
