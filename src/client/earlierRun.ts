import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { memoField } from '../temporal/executions.js'
import { payloadReader } from '../temporal/payloads.js'
import { memoFields } from '../vod/runNames.js'
import { UnreadableError } from './errors.js'
import type { Asked } from './sameRequest.js'

/** What a run was started with. One that another SDK or the CLI started has no memo: its first event tells. */
export async function startedWith(
  client: Client,
  run: WorkflowExecutionDescription,
): Promise<Asked | undefined> {
  const remembered = memoField(run.memo, memoFields.request)
  return asAsked(remembered) ?? asAsked(await firstArgument(client, run))
}

function asAsked(value: unknown): Asked | undefined {
  const request = (value as Partial<Asked> | undefined)?.request
  return typeof request === 'object' && request !== null ? (value as Asked) : undefined
}

async function firstArgument(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<unknown> {
  const { namespace } = client.options
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  })
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes
  const [payload] = started?.input?.payloads ?? []
  try {
    return (
      payload && (await payloadReader(client.options)(payload, { type: 'workflow', namespace, workflowId }))
    )
  } catch (error) {
    throw new UnreadableError(workflowId, error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
}
