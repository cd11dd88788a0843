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
import { outcomeOfFailure } from '../contract/mediaFailure.js'
import type { Outcome } from '../contract/outcome.js'
import {
  detachSignal,
  outcomeQuery,
  type Progress,
  progressQuery,
  type RunView,
  type StepProgress,
  stepsQuery,
  viewQuery,
} from '../contract/progress.js'
import { stepTypes } from '../contract/runNames.js'
import { executionsIn } from '../temporal/executions.js'
import { pinnedBuildOf } from '../temporal/routing.js'
import { type SubmitQueue, stoppedFor } from '../temporal/submits.js'
import { withoutEncoding } from '../temporal/unopened.js'
import { queryWorker, whyActivitiesWait, whyStuck } from './askWorker.js'
import { endedHow } from './endedHow.js'
import { ClosedError, RunNotFoundError, UnreadableError, VodflowError } from './errors.js'
import { explain } from './errorsOfTemporal.js'
import { type FailingActivity, failingActivities } from './failingActivities.js'
import { runErrorOf } from './failures.js'
import { longPoll } from './longPoll.js'
import { overdueSinceOf } from './overdue.js'
import { whyActivityPaused } from './paused.js'

/** Which run, and how it was come by. */
export interface RunAddress {
  readonly workflowId: string
  /** Workflow type. */
  readonly type: string
  /** First run of the chain: it stays the same through reset, retry and continue-as-new. */
  readonly chain: string
  /** The execution whose end is awaited; later ones of the chain are followed. */
  readonly runId: string
  readonly attached: boolean
  /** `host:port` of Temporal, for messages. */
  readonly address: string
  /** How long Temporal may take to answer one question, ms. */
  readonly answerTimeoutMs: number
  /** Aborted when the client is closed. */
  readonly closed: AbortSignal
}

/** How often progress is asked for. */
export interface WatchOptions {
  /** How often progress is asked for, ms. Each question makes the worker answer a query. Default 1,000. */
  readonly intervalMs?: number
  /** Ends the watching, not the run. */
  readonly signal?: AbortSignal
}

/** What can be seen of a run in one look. */
export interface RunLook extends RunView {
  /** Child workflows that have not ended: their steps and gates are their own. */
  readonly children: readonly { readonly workflowId: string; readonly type: string }[]
  /** Activities, yours too, that failed and that Temporal tries again; absent where there are none. */
  readonly failing?: readonly FailingActivity[]
  /** The task queue in which a submit of it waits because an operator has stopped it: see `vodflow submits`. */
  readonly stopped?: SubmitQueue
  /** Since when VOD no longer returns the tasks that it waits for. */
  readonly overdueSince?: Date
  /** Why the run cannot continue, e.g. a NoWorkerError, or why its steps and gates are not known. */
  readonly problem?: VodflowError
  /** Since when its workflow task waits, where it has one and there is a problem. */
  readonly problemSince?: Date
}

/**
 * One run: a handle that costs nothing to keep. The run does not need it.
 *
 * @typeParam T - what its workflow returns: an {@link Outcome} of a run of one step, anything of a workflow of yours. It is not checked.
 */
export class Run<T = Outcome> {
  readonly workflowId: string
  /** Workflow type, e.g. `processMediaByProcedure`, or a workflow of yours. */
  readonly type: string
  /** Temporal's id of the first execution; VOD's deduplication hangs on it. */
  readonly chain: string
  /** `true` when the run was there already, running or finished; `false` when this call started it. */
  readonly attached: boolean
  readonly #client: Client
  readonly #runId: string
  readonly #address: string
  readonly #answerTimeoutMs: number
  readonly #closed: AbortSignal

  /** Made by `process`, `rerun`, `retry`, `adopt` and `attach`. */
  constructor(
    client: Client,
    { workflowId, type, chain, runId, attached, address, answerTimeoutMs, closed }: RunAddress,
  ) {
    this.workflowId = workflowId
    this.type = type
    this.chain = chain
    this.attached = attached
    this.#client = client
    this.#runId = runId
    this.#address = address
    this.#answerTimeoutMs = answerTimeoutMs
    this.#closed = closed
  }

