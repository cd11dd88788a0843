import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import {
  type Workflow,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowResultType,
} from '@temporalio/common'
import { asyncDispose } from '../base/asyncDispose.js'
import { InvalidInputError } from '../contract/errors.js'
import type { DecideOptions, GateDecision, GateView } from '../contract/gates.js'
import { adoptInput } from '../contract/inputs.js'
import type { Outcome } from '../contract/outcome.js'
import { withoutDefaults } from '../contract/parse/step.js'
import { workflowQueue } from '../contract/queues.js'
import { adoptType, memoFields, runType, stepTypes } from '../contract/runNames.js'
import { valid } from '../contract/valid.js'
import { searchAttributesOf } from '../temporal/searchAttributes.js'
import { type AdoptOptions, type AdoptRequest, adoptIdOf, requireSameAccount } from './adopt.js'
import { BatchClient } from './batches.js'
import { Calls } from './calls.js'
import {
  adoptOptions,
  decideOptions,
  listOptions,
  processOptions,
  retryOptions,
  startOptions,
} from './checks.js'
import type { ConnectedClient } from './connection.js'
import { latestExecution, requireNewKey, requireSame, requireType } from './earlierRun.js'
import { RunStillOpenError } from './errors.js'
import { decide, gatesOf } from './gates.js'
import { type ListOptions, listRuns, type RunSummary } from './list.js'
import { once } from './once.js'
import {
  checkReason,
  checkWorkflowId,
  detailsOf,
  type Plan,
  type ProcessOptions,
  type ProcessRequest,
  planOf,
  type RerunOptions,
  summaryOf,
  summaryOfTask,
} from './plan.js'
import { createPollerCheck, type PollerCheck } from './pollers.js'
import { resetToStart } from './reset.js'
import { chainOf, type RunAddress, RunHandle } from './run.js'
import { plannedStart, requireSameStart, type StartOptions } from './start.js'
import { twinOf, warnOfTwin } from './twin.js'

/** Settings of the client. */
interface VodflowSettings extends ConnectedClient {
  readonly account: string
  readonly answerTimeoutMs: number
}

/** Starts and finds runs. `connect` creates it; one per process is enough. */
export class Vodflow {
  /** The underlying Temporal client, for calls that vodflow does not have. */
  readonly client: Client
  /** Starts and finds batches, each of which runs one procedure on many media files. */
  readonly batches: BatchClient
  readonly #calls: Calls
  readonly #settings: VodflowSettings
  readonly #pollers: PollerCheck

