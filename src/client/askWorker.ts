import {
  type Client,
  QueryNotRegisteredError,
  QueryRejectedError,
  type WorkflowExecutionDescription,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { ValueError, WorkflowNotFoundError } from '@temporalio/common'
import proto, { type temporal } from '@temporalio/proto'
import { isReserved } from '../contract/queues.js'
import { lateResultType } from '../contract/runNames.js'
import { delayedUntil } from '../temporal/delayedUntil.js'
import { activityState, taskQueueType } from '../temporal/enums.js'
import { executionsIn } from '../temporal/executions.js'
import { failureMessage } from '../temporal/failureMessage.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { payloadReader, readerOfTaskFailure } from '../temporal/payloads.js'
import { lackIn, pinnedBuildOf } from '../temporal/routing.js'
import { checkAnswer } from './answers.js'
import {
  NoAnswerError,
  type NoWorkerError,
  RunNotFoundError,
  type RunPausedError,
  UnreadableError,
  WorkflowTaskFailingError,
} from './errors.js'
import { lackErrorOf } from './lackError.js'
import { whyPaused } from './paused.js'
import { polledBy, startOne } from './pollers.js'
import { type UnreadableResult, unreadableResultIn } from './unreadableResult.js'

/** Timeout for finding out why no worker answers, ms. It is short, because the caller has waited already. */
const explainMs = 5_000

/** An execution; without a runId, the latest one of the workflow id. */
export interface QueryTarget {
  readonly workflowId: string
  readonly runId?: string
}

/**
 * Makes a query or an update, which only the worker of a run can answer. If no worker answers, the error says why.
 *
 * @throws RunNotFoundError if there is no such run; for an update, also if the run has ended
 * @throws RunPausedError, WorkflowTaskFailingError, NoWorkerError, NoAnswerError if no worker answers
 */
export async function askWorker<T>(client: Client, run: QueryTarget, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new RunNotFoundError(run.workflowId, error)
    if (error instanceof ValueError)
      throw new UnreadableError(run.workflowId, error.message, { cause: error })
    if (!isUnanswered(error)) throw error
    throw await client.withDeadline(Date.now() + explainMs, () => whyUnanswered(client, run, error))
  }
}

/**
 * Makes a query like {@link askWorker}. Returns undefined if the workflow has no handler for it, because its worker lacks vodflow's plugin,
 * or if none of its code has run, because its start is delayed.
 *
 * @throws WorkflowTaskFailingError also if the handler throws, or if the code of the workflow no longer fits the history
 */
export async function queryWorker<T>(
  client: Client,
  run: QueryTarget,
  query: string,
  ...args: unknown[]
): Promise<T | undefined> {
  const handle = client.workflow.getHandle(run.workflowId, run.runId)
  return askWorker(client, run, async () => {
    try {
      const answer = await handle.query<T, unknown[]>(query, ...args)
      checkAnswer(run.workflowId, query, answer)
      return answer
    } catch (error) {
      if (error instanceof QueryNotRegisteredError) {
        if (hasNoHandler(error, query)) return undefined
        throw await client.withDeadline(Date.now() + explainMs, () => whyQueryFailed(client, run, error))
      }
      if (isUnanswered(error) && (await isDelayed(client, run))) return undefined
      throw error
    }
  })
}

/** The messages of the SDKs for a query without a handler. Temporal's client throws the same error for every query that fails. */
const withoutHandler: readonly ((query: string) => string)[] = [
  (query) => `Workflow did not register a handler for ${query}. `, // TypeScript
  (query) => `unknown queryType ${query}. `, // Go
  (query) => `Unknown query type: ${query}, `, // Java
  (query) => `Query handler for '${query}' expected but not found`, // Python
  (query) => `Query handler for ${query} expected but not found`, // .NET
]

function hasNoHandler({ message }: QueryNotRegisteredError, query: string): boolean {
  return withoutHandler.some((words) => message.startsWith(words(query)))
}

async function whyQueryFailed(
  client: Client,
  run: QueryTarget,
  cause: QueryNotRegisteredError,
): Promise<Error> {
  const { workflowId, taskQueue: queue, type } = await describe(client, run)
  return new WorkflowTaskFailingError(workflowId, { problem: cause.message, queue, type, cause })
}

/** Returns true if the error means that no worker answered: the call timed out, was abandoned, or too many others wait already. */
function isUnanswered(error: unknown): boolean {
  const cause = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ? error.cause : error
  // Temporal rejects the queries of a run that is paused.
  if (error instanceof QueryRejectedError) return true
  const said = messagesOf(cause)
  switch (grpcCodeOf(cause)) {
    case grpc.deadlineExceeded:
    case grpc.failedPrecondition:
      return true
    // The limits of a namespace have this code too, but say nothing about workers.
    case grpc.resourceExhausted:
      return /query buffer is full|in-flight updates/.test(said)
    // A caller that aborts gets this code too.
    case grpc.canceled:
      return !said.includes('Cancelled on client')
    default:
      return false
  }
}