  /**
   * Waits for the end, for days if need be: a lost connection or a restart of Temporal only delays it. It holds
   * one long poll; who waits for thousands of runs at once rather polls `list`.
   *
   * Of a run of one step it is the whole outcome, also where the run has failed because its media did not succeed.
   *
   * @param options.signal - ends the waiting, not the run.
   * @throws RefusedError when VOD refused the request
   * @throws RunMediaError when a workflow of yours failed because the media of a step did not succeed
   * @throws NoWorkerError, NoAnswerError when the outcome of a failed run is over 16 KiB, and no worker answers with the rest of it
   * @throws RunCancelledError, RunTerminatedError, RunFailedError when it ended otherwise
   * @throws RunNotFoundError when Temporal has forgotten it
   */
  async result(options: { readonly signal?: AbortSignal } = {}): Promise<T> {
    const stops = options.signal ? [this.#closed, options.signal] : [this.#closed]
    let runId = this.#runId
    for (;;) {
      const handle = this.#client.workflow.getHandle(this.workflowId, runId)
      try {
        return (await longPoll(this.#client, stops, () => handle.result())) as T
      } catch (error) {
        if (!(error instanceof WorkflowFailedError)) throw this.#explained(error)
        const outcome = stepTypes.includes(this.type) ? outcomeOfFailure(error.cause) : undefined
        if (outcome) return (await this.#whole(outcome)) as T
        runId = await this.#replacementAfter(error, stops)
      }
    }
  }

  async #whole(outcome: Outcome): Promise<Outcome> {
    return outcome.truncated ? ((await this.#query<Outcome>(outcomeQuery)) ?? outcome) : outcome
  }

  /** The execution that a reset has put in the place of the one that it terminated. @throws RunError when the run itself has ended */
  async #replacementAfter(failed: WorkflowFailedError, stops: readonly AbortSignal[]): Promise<string> {
    const latest = await longPoll(this.#client, stops, () => this.#describeLatest())
    if (failed.cause instanceof TerminatedFailure && latest && latest.status.name !== 'TERMINATED')
      return latest.runId
    const how = await this.#bounded(() => endedHow(this.#client, failed, latest))
    throw runErrorOf(this, failed, how)
  }

  /**
   * Where it is: of a workflow with several steps, where the first one is; see {@link steps}. Needs a worker, also after the end.
   *
   * @throws NoWorkerError when no worker polls the task queue of the run
   * @throws NoAnswerError when a worker polls it and does not answer within 15 s
   * @throws WorkflowTaskFailingError when the code of the workflow throws
   * @throws RunPausedError when someone has paused the run
   * @throws RunNotFoundError when Temporal has forgotten it
   */
  async progress(): Promise<Progress> {
    const progress = await this.#query<Progress>(progressQuery)
    return progress ?? { phase: 'submitting', attempt: 1, percent: 0, tasks: [], nets: {} }
  }

  /**
   * Where each of its steps is, in the order in which they started. Needs a worker, also after the end.
   *
   * @throws as {@link progress} does
   */
  async steps(): Promise<readonly StepProgress[]> {
    return (await this.#query<readonly StepProgress[]>(stepsQuery)) ?? []
  }

  /**
   * Its steps, review gates and child workflows, in one question to its worker. A worker that does not answer is no error here:
   * `problem` says why the steps and gates are not known.
   *
   * @throws RunNotFoundError when Temporal has forgotten it
   */
  async look(): Promise<RunLook> {
    const latest = await this.#latest()
    const children = latest.raw.pendingChildren?.map(({ workflowId, workflowTypeName }) => ({
      workflowId: workflowId ?? '',
      type: workflowTypeName ?? '',
    }))
    const failing = await failingActivities(this.#client, latest)
    const overdueSince = overdueSinceOf(latest)
    const unseen = {
      steps: [],
      gates: [],
      children: children ?? [],
      ...(failing.length > 0 ? { failing } : {}),
      ...(overdueSince ? { overdueSince } : {}),
    }
    const paused = whyActivityPaused(latest)
    try {
      const stuck = await this.#bounded(() => this.#whyStuck(latest))
      if (stuck) return { ...unseen, ...problemOf(stuck, latest) }
      const [view, stopped, waits] = await Promise.all([
        this.#bounded(() => queryWorker<RunView>(this.#client, latest, viewQuery)),
        this.#stoppedFor(latest),
        this.#whyActivitiesWait(latest),
      ])
      const problem = paused ?? waits
      return { ...unseen, ...view, ...(stopped ? { stopped } : {}), ...(problem ? { problem } : {}) }
    } catch (error) {
      const problem = this.#explained(error)
      if (problem instanceof VodflowError) return { ...unseen, ...problemOf(paused ?? problem, latest) }
      throw problem
    }
  }

  /** A query of such a run would wait for an answer that cannot come. Who may not ask so much asks the query. */
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
    return this.#bounded(() => whyActivitiesWait(this.#client, latest)).catch(() => undefined)
  }

  /** A client that may not describe queues sees the run without it. */
  async #stoppedFor(latest: WorkflowExecutionDescription): Promise<SubmitQueue | undefined> {
    return this.#bounded(() => stoppedFor(this.#client, latest)).catch(() => undefined)
  }

  /**
   * Progress of the first step each time it changes, until the run has ended. Moments without a worker or without Temporal are
   * passed over.
   *
   * @example for await (const { percent } of run.watch()) bar.update(percent)
   */
  async *watch(options: WatchOptions = {}): AsyncGenerator<Progress, void, undefined> {
    const { intervalMs = 1_000, signal } = options
    const stop = new AbortController()
    const abort = () => stop.abort(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    let ended = false
    const end = this.result({ signal: stop.signal }).then(
      () => {
        ended = true
      },
      () => {
        ended = true
      },
    )
    try {
      for (let last: Progress | undefined; ; ) {
        signal?.throwIfAborted()
        const final = ended
        const progress = await this.#progressOrNothing()
        if (progress && !isDeepStrictEqual(progress, last)) yield progress
        last = progress ?? last
        if (final) return
        const pause = sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => undefined)
        await Promise.race([pause, end])
      }
    } finally {
      signal?.removeEventListener('abort', abort)
      stop.abort()
    }
  }

  /**
   * Asks the run to stop. VOD can abort only tasks that it has not begun; the run ends within about a minute
   * and then `result()` throws a RunCancelledError that says what was stopped and what goes on, billed. A run that
   * has ended stays as it is. A workflow of yours ends as its own code handles the cancellation.
   *
   * @throws RunNotFoundError when Temporal has no such run
   */
  async cancel(): Promise<void> {
    await this.#unlessEnded((handle) => handle.cancel())
  }

  /**
   * Asks the run to stop waiting: it ends `detached`, within seconds, and VOD goes on with its tasks and bills them.
   * A run that has ended stays as it is, and so does a step that is being canceled.
   *
   * @param key - only the step with this key, in a workflow of several. Default: all of its steps.
   * @throws RunNotFoundError when Temporal has no such run
   */
  async detach(key?: string): Promise<void> {
    // A signal knows no chain: without the execution's own id a rerun would take it.
    const latest = await this.#bounded(() => this.#describeLatest())
    if (!latest) return this.#requireKnown()
    const handle = this.#client.workflow.getHandle(this.workflowId, latest.runId)
    await this.#unlessEnded(() => handle.signal(detachSignal, ...(key === undefined ? [] : [key])))
  }

  /** A run of another chain has this id now, or none. */
  async #requireKnown(): Promise<void> {
    try {
      await this.#bounded(() => executionsIn(this.#client).getHandle(this.workflowId).describe())
    } catch (error) {
      throw this.#explained(error)
    }
  }

  /** Temporal answers the same for "never heard of" and "has ended". */
  async #unlessEnded(ask: (handle: WorkflowHandle) => Promise<unknown>): Promise<void> {
    const handle = this.#client.workflow.getHandle(this.workflowId, undefined, {
      firstExecutionRunId: this.chain,
    })
    try {
      await this.#bounded(() => ask(handle))
    } catch (error) {
      if (error instanceof WorkflowNotFoundError && (await this.#bounded(() => this.#describeLatest())))
        return
      throw this.#explained(error)
    }
  }

  async #progressOrNothing(): Promise<Progress | undefined> {
    try {
      return await this.progress()
    } catch (error) {
      if (error instanceof RunNotFoundError || error instanceof ClosedError) throw error
      if (error instanceof VodflowError) return undefined
      throw error
    }
  }

  /** The latest execution of this chain; undefined when Temporal has none, or only one of another chain. */
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
      return await this.#bounded(() => queryWorker<A>(this.#client, latest, query))
    } catch (error) {
      throw this.#explained(error)
    }
  }

