import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import {
  type Client,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client'
import { TerminatedFailure, ValueError, WorkflowNotFoundError } from '@temporalio/common'
import { optionalTsToDate } from '@temporalio/common/lib/time.js'
import { VodflowError } from '../base/vodflowError.js'
import { type Duration, durationIn } from '../contract/duration.js'
import { outcomeOfFailure } from '../contract/mediaFailure.js'
import type { Outcome } from '../contract/outcome.js'
import {
  detachSignal,
  outcomeQuery,
  progressQuery,
  type RunProgress,
  type RunView,
  type StepProgress,
  stepsQuery,
  viewQuery,
} from '../contract/progress.js'
import { stepTypes } from '../contract/runNames.js'
import { withoutEncoding } from '../contract/unopened.js'
import { valid } from '../contract/valid.js'
import { executionsIn } from '../temporal/executions.js'
import { pinnedBuildOf } from '../temporal/routing.js'
import { overdueSinceOf } from '../temporal/searchAttributes.js'
import { type SubmitQueue, stoppedFor } from '../temporal/submits.js'
import { checkedResult } from './answers.js'
import { queryWorker, whyActivitiesWait, whyStuck } from './askWorker.js'
import type { Calls } from './calls.js'
import { resultOptions, watchOptions } from './checks.js'
import { endedHow } from './endedHow.js'
import { ClosedError, RunNotFoundError, UnreadableError } from './errors.js'
import { runErrorOf, withOutcome } from './failures.js'
import { whyActivityPaused } from './paused.js'
import { type RetriedActivity, retriedActivities } from './retriedActivities.js'

/** Names a run. */
export interface RunAddress {
  readonly workflowId: string
  /** Workflow type. */
  readonly type: string
  /** Temporal's id of the first execution. It stays the same through reset, retry and continue-as-new. */
  readonly chain: string
  /** The execution to wait for. Later executions of the chain are followed. */
  readonly runId: string
  readonly attached: boolean
}

/** Options of {@link RunHandle.result} and {@link BatchHandle.result}. */
export interface ResultOptions {
  /** Stops waiting, but not the run or the batch. */
  readonly signal?: AbortSignal | undefined
}

/** Options of {@link RunHandle.watch}. */
export interface WatchOptions {
  /** Interval between two queries for the progress. The worker of the run answers each of them. Default 1 s. */
  readonly interval?: Duration | undefined
  /** Stops watching, but not the run. */
  readonly signal?: AbortSignal | undefined
}

/** The state of a run at one moment. */
export interface RunDescription extends RunView {
  /** Child workflows that have not ended. Their steps and gates are not included. */
  readonly children: readonly { readonly workflowId: string; readonly type: string }[]
  /** Activities, yours too, whose last attempt did not succeed and that Temporal tries again. Absent if there are none. */
  readonly retried?: readonly RetriedActivity[]
  /** The task queue in which a submit of the run waits because an operator has stopped the queue: see `vodflow submits`. */
  readonly stopped?: SubmitQueue
  /** Time since which VOD no longer returns the tasks that the run waits for. */
  readonly overdueSince?: Date
  /** The reason why the run cannot continue, e.g. a NoWorkerError, or why its steps and gates are unknown. */
  readonly problem?: VodflowError
  /** Time since which the workflow task of the run waits, if it has one and there is a problem. */
  readonly problemSince?: Date
}

/**
 * A handle to one run. It holds no connection of its own, and the run continues without it.
 *
 * @typeParam T - the result of the workflow: an {@link Outcome} for a run of one step, and an unchecked value for a workflow of yours.
 */
export class RunHandle<T = Outcome> {
  /** Workflow id of the run. */
  readonly workflowId: string
  /** Workflow type, e.g. `processMediaByProcedure`, or a workflow of yours. */
  readonly type: string
  /** Temporal's id of the first execution. VOD's deduplication depends on it. */
  readonly chain: string
  /** `true` if the run existed already, running or finished; `false` if this call started it. */
  readonly attached: boolean
  readonly #calls: Calls
  readonly #client: Client
  readonly #runId: string

  /** @internal Use `process`, `start`, `rerun`, `retry`, `adopt` or `attach`. */
  constructor(calls: Calls, { workflowId, type, chain, runId, attached }: RunAddress) {
    this.workflowId = workflowId
    this.type = type
    this.chain = chain
    this.attached = attached
    this.#calls = calls
    this.#client = calls.client
    this.#runId = runId
  }

  /**
   * Waits until the run has ended, for days if necessary. A lost connection or a restart of Temporal only delays it. Each call holds one
   * long poll; to wait for thousands of runs at the same time, poll `list` instead.
   *
   * A run of one step returns its whole outcome, even if the run failed because its media did not succeed.
   *
   * @throws RefusedError if VOD refused the request
   * @throws RunMediaError if your own workflow failed because the media of a step did not succeed
   * @throws NoWorkerError, NoAnswerError if the outcome of a failed run is over 16 KiB, and no worker answers with the rest of it. The message has
   *   its status and reason.
   * @throws RunCanceledError, RunTerminatedError, RunFailedError if the run ended without an outcome for another reason
   * @throws UnreadableError if a run of one step was ended by a worker of others, and not with an outcome
   * @throws RunNotFoundError if Temporal no longer has the run
   */
  async result(options: ResultOptions = {}): Promise<T> {
    const { signal } = valid(resultOptions, options)
    let runId = this.#runId
    for (;;) {
      const handle = this.#client.workflow.getHandle(this.workflowId, runId)
      try {
        return checkedResult<T>(this, await this.#calls.wait(() => handle.result(), signal))
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw this.#explained(error)
        const outcome = stepTypes.includes(this.type) ? outcomeOfFailure(error.cause) : undefined
        if (outcome) return (await this.#whole(outcome)) as T
        runId = await this.#replacementAfter(error, signal)
      }
    }
  }

  async #whole(outcome: Outcome): Promise<Outcome> {
    if (!outcome.truncated) return outcome
    try {
      return checkedResult(this, (await this.#query<unknown>(outcomeQuery)) ?? outcome)
    } catch (error) {
      throw withOutcome(error, outcome)
    }
  }

  /** The execution that a reset has put in the place of the one that it terminated. @throws RunError when the run itself has ended */
  async #replacementAfter(failed: WorkflowFailedError, signal?: AbortSignal): Promise<string> {
    const latest = await this.#calls.wait(() => this.#describeLatest(), signal)
    if (failed.cause instanceof TerminatedFailure && latest && latest.status.name !== 'TERMINATED')
      return latest.runId
    const how = await this.#calls.ask(() => endedHow(this.#client, failed, latest))
    throw runErrorOf(this, failed, how)
  }

  /**
   * Returns the progress of the first step, or undefined until one starts. For a workflow with several steps, use {@link steps}. It needs a
   * worker, even after the end.
   *
   * @throws NoWorkerError if no worker polls the task queue of the run
   * @throws NoAnswerError if a worker polls it but does not answer within 15 s
   * @throws WorkflowTaskFailingError if the code of the workflow throws
   * @throws RunPausedError if the run is paused
   * @throws UnreadableError if the workflow answers with something else, because it has a query of the same name
   * @throws RunNotFoundError if Temporal no longer has the run
   */
  async progress(): Promise<RunProgress | undefined> {
    return this.#query<RunProgress>(progressQuery)
  }

  /**
   * Returns the progress of each step, in the order in which they started. It needs a worker, even after the end.
   *
   * @throws as {@link progress} does
   */
  async steps(): Promise<readonly StepProgress[]> {
    return (await this.#query<readonly StepProgress[]>(stepsQuery)) ?? []
  }

  /**
   * Returns the steps, review gates and child workflows of the run, with one query to its worker. If no worker answers, it does not throw:
   * `problem` says why the steps and gates are unknown.
   *
   * @throws RunNotFoundError if Temporal no longer has the run
   */
  async describe(): Promise<RunDescription> {
    const latest = await this.#latest()
    const children = latest.raw.pendingChildren?.map(({ workflowId, workflowTypeName }) => ({
      workflowId: workflowId ?? '',
      type: workflowTypeName ?? '',
    }))
    const retried = await retriedActivities(this.#client, latest)
    const overdueSince = overdueSinceOf(latest)
    const unseen = {
      steps: [],
      gates: [],
      children: children ?? [],
      ...(retried.length > 0 ? { retried } : {}),
      ...(overdueSince ? { overdueSince } : {}),
    }
    const paused = whyActivityPaused(latest)
    try {
      const stuck = await this.#calls.ask(() => this.#whyStuck(latest))
      if (stuck) return { ...unseen, ...problemOf(stuck, latest) }
      const [view, stopped, waits] = await Promise.all([
        this.#calls.ask(() => queryWorker<RunView>(this.#client, latest, viewQuery)),
        this.#stoppedFor(latest),
        this.#whyActivitiesWait(latest),
      ])
      const problem = paused ?? waits
      return { ...unseen, ...view, ...(stopped ? { stopped } : {}), ...(problem ? { problem } : {}) }
    } catch (error) {
      const problem = this.#explained(error)
      if (problem instanceof VodflowError && !(problem instanceof ClosedError))
        return { ...unseen, ...problemOf(paused ?? problem, latest) }
      throw problem
    }
  }

  /** Returns why no worker would answer a query, so that it need not be made. Without the permission to check, the query is made. */
  async #whyStuck(latest: WorkflowExecutionDescription): Promise<VodflowError | undefined> {
    const { pendingWorkflowTask, workflowExecutionInfo, workflowExtendedInfo } = latest.raw
    const mayWait =
      pendingWorkflowTask ||
      workflowExtendedInfo?.pauseInfo ||
      pinnedBuildOf(workflowExecutionInfo?.versioningInfo)
    if (!mayWait || latest.closeTime) return undefined
    return whyStuck(this.#client, latest).catch(() => undefined)
  }

  async #whyActivitiesWait(latest: WorkflowExecutionDescription): Promise<VodflowError | undefined> {
    return this.#calls.ask(() => whyActivitiesWait(this.#client, latest)).catch(() => undefined)
  }

  /** Returns undefined if the client may not describe queues. */
  async #stoppedFor(latest: WorkflowExecutionDescription): Promise<SubmitQueue | undefined> {
    return this.#calls.ask(() => stoppedFor(this.#client, latest)).catch(() => undefined)
  }

  /**
   * Yields the progress of the first step each time it changes, until the run has ended. It waits for a worker and for Temporal.
   *
   * @example for await (const { percent } of run.watch()) bar.update(percent)
   */
  async *watch(options: WatchOptions = {}): AsyncGenerator<RunProgress, void, undefined> {
    const { interval = 1_000, signal } = valid(watchOptions, options)
    const stop = new AbortController()
    const abort = () => stop.abort(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    let ended = false
    const stopWaiting = () => {
      ended = true
    }
    const end = this.result({ signal: stop.signal }).then(stopWaiting, stopWaiting)
    try {
      for (let last: RunProgress | undefined; ; ) {
        signal?.throwIfAborted()
        const final = ended
        const progress = await this.#progressOrNothing()
        if (progress && !isDeepStrictEqual(progress, last)) yield progress
        last = progress ?? last
        if (final) return
        const pause = sleep(durationIn('interval', interval), undefined, { signal: stop.signal }).catch(
          () => undefined,
        )
        await Promise.race([pause, end])
      }
    } finally {
      signal?.removeEventListener('abort', abort)
      stop.abort()
    }
  }

  /**
   * Asks the run to stop, and does not wait for its end, which takes a worker and up to two minutes. `result()` then throws a
   * RunCanceledError, whose `canceled` lists the tasks that were stopped and those that VOD, which has started them, finishes and bills.
   * A run that has ended does not change. A workflow of yours handles the cancellation in its own code.
   *
   * @throws RunNotFoundError if Temporal has no such run
   */
  async cancel(): Promise<void> {
    await this.#unlessEnded((handle) => handle.cancel())
  }

  /**
   * Asks the run to stop waiting. It ends as `detached` within seconds, or within two minutes while its submit is pending. VOD continues its
   * tasks and bills them. A run that has ended does not change, nor does a step that is being canceled.
   *
   * @param key - the key of the only step to detach. Default: all steps of the run.
   * @throws RunNotFoundError if Temporal has no such run
   */
  async detach(key?: string): Promise<void> {
    // A signal cannot name a chain: without the execution's own id, a rerun would get it.
    const latest = await this.#calls.ask(() => this.#describeLatest())
    if (!latest) return this.#requireKnown()
    const handle = this.#client.workflow.getHandle(this.workflowId, latest.runId)
    await this.#unlessEnded(() => handle.signal(detachSignal, ...(key === undefined ? [] : [key])))
  }

  /** Throws if no run has this workflow id. A run of another chain may have it by now. */
  async #requireKnown(): Promise<void> {
    try {
      await this.#calls.ask(() => executionsIn(this.#client).getHandle(this.workflowId).describe())
    } catch (error) {
      throw this.#explained(error)
    }
  }

  /** Does nothing if the run has ended. Temporal gives the same error for a run that has ended and for one that never existed. */
  async #unlessEnded(ask: (handle: WorkflowHandle) => Promise<unknown>): Promise<void> {
    const handle = this.#client.workflow.getHandle(this.workflowId, undefined, {
      firstExecutionRunId: this.chain,
    })
    try {
      await this.#calls.ask(() => ask(handle))
    } catch (error) {
      if (error instanceof WorkflowNotFoundError && (await this.#calls.ask(() => this.#describeLatest())))
        return
      throw this.#explained(error)
    }
  }

  async #progressOrNothing(): Promise<RunProgress | undefined> {
    try {
      return await this.progress()
    } catch (error) {
      if (error instanceof RunNotFoundError || error instanceof ClosedError) throw error
      if (error instanceof VodflowError) return undefined
      throw error
    }
  }

  /** Returns the latest execution of this chain, or undefined if the latest one of this id is of another chain or there is none. */
  async #describeLatest(): Promise<WorkflowExecutionDescription | undefined> {
    try {
      const latest = await executionsIn(this.#client).getHandle(this.workflowId).describe()
      return chainOf(latest) === this.chain ? latest : undefined
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined
      throw error
    }
  }

  async #query<A>(query: string): Promise<A | undefined> {
    const latest = await this.#latest()
    try {
      return await this.#calls.ask(() => queryWorker<A>(this.#client, latest, query))
    } catch (error) {
      throw this.#explained(error)
    }
  }

  /** Returns the latest execution, for queries. A query cannot name a chain: without the execution's id, a rerun would answer it. */
  async #latest(): Promise<WorkflowExecutionDescription> {
    try {
      const latest = await this.#calls.ask(() => this.#describeLatest())
      if (latest) return latest
    } catch (error) {
      throw this.#explained(error)
    }
    throw new RunNotFoundError(this.workflowId)
  }

  #explained(error: unknown): unknown {
    if (error instanceof WorkflowNotFoundError) return new RunNotFoundError(this.workflowId, error)
    if (error instanceof ValueError)
      return new UnreadableError(this.workflowId, withoutEncoding(error.message), { cause: error })
    return error
  }
}

/** Returns the id of the first execution of a run's chain. */
export function chainOf(run: WorkflowExecutionDescription): string {
  return run.raw.workflowExecutionInfo?.firstRunId || run.runId
}

function problemOf(
  problem: VodflowError,
  { raw }: WorkflowExecutionDescription,
): Pick<RunDescription, 'problem' | 'problemSince'> {
  const { originalScheduledTime, scheduledTime } = raw.pendingWorkflowTask ?? {}
  const since = optionalTsToDate(originalScheduledTime ?? scheduledTime)
  return { problem, ...(since ? { problemSince: since } : {}) }
}
