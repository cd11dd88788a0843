import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { WorkerDeploymentVersion } from '@temporalio/common'

const tries = 240
/** A call that Temporal was killed during is asked again. */
const answerMs = 5_000

/** Makes a build the current one, as soon as Temporal is there and knows all of its queues. */
export async function becomeCurrent(
  client: Client,
  { deploymentName, buildId }: WorkerDeploymentVersion,
): Promise<void> {
  const { namespace } = client.options
  const set = { namespace, deploymentName, buildId, identity: 'chaos' }
  for (let left = tries; ; left--) {
    try {
      return await client.withDeadline(Date.now() + answerMs, async () => {
        await client.workflowService.setWorkerDeploymentCurrentVersion(set)
      })
    } catch (error) {
      if (left === 0) throw error
      await sleep(250)
    }
  }
}
