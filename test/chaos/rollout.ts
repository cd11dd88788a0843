import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { WorkerDeploymentVersion } from '@temporalio/common'

const tries = 240

/** Makes a build the current one, as soon as Temporal is there and knows all of its queues. */
export async function becomeCurrent(
  { workflowService, options: { namespace } }: Client,
  { deploymentName, buildId }: WorkerDeploymentVersion,
): Promise<void> {
  const set = { namespace, deploymentName, buildId, identity: 'chaos' }
  for (let left = tries; ; left--) {
    try {
      await workflowService.setWorkerDeploymentCurrentVersion(set)
      return
    } catch (error) {
      if (left === 0) throw error
      await sleep(250)
    }
  }
}
