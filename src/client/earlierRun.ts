import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { payloadReader } from '../temporal/payloads.js'
import { memoFields } from '../vod/runNames.js'
import type { Identity } from './sameRequest.js'

/** What a run was started with. One that another SDK or the CLI started has no memo: its first event tells. */
export async function startedWith(
  client: Client,
  run: WorkflowExecutionDescription,
): Promise<Identity | undefined> {
  const remembered = run.memo?.[memoFields.request]
  return asIdentity(remembered) ?? asIdentity(await firstArgument(client, run))
}

function asIdentity(value: unknown): Identity | undefined {
  const request = (value as Partial<Identity> | undefined)?.request
  return typeof request === 'object' && request !== null ? (value as Identity) : undefined
}

async function firstArgument(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<unknown> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  })
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes
  const [payload] = started?.input?.payloads ?? []
  return payload && payloadReader(client.options)(payload)
}