function messagesOf(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${messagesOf(error.cause)}` : ''
}

async function isDelayed(client: Client, run: QueryTarget): Promise<boolean> {
  const described = await client.withDeadline(Date.now() + explainMs, () => describe(client, run))
  return delayedUntil(described) !== undefined
}

async function whyUnanswered(client: Client, run: QueryTarget, cause: unknown): Promise<Error> {
  const described = await describe(client, run)
  const { workflowId, taskQueue: queue } = described
  return (await whyStuck(client, described, cause)) ?? new NoAnswerError(workflowId, queue, cause)
}

/** Returns the reason why no worker will answer for a run, if it can be found without asking one. */
export async function whyStuck(
  client: Client,
  described: WorkflowExecutionDescription,
  cause?: unknown,
): Promise<RunPausedError | WorkflowTaskFailingError | NoWorkerError | undefined> {
  const { workflowId, taskQueue: queue, type } = described
  const paused = whyPaused(described)
  if (paused) return paused
  const failing = await failingTask(client, described)
  if (failing) return new WorkflowTaskFailingError(workflowId, { ...failing, queue, type, cause })
  const polled = await polledBy(client, { name: queue, kind: taskQueueType.workflow })
  const lack = lackIn(polled, pinnedBuildOf(described.raw.workflowExecutionInfo?.versioningInfo))
  if (!lack) return undefined
  return lackErrorOf([queue], { lack, polled }, { workflowId, start: startFor(queue), cause })
}

/** Returns the reason why no worker will take an activity that a run waits for. */
export async function whyActivitiesWait(
  client: Client,
  { workflowId, raw }: WorkflowExecutionDescription,
): Promise<NoWorkerError | undefined> {
  const scheduled = (raw.pendingActivities ?? []).filter(({ state }) => state === activityState.scheduled)
  const queues = new Set(scheduled.flatMap(({ activityOptions }) => activityOptions?.taskQueue?.name ?? []))
  const pinned = pinnedBuildOf(raw.workflowExecutionInfo?.versioningInfo)
  for (const queue of queues) {
    const polled = await polledBy(client, { name: queue, kind: taskQueueType.activity })
    // A queue that is not part of the run's build uses its own routing.
    const lack = lackIn(polled, pinned) && lackIn(polled)
    if (lack) return lackErrorOf([queue], { lack, polled }, { workflowId, start: startFor(queue) })
  }
  return undefined
}

function startFor(queue: string): string {
  return isReserved(queue) ? startOne() : startTheirs
}

/** Returns the failure that keeps the latest execution of a workflow id from continuing. */
export async function whyFailing(
  client: Client,
  workflowId: string,
): Promise<WorkflowTaskFailingError | undefined> {
  const described = await describe(client, { workflowId })
  const failing = await failingTask(client, described)
  const { taskQueue: queue, type } = described
  return failing && new WorkflowTaskFailingError(workflowId, { ...failing, queue, type })
}

const startTheirs =
  'Start the worker that serves this task queue, with the same TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.'

function describe(client: Client, { workflowId, runId }: QueryTarget): Promise<WorkflowExecutionDescription> {
  return executionsIn(client).getHandle(workflowId, runId).describe()
}

/** Returns the problem that makes the workflow task of a run fail repeatedly, if there is one. */
async function failingTask(
  client: Client,
  { workflowId, runId, raw }: WorkflowExecutionDescription,
): Promise<(TaskProblem & { readonly attempt: number }) | undefined> {
  const attempt = raw.pendingWorkflowTask?.attempt ?? 1
  if (attempt < 2) return undefined
  const last = await lastTaskProblem(client, { workflowId, runId })
  // After a reset, the task that it replaced counts as the first attempt, which is normal.
  if (last === undefined && attempt < 3) return undefined
  return {
    ...(last ?? { problem: 'see the log of its worker, because the history has no message' }),
    attempt,
  }
}

interface TaskProblem {
  readonly problem: string
  readonly result?: UnreadableResult | undefined
}

/** Reads the latest failure from the history. Temporal writes only the first failure of a workflow task, and signals may follow it. */
async function lastTaskProblem(
  client: Client,
  execution: Required<QueryTarget>,
): Promise<TaskProblem | undefined> {
  const events = latestFirst(client, execution)
  for (;;) {
    const { value: event } = await events.next()
    if (!event || event.workflowTaskCompletedEventAttributes) return undefined
    if (event.workflowTaskTimedOutEventAttributes)
      return { problem: 'a worker took it but did not answer in time' }
    const failed = event.workflowTaskFailedEventAttributes
    if (!failed) continue
    if (isNormal(failed)) return undefined
    const problem = await problemOf(client, execution.workflowId, failed)
    return { problem, result: await unreadableResultIn(events, problem) }
  }
}

async function* latestFirst(
  client: Client,
  execution: Required<QueryTarget>,
): AsyncGenerator<temporal.api.history.v1.IHistoryEvent> {
  let nextPageToken: Uint8Array | undefined
  do {
    const page = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution,
      maximumPageSize: 100,
      ...(nextPageToken ? { nextPageToken } : {}),
    })
    yield* page.history?.events ?? []
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined
  } while (nextPageToken)
}

type TaskFailedAttributes = temporal.api.history.v1.IWorkflowTaskFailedEventAttributes

const causes = proto.temporal.api.enums.v1.WorkflowTaskFailedCause
/** Failures that are normal: an event arrived while the run was about to end, or the run was reset. */
const normal: readonly TaskFailedAttributes['cause'][] = [
  causes.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
  causes.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
]

function isNormal({ cause, failure }: TaskFailedAttributes): boolean {
  return normal.includes(cause) || failure?.applicationFailureInfo?.type === lateResultType
}

async function problemOf(
  client: Client,
  workflowId: string,
  { failure, cause }: TaskFailedAttributes,
): Promise<string> {
  const { namespace } = client.options
  const owner = { type: 'workflow', namespace, workflowId } as const
  const read = readerOfTaskFailure(payloadReader(client.options), owner)
  const message = failure ? await failureMessage(failure, read) : ''
  return message || (cause == null ? 'without a message' : (causes[cause] ?? String(cause)))
}
