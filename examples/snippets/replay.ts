import { Worker } from '@temporalio/worker'
import type { Vodflow } from 'vodflow'
import { VodflowPlugin } from 'vodflow/worker'

/** Replays every running workflow of a task queue on your code. Returns those that cannot continue on it, each with the reason. */
export async function brokenRuns({ client }: Vodflow, taskQueue: string, workflowsPath: string) {
  const query = `TaskQueue = "${taskQueue}" AND ExecutionStatus = "Running"`
  const histories = client.workflow.list({ query }).intoHistories()
  const plugins = [new VodflowPlugin({ servedElsewhere: ['default'] })]
  const broken: string[] = []
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowsPath, plugins }, histories))
    if (error) broken.push(`${workflowId}: ${error.message}`)
  return broken
}
