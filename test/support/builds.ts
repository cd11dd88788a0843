import type { Client } from '@temporalio/client'
import type { WorkerDeploymentVersion } from '@temporalio/common'
import { vi } from 'vitest'

/** Makes a build the current one, as soon as Temporal knows all of its queues. */
export async function makeCurrent(
  client: Client,
  { deploymentName, buildId }: WorkerDeploymentVersion,
): Promise<void> {
  await vi.waitFor(
    () =>
      client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: client.options.namespace,
        deploymentName,
        buildId,
        identity: 'an operator',
      }),
    { timeout: 60_000, interval: 100 },
  )
}
