import type { Client } from '@temporalio/client'
import { vi } from 'vitest'
import type { Build } from '../../src/temporal/routing.js'

/** Makes a build the current one, as soon as Temporal knows all of its queues. */
export async function makeCurrent(client: Client, { deploymentName, buildId }: Build): Promise<void> {
  await vi.waitFor(
    () =>
      client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: client.options.namespace,
        deploymentName,
        buildId,
        identity: 'an operator',
      }),
    { timeout: 30_000, interval: 100 },
  )
}
