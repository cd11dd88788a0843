import { randomUUID } from 'node:crypto'
import { type Client, isGrpcServiceError, ServiceError, WorkflowNotFoundError } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'
import Long from 'long'
import type { Reapplication, Verb } from './dimensions.js'
import { Missed, until } from './until.js'

type History = readonly temporal.api.history.v1.IHistoryEvent[]

export interface Execution {
  readonly workflowId: string
  readonly runId: string
}

/** What an operator does to a run, by Temporal's own API; and what its history shows. */
export class Operator {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** The current run of a workflow id. */
  async currentRun(workflowId: string): Promise<Execution> {
    const { runId } = await this.#client.workflow.getHandle(workflowId).describe()
    return { workflowId, runId }
  }

  /** The same, of one that may not have been started yet. */
  async findRun(workflowId: string): Promise<Execution | undefined> {
    return this.currentRun(workflowId).catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined
      throw error
    })
  }

  async history({ workflowId, runId }: Execution): Promise<History> {
    const { events } = await this.#client.workflow.getHandle(workflowId, runId).fetchHistory()
    return events ?? []
  }

  /** Resets a run to the workflow task of this number, or to its last. */
  async reset(execution: Execution, task: number, signals: Reapplication): Promise<Execution> {
    const completed = completedTasks(await this.history(execution))
    const point = completed[Math.min(task, completed.length) - 1]
    if (point === undefined) throw new Missed('no workflow task has completed')
    const excluded = signals === 'excluded' ? [excludeSignals, excludeUpdates] : []
    const { runId } = await this.#client.workflowService.resetWorkflowExecution({
      namespace: this.#client.options.namespace,
      workflowExecution: execution,
      reason: 'explore',
      workflowTaskFinishEventId: Long.fromNumber(point),
      requestId: randomUUID(),
      resetReapplyExcludeTypes: excluded,
    })
    return { workflowId: execution.workflowId, runId }
  }

  async signal({ workflowId }: Execution, name: string): Promise<void> {
    await this.#client.workflow.getHandle(workflowId).signal(name)
  }

  /** The pending activity of this type, once it is as it shall be. @throws Missed when the run goes on without. */
  async pending(execution: Execution, type: string, is: (activity: Pending) => boolean): Promise<Pending> {
    let seen = false
    return until(`a pending ${type}`, async () => {
      const { pendingActivities, pendingWorkflowTask, workflowExecutionInfo } =
        await this.#client.workflowService.describeWorkflowExecution({
          namespace: this.#client.options.namespace,
          execution,
        })
      const found = pendingActivities?.find(({ activityType }) => activityType?.name === type)
      // A submit without an answer is followed by another activity, which the next workflow task schedules.
      const isPast = seen && !found && !pendingWorkflowTask
      if (workflowExecutionInfo?.status !== running || isPast)
        throw new Missed(`${type} is not pending any more`)
      seen ||= found !== undefined
      return found && is(found) ? found : undefined
    })
  }

  /** Does one thing to a pending activity. @throws Missed when it is not pending any more. */
  async act(execution: Execution, { activityId: id }: Pending, verb: ActivityVerb): Promise<void> {
    const { workflowService: service, options } = this.#client
    const about = { namespace: options.namespace, execution, identity: 'explore', id: id ?? '' }
    const acts: Record<ActivityVerb, () => Promise<unknown>> = {
      reset: () => service.resetActivity(about),
      'reset-heartbeat': () => service.resetActivity({ ...about, resetHeartbeat: true }),
      'reset-kept': () => service.resetActivity({ ...about, keepPaused: true }),
      pause: () => service.pauseActivity({ ...about, reason: 'explore' }),
      unpause: () => service.unpauseActivity(about),
      'unpause-attempts': () => service.unpauseActivity({ ...about, resetAttempts: true }),
      'unpause-attempts-heartbeat': () =>
        service.unpauseActivity({ ...about, resetAttempts: true, resetHeartbeat: true }),
      options: () => service.updateActivityOptions({ ...about, ...quickerRetry }),
    }
    try {
      await acts[verb]()
    } catch (error) {
      const cause = error instanceof ServiceError ? error.cause : error
      if (isGrpcServiceError(cause) && cause.code === notFound)
        throw new Missed(`${verb}: ${cause.details || cause.message}`)
      throw error
    }
  }
}

export type Pending = temporal.api.workflow.v1.IPendingActivityInfo
export type ActivityVerb = Exclude<Verb, 'workflow-before' | 'workflow-after'>

/** Temporal's enums. */
const excludeSignals = 1
const excludeUpdates = 2
const running = 1
const scheduled = 1
const started = 2
/** gRPC's code. */
const notFound = 5

const quickerRetry = {
  activityOptions: { retryPolicy: { initialInterval: { seconds: Long.fromNumber(1), nanos: 0 } } },
  updateMask: { paths: ['retry_policy.initial_interval'] },
}

export const isScheduled = ({ state, attempt }: Pending) => state === scheduled && attempt === 1
export const isInBackoff = ({ state, attempt }: Pending) => state === scheduled && (attempt ?? 0) > 1
export const isRunning = ({ state }: Pending) => state === started

/** Ids of the events with which its workflow tasks ended. */
export function completedTasks(history: History): number[] {
  return history.flatMap((event) =>
    event.workflowTaskCompletedEventAttributes ? [Number(event.eventId)] : [],
  )
}

/** How many workflow tasks had completed before an event of this kind; all of them when there is none. */
export function tasksBefore(history: History, is: (event: History[number]) => unknown): number {
  const event = history.find(is)
  const end = event ? Number(event.eventId) : Number.POSITIVE_INFINITY
  return completedTasks(history).filter((id) => id < end).length
}

export function isClosed(history: History): boolean {
  const last = history.at(-1)
  return Boolean(
    last?.workflowExecutionCompletedEventAttributes ??
      last?.workflowExecutionFailedEventAttributes ??
      last?.workflowExecutionTerminatedEventAttributes,
  )
}

/** The child that was started last. */
export function childIn(history: History): Execution | undefined {
  const started = history.findLast((event) => event.childWorkflowExecutionStartedEventAttributes)
  const { workflowId, runId } = started?.childWorkflowExecutionStartedEventAttributes?.workflowExecution ?? {}
  return workflowId && runId ? { workflowId, runId } : undefined
}

/** Signals of vodflow that a run has got: somebody named a task to it. */
export function hintsIn(history: History): number {
  return history.filter(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName?.startsWith('vodflow.'),
  ).length
}
