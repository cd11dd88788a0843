import { Client } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import { createPollerCheck } from '../client/pollers.js'
import { InvalidInputError } from '../contract/errors.js'

const answerTimeoutMs = 10_000

/**
 * A step whose queue no worker polls waits in silence. So a worker that leaves VOD's calls, and vodflow's own workflows, to others looks
 * for them when it starts.
 *
 * @throws NoWorkerError with the name of every queue that no worker polls.
 */
export async function requireServed(
  accounts: readonly string[],
  { connection, namespace }: { readonly connection?: NativeConnection; readonly namespace: string },
): Promise<void> {
  if (!connection) {
    const remedy = 'give the worker a NativeConnection'
    throw new InvalidInputError([{ field: 'connection', problem: 'missing', remedy }])
  }
  const check = createPollerCheck(new Client({ connection, namespace }), {
    answerTimeoutMs,
    anyBuild: true,
  })
  for (const account of accounts) await check.requireWorkers(account)
}
