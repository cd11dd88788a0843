import type { Client } from '@temporalio/client'
import { memoFields } from '../contract/runNames.js'
import type { RunInput } from '../contract/stepInput.js'
import { memoField, Unreadable } from './executions.js'
import type { Execution } from './executionsOf.js'
import { historyPages } from './historyPages.js'
import { payloadReader } from './payloads.js'

/**
 * What makes two starts the same. How a run waits (`events`, `delays`) is not part of it: it changes nothing
 * of what VOD makes.
 */
export type Asked = Pick<RunInput, 'request' | 'account' | 'key' | 'idempotencyKey'>

/**
 * What a run was started with. One that another SDK or the Temporal CLI started has no memo: its first event tells. Undefined when that
 * is no request.
 */
export async function startedWith(
  client: Client,
  run: Pick<Execution, 'workflowId' | 'runId' | 'memo'>,
): Promise<Asked | Unreadable | undefined> {
  const remembered = asAsked(memoField(run.memo, memoFields.request))
  if (remembered) return remembered
  const first = await firstArgument(client, run)
  return first instanceof Unreadable ? first : asAsked(first)
}

function asAsked(value: unknown): Asked | undefined {
  const request = (value as Partial<Asked> | undefined)?.request
  return typeof request === 'object' && request !== null ? (value as Asked) : undefined
}

/** What a run's workflow was called with first. */
export async function firstArgument(
  client: Client,
  { workflowId, runId }: Pick<Execution, 'workflowId' | 'runId'>,
): Promise<unknown> {
  const { namespace } = client.options
  const { value: events } = await historyPages(client, { workflowId, runId }, 1).next()
  const started = events?.[0]?.workflowExecutionStartedEventAttributes
  const [payload] = started?.input?.payloads ?? []
  try {
    return (
      payload && (await payloadReader(client.options)(payload, { type: 'workflow', namespace, workflowId }))
    )
  } catch (error) {
    return new Unreadable(error instanceof Error ? error.message : String(error))
  }
}
