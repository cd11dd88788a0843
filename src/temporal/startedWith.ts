import type { Client } from '@temporalio/client'
import type { Payload } from '@temporalio/common'
import type { RunInput } from '../contract/stepInput.js'
import { Unreadable } from './executions.js'
import type { Execution } from './executionsOf.js'
import { grpc, grpcCodeOf } from './grpc.js'
import { historyPages } from './historyPages.js'
import { payloadReader } from './payloads.js'

/**
 * The fields that decide whether two starts are the same. The way in which a run waits (`events`, `delays`) is not one of them, because it
 * does not affect VOD's tasks.
 */
export type StartRequest = Pick<RunInput, 'request' | 'account' | 'key' | 'idempotencyKey'>

/**
 * Returns the request that a run was started with, or undefined if its input is not a request. It reads the first event, because anyone who
 * starts a run can give it a memo that says something else.
 */
export async function startedWith(
  client: Client,
  run: Pick<Execution, 'workflowId' | 'runId'>,
): Promise<StartRequest | Unreadable | undefined> {
  const first = await firstArgument(client, run)
  return first instanceof Unreadable ? first : asStartRequest(first)
}

/** Anyone who starts a run can give it any memo and any input. */
export function asStartRequest(value: unknown): StartRequest | undefined {
  const request = (value as Partial<StartRequest> | undefined)?.request
  return typeof request === 'object' && request !== null ? (value as StartRequest) : undefined
}

/** Returns the first argument of a run's workflow. */
export async function firstArgument(
  client: Client,
  run: Pick<Execution, 'workflowId' | 'runId'>,
): Promise<unknown> {
  const [payload] = await inputOf(client, run)
  return (
    payload && readInput(client, run, [payload]).then((read) => (read instanceof Unreadable ? read : read[0]))
  )
}

/** Returns all arguments of a run's workflow, or undefined if Temporal no longer has this execution. */
export async function argumentsOf(
  client: Client,
  run: Pick<Execution, 'workflowId' | 'runId'>,
): Promise<readonly unknown[] | Unreadable | undefined> {
  try {
    return await readInput(client, run, await inputOf(client, run))
  } catch (error) {
    if (grpcCodeOf(error) === grpc.notFound) return undefined
    throw error
  }
}

async function inputOf(
  client: Client,
  { workflowId, runId }: Pick<Execution, 'workflowId' | 'runId'>,
): Promise<readonly Payload[]> {
  const { value: events } = await historyPages(client, { workflowId, runId }, 1).next()
  return events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? []
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