  /** @internal Use `connect`. */
  constructor(settings: VodflowSettings) {
    this.client = settings.client
    this.#settings = settings
    this.#calls = new Calls(settings)
    this.#pollers = createPollerCheck(settings.client, settings)
    this.batches = new BatchClient(this.#calls, { account: settings.account, pollers: this.#pollers })
  }

  /**
   * Starts a task flow on a media file, or attaches to the run that does or has done this work, so that the same call by any process
   * makes one run. It also attaches to a run that has failed; to start another one, use {@link rerun}.
   *
   * An idempotencyKey names the work instead of the media and the procedure: all calls with one key make one run, and VOD makes one task
   * for it within 7 days, even if another cluster calls. After a {@link rerun} of its workflow id, you attach to the rerun, even if that
   * has another key.
   *
   * A request without SubAppId means the account's default application, but counts as another request than one with its number. Pass
   * SubAppId in every call or in none. If a run of the other kind is found, Node emits a warning with the code `VODFLOW_TWO_RUNS`.
   *
   * @param request - the fields of ProcessMediaByProcedure, without SessionId, which vodflow sets.
   * @throws InvalidInputError if a field is invalid; nothing was sent
   * @throws NoWorkerError if no worker is available (a run that has ended needs none); nothing was started
   * @throws RequestMismatchError if the id belongs to a run with another request
   * @throws TemporalUnreachableError if Temporal does not answer within 15 s. The run may have been started anyway: call again to attach
   *   to it.
   */
  async process(request: ProcessRequest, options: ProcessOptions = {}): Promise<RunHandle> {
    const plan = this.#plan(request, options)
    return this.#calls.ask(async () => {
      // The twin is for a warning only, so it must not delay a start or make it fail.
      const twin = twinOf(this.client, plan).catch(() => undefined)
      return once(this.client, plan.workflowId, {
        requireWorkers: async () => {
          if (options.requireWorker ?? true) await this.#pollers.requireWorkers(plan.account)
        },
        start: async () => {
          const run = await this.#start(plan, 'REJECT_DUPLICATE')
          warnOfTwin(plan.workflowId, await twin)
          return run
        },
        attach: async (earlier) => {
          await requireSame(this.client, earlier, plan.input)
          return this.#runOf(earlier)
        },
      })
    }, options.signal)
  }

  /**
   * Starts a workflow of yours once, or attaches to the run that has this id, running or ended. VOD then bills its steps once. A start after
   * the end returns the run that has ended, also if it failed. To run the work again, pass another id: its steps make new tasks, which are
   * billed. Temporal forgets an id when the retention period of the namespace has passed after the end of the run.
   *
   * The arguments of a second start must be the same, as the data converter of this client writes them. Pass no value that differs from call
   * to call, such as a signed URL; or catch the RequestMismatchError, and use {@link attach}.
   *
   * @param workflow - the workflow function, or its name with its type: `start<typeof publish>('publish', ...)`.
   * @throws InvalidInputError if an option is invalid, misspelled or set by vodflow, or the data converter cannot write an argument; nothing was sent
   * @throws NoWorkerError if no worker polls the task queue (a run that has ended needs none); nothing was started
   * @throws RequestMismatchError if the id belongs to a run of another workflow or with other arguments
   * @throws UnreadableError if the run that has the id was started with another data converter than the one of this client
   * @throws TemporalUnreachableError as {@link process} does
   */
  async start<T extends Workflow>(
    workflow: string | T,
    options: StartOptions<T>,
  ): Promise<RunHandle<WorkflowResultType<T>>> {
    valid(startOptions, options)
    const planned = plannedStart(this.client, workflow, options, options.args)
    const { workflowId, type, taskQueue } = planned
    const { requireWorker = true, signal } = options
    return this.#calls.ask(
      () =>
        once<RunHandle<WorkflowResultType<T>>>(this.client, workflowId, {
          requireWorkers: async () => {
            if (requireWorker) await this.#pollers.requireWorkerOn(taskQueue)
          },
          start: async () => {
            const { firstExecutionRunId: chain } = await this.client.workflow.start<Workflow>(
              workflow,
              planned.options,
            )
            return this.#run({ workflowId, type, chain, runId: chain, attached: false })
          },
          attach: async (earlier) => {
            await requireSameStart(this.client, earlier, planned)
            return this.#runOf(earlier)
          },
        }),
      signal,
    )
  }

  /**
   * Runs the request again, after the earlier run has ended. VOD makes new tasks, and bills them. With an idempotencyKey, VOD makes new
   * tasks only for a new key, so pass one that no earlier run of the workflow id had. This is checked against all runs within the
   * retention period of the namespace. VOD remembers a key for 7 days.
   *
   * @param options.reason - 1 to 500 characters; kept with the run, in memo and details.
   * @throws RunStillOpenError if the earlier run has not ended
   * @throws UnreadableError if a key is passed and the input of an earlier run cannot be read
   * @throws TemporalUnreachableError also if a key is passed and Temporal's listing lags by more than 5 s; nothing was started
   * @throws InvalidInputError also if an earlier run of the workflow id had this idempotencyKey; nothing was started
   * @throws InvalidInputError, NoWorkerError, TemporalUnreachableError as {@link process} does; but if Temporal did not answer within
   *   15 s, first check with {@link attach} whether the run was started
   */
  async rerun(request: ProcessRequest, options: RerunOptions): Promise<RunHandle> {
    const plan = this.#plan(request, { ...options, reason: options?.reason ?? '' })
    return this.#calls.ask(async () => {
      await requireNewKey(this.client, plan.workflowId, plan.input)
      if (options.requireWorker ?? true) await this.#pollers.requireWorkers(plan.account)
      try {
        return await this.#start(plan, 'ALLOW_DUPLICATE')
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
        throw new RunStillOpenError(plan.workflowId)
      }
    }, options.signal)
  }

  /**
   * Lets a run begin anew: the same chain, key and attempt, so that VOD answers with the tasks that it made before, and
   * cannot be made to pay twice. For a run that failed or is `unknown` though its task went well, or that somebody
   * terminated: it waits for the same tasks; for new ones see {@link rerun}. Also for a run that VOD refused, once the cause is fixed: it
   * makes its first task.
   *
   * @param options - `reason`, 1 to 500 characters, which Temporal keeps with the reset.
   * @throws RunNotFoundError if there is no such run
   * @throws InvalidInputError without a reason, or for a workflow that is not vodflow's; nothing was done
   */
  async retry(workflowId: string, options: { readonly reason: string }): Promise<RunHandle> {
    const { reason } = valid(retryOptions, options)
    checkReason(reason)
    return this.#calls.ask(async () => {
      const earlier = await latestExecution(this.client, workflowId)
      checkType(earlier)
      const runId = await resetToStart(this.client, earlier, reason)
      return this.#run({ workflowId, type: earlier.type, chain: chainOf(earlier), runId, attached: true })
    })
  }

  /**
   * Waits for a task that the console, an upload with a Procedure, another system or a terminated run has started. It submits nothing. No
   * event can reach the run, so it reads the task every few seconds to minutes. A second call attaches to the run while it is running.
   *
   * @throws InvalidInputError if a field is invalid; nothing was sent
   * @throws RequestMismatchError if a run waits for the task in another account
   * @throws NoWorkerError, TemporalUnreachableError as {@link process} does
   */
  async adopt(task: AdoptRequest, options: AdoptOptions = {}): Promise<RunHandle> {
    const { account = this.#settings.account, delays, signal } = valid(adoptOptions, options)
    const input = withoutDefaults(valid(adoptInput, { ...task, account, delays }))
    const workflowId = options.workflowId ?? adoptIdOf(input)
    checkWorkflowId('workflowId', workflowId)
    return this.#calls.ask(async () => {
      if (options.requireWorker ?? true) await this.#pollers.requireWorkers(account)
      try {
        const { firstExecutionRunId: chain } = await this.client.workflow.start(adoptType, {
          workflowId,
          taskQueue: workflowQueue,
          args: [input],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          typedSearchAttributes: await searchAttributesOf(this.client, task),
          staticSummary: summaryOfTask(task.TaskId),
        })
        return this.#run({ workflowId, type: adoptType, chain, runId: chain, attached: false })
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
        const earlier = await latestExecution(this.client, workflowId)
        requireType(earlier, adoptType)
        await requireSameAccount(this.client, earlier, input)
        return this.#runOf(earlier)
      }
    }, signal)
  }

  /**
   * Returns a handle to a run that was started earlier, by any process. If several runs had the id, it is a handle to the latest one. The
   * run may be a workflow of yours.
   *
   * @typeParam T - the result of the workflow, e.g. `attach<Outcome>(...)` for a run of one step. Only an outcome is checked.
   * @throws RunNotFoundError if there is no such run
   */
  async attach<T = unknown>(workflowId: string): Promise<RunHandle<T>> {
    return this.#calls.ask(async () => this.#runOf<T>(await latestExecution(this.client, workflowId)))
  }

  /**
   * Returns every review gate that a run has reached. Rejects with the error of `result()` if the run ended without reaching one. A run
   * that completed without one returns an empty list.
   *
   * @throws RunMediaError, RunCanceledError, RunTerminatedError, RunFailedError as above
   * @throws RunNotFoundError if there is no such run
   * @throws NoWorkerError, NoAnswerError, WorkflowTaskFailingError if its worker does not answer
   */
  async gates(workflowId: string): Promise<readonly GateView[]> {
    const gates = await this.#calls.ask(() => gatesOf(this.client, { workflowId }))
    if (gates.length > 0) return gates
    const latest = await this.#calls.ask(() => latestExecution(this.client, workflowId))
    if (latest.closeTime !== undefined) await this.#runOf(latest).result()
    return gates
  }

  /**
   * Decides at a review gate, on behalf of a person. The first decision stands. If the same person repeats it, the call returns it, even
   * after the run has ended and without a worker.
   *
   * @throws DecisionRefusedError if the decision was refused, with the decision that stands, if any
   * @throws NoWorkerError, NoAnswerError if the worker of the run does not answer within 15 s; it may take the decision later
   * @throws WorkflowTaskFailingError if the code of the workflow throws
   */
  async decide(workflowId: string, decision: DecideOptions): Promise<GateDecision> {
    const given = valid(decideOptions, decision)
    return this.#calls.ask(() => decide(this.client, workflowId, given))
  }

  /**
   * Lists runs of this namespace, the latest first. A new run is listed about a second after its start.
   *
   * @throws InvalidInputError for a condition that needs a search attribute that the namespace does not have
   */
  list(options: ListOptions = {}): AsyncIterable<RunSummary> {
    return this.#calls.each(listRuns(this.client, valid(listOptions, options)))
  }

  /** Closes the connection. Pending calls throw a ClosedError. Runs continue. */
  async close(): Promise<void> {
    this.#calls.close()
    await this.#settings.close()
  }

  /** Calls {@link close}: `await using vodflow = await connect()`. */
  [asyncDispose](): Promise<void> {
    return this.close()
  }

  #plan(request: ProcessRequest, options: ProcessOptions & { readonly reason?: string }): Plan {
    const account = options.account ?? this.#settings.account
    return planOf(request, { ...valid(processOptions, options), account }, this.client.options.namespace)
  }

  /**
   * Uses the conflict policy FAIL. With USE_EXISTING, Temporal would hide whether it started a run or attached to one, but after an attach
   * the requests must be compared. FAIL costs one more call if a run exists.
   */
  async #start(plan: Plan, reuse: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE'): Promise<RunHandle> {
    const { workflowId, input, reason } = plan
    const { request, account, key, idempotencyKey } = input
    const staticDetails = detailsOf(input, reason)
    const handle = await this.client.workflow.start(runType, {
      workflowId,
      taskQueue: workflowQueue,
      args: [input],
      workflowIdReusePolicy: reuse,
      workflowIdConflictPolicy: 'FAIL',
      memo: {
        [memoFields.request]: {
          request,
          account,
          key,
          idempotencyKey,
        },
        ...(reason === undefined ? {} : { [memoFields.reason]: reason }),
      },
      typedSearchAttributes: await searchAttributesOf(this.client, request),
      staticSummary: summaryOf(input),
      ...(staticDetails === undefined ? {} : { staticDetails }),
    })
    const chain = handle.firstExecutionRunId
    return this.#run({ workflowId, type: runType, chain, runId: chain, attached: false })
  }

  #runOf<T = Outcome>(run: WorkflowExecutionDescription): RunHandle<T> {
    const { workflowId, type, runId } = run
    return this.#run<T>({ workflowId, type, chain: chainOf(run), runId, attached: true })
  }

  #run<T = Outcome>(which: RunAddress): RunHandle<T> {
    return new RunHandle<T>(this.#calls, which)
  }
}

/** Refuses workflows that are not vodflow's. A reset runs all of their activities again, and only their owner knows if that does harm. */
function checkType({ type }: WorkflowExecutionDescription): void {
  if (stepTypes.includes(type)) return
  const problem = `names a workflow of type "${type}", which is not a run of vodflow`
  const remedy =
    'reset it with temporal workflow reset --type FirstWorkflowTask: its steps find the tasks that they made, and its other activities run again'
  throw new InvalidInputError([{ field: 'workflowId', problem, remedy }])
}
