import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client'
import { canonicalJson } from '../contract/canonicalJson.js'
import { InvalidInputError } from '../contract/errors.js'
import { runType } from '../contract/runNames.js'
import type { RunInput } from '../contract/stepInput.js'
import { executionsIn, Unreadable } from '../temporal/executions.js'
import { type Execution, executionsOf } from '../temporal/executionsOf.js'
import { asStartRequest, type RunStart, type StartRequest, startOf } from '../temporal/startOf.js'
import { RequestMismatchError, RunNotFoundError, UnreadableError } from './errors.js'
import { differences } from './sameRequest.js'
import { workflowIdFor } from './workflowId.js'

/**
 * Checks that the latest run of a workflow id was started with this request. Call it before you attach, if your code starts
 * `processMediaByProcedure` itself and attaches to a run that exists, as a Nexus handler does. `Vodflow.process` calls it for you.
 *
 * The requests are the same if their fields, account, key and idempotencyKey are. `callbacks`, `delays`, `onPartial` and `onFailure` may differ. An
 * idempotencyKey that only one of them has is ignored, and so is that of a rerun under the workflow id that the first key made.
 *
 * @throws RequestMismatchError that names the fields that differ
 * @throws RunNotFoundError if there is no such run
 * @throws UnreadableError if the run was started with another data converter than the one of this client
 */
export async function requireSameRequest(
  client: Client,
  workflowId: string,
  input: Pick<RunInput, 'request' | 'account' | 'key' | 'idempotencyKey'>,
): Promise<void> {
  await requireSame(client, await latestExecution(client, workflowId), input)
}

/** @throws RequestMismatchError if the run was started with another request, or is not a run of `processMediaByProcedure` */
export async function requireSame(
  client: Client,
  earlier: WorkflowExecutionDescription,
  asked: StartRequest,
): Promise<void> {
  requireType(earlier, runType)
  const start = await readStart(client, earlier)
  if (!start) throw new RunNotFoundError(earlier.workflowId)
  const was = asStartRequest(start.args[0])
  const namedByKey = earlier.workflowId === workflowIdFor(asked)
  const found = was ? differences(was, asked, { namedByKey }) : []
  if (found.length > 0) throw new RequestMismatchError(earlier.workflowId, found)
}

/**
 * Checks that no earlier run of this workflow id had the idempotencyKey, because VOD makes no new tasks for a used key. It checks all runs
 * within the retention period of the namespace.
 *
 * @throws InvalidInputError if a run of `processMediaByProcedure` had the key, or if the workflow id is made of the key, so that the
 *   first run had it
 * @throws UnreadableError if the input of a run cannot be read
 */
export async function requireNewKey(client: Client, workflowId: string, asked: StartRequest): Promise<void> {
  const { idempotencyKey } = asked
  if (idempotencyKey === undefined) return
  for await (const run of executionsOf(client, workflowId)) {
    const namedByKey = workflowId === workflowIdFor(asked)
    if (!namedByKey && !(await isUnderKey(client, run, asked))) continue
    const problem = `"${idempotencyKey}" is the key of an earlier run of "${workflowId}", and VOD makes no new tasks for a used key`
    const remedy = 'use another key, attach to the run for its outcome, or retry it if VOD has made no task'
    throw new InvalidInputError([{ field: 'idempotencyKey', problem, remedy }])
  }
}

/** Returns true if the run had this key. Account and application belong to the key. */
async function isUnderKey(client: Client, run: Execution, asked: StartRequest): Promise<boolean> {
  const start = run.type === runType ? await readStart(client, run) : undefined
  const was = asStartRequest(start?.args[0])
  const nameOf = ({ account = 'default', idempotencyKey, request: { SubAppId } }: StartRequest) =>
    canonicalJson({ account, idempotencyKey, SubAppId })
  return was !== undefined && nameOf(was) === nameOf(asked)
}

/** @throws RequestMismatchError if the run has another workflow type */
export function requireType(
  { workflowId, type }: Pick<WorkflowExecutionDescription, 'workflowId' | 'type'>,
  wanted: string,
): void {
  if (type === wanted) return
  const difference = { field: 'workflowType', was: JSON.stringify(type), is: JSON.stringify(wanted) }
  throw new RequestMismatchError(workflowId, [difference])
}

/**
 * Returns the latest run of a workflow id.
 *
 * @throws RunNotFoundError if there is none
 */
export async function latestExecution(
  client: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription> {
  try {
    return await executionsIn(client).getHandle(workflowId).describe()
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? new RunNotFoundError(workflowId, error) : error
  }
}

/** Returns the latest run of a workflow id, or undefined if there is none. */
export async function describeIfThere(
  client: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await latestExecution(client, workflowId)
  } catch (error) {
    if (error instanceof RunNotFoundError) return undefined
    throw error
  }
}

/**
 * Returns how a run was started, or undefined if Temporal no longer has it.
 *
 * @throws UnreadableError if the run was started with another data converter than the one of this client
 */
export async function readStart(
  client: Client,
  run: Pick<Execution, 'workflowId' | 'runId'>,
): Promise<RunStart | undefined> {
  const start = await startOf(client, run)
  if (start instanceof Unreadable) throw new UnreadableError(run.workflowId, start.problem)
  return start
}
