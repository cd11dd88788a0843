import { type Client, QueryNotRegisteredError } from '@temporalio/client'
import { progressQuery } from '../contract/progress.js'
import { sweepType } from '../contract/sweep.js'
import { withoutEncoding } from '../contract/unopened.js'
import { executionsIn } from '../temporal/executions.js'

/**
 * Whether this process and the workers have the same payload keys. `unread`: a worker cannot read what this process writes, so that its
 * signals wake no run. `unreadable`: this process cannot read what a worker writes. `unknown`: no sweep runs, or no worker has answered for
 * the sweep that is named.
 */
export type PayloadKeysComparison =
  | { readonly kind: 'same' }
  | { readonly kind: 'unknown'; readonly workflowId?: string }
  | { readonly kind: 'unread' | 'unreadable'; readonly workflowId: string; readonly problem: string }

/** Timeout of the list and of each query, ms. */
const answerMs = 5_000
/** The largest number of sweeps that are queried. There is one for each sub-app. */
const maxAsked = 10
/** No step has this key, so the answer is empty. It is encrypted like any other. */
const noStep = 'vodflow.payloadKeys'

/**
 * Queries the running sweeps. Each query has an argument that the worker must decrypt, and an answer that this process must decrypt. No key
 * or fingerprint of a key leaves its process.
 *
 * @throws ServiceError if Temporal does not answer, or denies the list
 */
export async function comparePayloadKeys(client: Client): Promise<PayloadKeysComparison> {
  const sweeps = await runningSweeps(client)
  const found = await Promise.all(sweeps.map((workflowId) => compareAt(client, workflowId)))
  const differing = found.find(({ kind }) => kind === 'unread' || kind === 'unreadable')
  const known = differing ?? found.find(({ kind }) => kind === 'same')
  return known ?? found[0] ?? { kind: 'unknown' }
}

/** Returns the workflow ids of running sweeps, at most 10. */
export function runningSweeps(client: Client): Promise<readonly string[]> {
  return client.withDeadline(Date.now() + answerMs, async () => {
    const ids: string[] = []
    const query = `WorkflowType = '${sweepType}' AND ExecutionStatus = 'Running'`
    for await (const { workflowId } of executionsIn(client).list({ query, pageSize: maxAsked })) {
      ids.push(workflowId)
      if (ids.length === maxAsked) break
    }
    return ids
  })
}

async function compareAt(client: Client, workflowId: string): Promise<PayloadKeysComparison> {
  const sweep = client.workflow.getHandle(workflowId)
  try {
    await client.withDeadline(Date.now() + answerMs, () => sweep.query(progressQuery, noStep))
    return { kind: 'same' }
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const problem = withoutEncoding(message)
    if (problem === message) return { kind: 'unknown', workflowId }
    return { kind: error instanceof QueryNotRegisteredError ? 'unread' : 'unreadable', workflowId, problem }
  }
}
