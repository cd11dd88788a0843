import type { Client } from '@temporalio/client'
import type { Payload } from '@temporalio/common'
import type { RunInput } from '../contract/stepInput.js'
import { Unreadable } from './executions.js'
import type { Execution } from './executionsOf.js'
import { grpc, grpcCodeOf } from './grpc.js'
import { historyPages } from './historyPages.js'
import { payloadReader } from './payloads.js'

/**
 * The fields that decide whether two starts are the same. The way in which a run waits (`callbacks`, `delays`) is not one of them, because it
 * does not affect VOD's tasks.
 */
export type StartRequest = Pick<RunInput, 'request' | 'account' | 'key' | 'idempotencyKey'>

/** The workflow type and the arguments of a run. */
export interface RunStart {
  readonly type: string
  readonly args: readonly unknown[]
}

/**
 * Returns how a run was started, or undefined if Temporal no longer has it. It reads the first event, because anyone who starts a run can
 * give it a memo that says something else.
 */
export async function startOf(
  client: Client,
  run: Pick<Execution, 'workflowId' | 'runId'>,
): Promise<RunStart | Unreadable | undefined> {
  try {
    const { workflowType, input } = await startedEventOf(client, run)
    const args = await readInput(client, run, input?.payloads ?? [])
    return args instanceof Unreadable ? args : { type: workflowType?.name ?? '', args }
  } catch (error) {
    if (grpcCodeOf(error) === grpc.notFound) return undefined
    throw error
  }
}

/** Returns the value if it is a request to VOD with its account and keys. Anyone who starts a run can give it any memo and any input. */
export function asStartRequest(value: unknown): StartRequest | undefined {
  const request = (value as Partial<StartRequest> | undefined)?.request
  return typeof request === 'object' && request !== null ? (value as StartRequest) : undefined
}

async function startedEventOf(
  client: Client,
  { workflowId, runId }: Pick<Execution, 'workflowId' | 'runId'>,
) {
  const { value: events } = await historyPages(client, { workflowId, runId }, 1).next()
  return events?.[0]?.workflowExecutionStartedEventAttributes ?? {}
}

async function readInput(
  client: Client,
  { workflowId }: Pick<Execution, 'workflowId'>,
  payloads: readonly Payload[],
): Promise<readonly unknown[] | Unreadable> {
  const { namespace } = client.options
  const read = payloadReader(client.options)
  try {
    return await Promise.all(
      payloads.map((payload) => read(payload, { type: 'workflow', namespace, workflowId })),
    )
  } catch (error) {
    return new Unreadable(error instanceof Error ? error.message : String(error))
  }
}