  /** A query knows no chain: without the execution's own id it would be answered by a rerun. */
  async #latest(): Promise<WorkflowExecutionDescription> {
    try {
      const latest = await this.#bounded(() => this.#describeLatest())
      if (latest) return latest
    } catch (error) {
      throw this.#explained(error)
    }
    throw new RunNotFoundError(this.workflowId)
  }

  async #bounded<T>(ask: () => Promise<T>): Promise<T> {
    this.#closed.throwIfAborted()
    return this.#client.withDeadline(Date.now() + this.#answerTimeoutMs, ask)
  }

  #explained(error: unknown): unknown {
    if (error instanceof WorkflowNotFoundError) return new RunNotFoundError(this.workflowId, error)
    if (error instanceof ValueError)
      return new UnreadableError(this.workflowId, withoutEncoding(error.message), { cause: error })
    return explain(error, { address: this.#address, namespace: this.#client.options.namespace })
  }
}

/** First execution of the chain that an execution belongs to. */
export function chainOf(run: WorkflowExecutionDescription): string {
  return run.raw.workflowExecutionInfo?.firstRunId || run.runId
}

function problemOf(
  problem: VodflowError,
  { raw }: WorkflowExecutionDescription,
): Pick<RunLook, 'problem' | 'problemSince'> {
  const { originalScheduledTime, scheduledTime } = raw.pendingWorkflowTask ?? {}
  const since = optionalTsToDate(originalScheduledTime ?? scheduledTime)
  return { problem, ...(since ? { problemSince: since } : {}) }
}
