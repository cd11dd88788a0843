import { setMaxListeners } from 'node:events'
import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { InvalidInputError } from '../contract/errors.js'
import type { Decide, GateDecision, GateView } from '../contract/gates.js'
import { adoptInput } from '../contract/inputs.js'
import type { Outcome } from '../contract/outcome.js'
import { withoutDefaults } from '../contract/parse/step.js'
import { workflowQueue } from '../contract/queues.js'
import { adoptType, memoFields, runType, stepTypes } from '../contract/runNames.js'
import { valid } from '../contract/valid.js'
import { searchAttributesOf } from '../temporal/searchAttributes.js'
import { type AdoptOptions, type AdoptRequest, adoptIdOf, requireSameAccount } from './adopt.js'
import { Batches } from './batches.js'
import type { Connected } from './connection.js'
import { describeRun, requireNewKey, requireSame, requireType } from './earlierRun.js'
import { ClosedError, NoWorkerError, RunNotFoundError, RunStillOpenError } from './errors.js'
import { explain } from './errorsOfTemporal.js'
import { decide, gatesOf } from './gates.js'
import { type ListOptions, listRuns, type RunSummary } from './list.js'
import {
  checkReason,
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
import { chainOf, Run, type RunAddress } from './run.js'
import { twinOf, warnOfTwin } from './twin.js'

/** What every call here needs. */
interface Settings extends Connected {
  readonly account: string
  readonly answerTimeoutMs: number
}

/** Starts runs and finds them again. Made by `connect`; one for a process is enough. */
export class Vodflow {
  /** The Temporal client underneath, for what is not here. */
  readonly client: Client
  /** Batches: a whole library through one procedure. */
  readonly batches: Batches
  readonly #settings: Settings
  readonly #pollers: PollerCheck
  readonly #closed = new AbortController()

  /** Use `connect`. */
  constructor(settings: Settings) {
    this.client = settings.client
    // Every result that is waited for listens.
    setMaxListeners(0, this.#closed.signal)
    this.#settings = settings
    this.#pollers = createPollerCheck(settings.client, settings)
    this.batches = new Batches({
      client: settings.client,
      account: settings.account,
      requireWorkers: (account) => this.#pollers.requireWorkers(account),
      closed: this.#closed.signal,
      asking: (ask) => this.#asking(undefined, ask),
      explained: (error) => this.#explained(error),
    })
  }

  /**
   * Starts a task flow on a media file, or attaches to the run that does so already or has done it: asking twice
   * makes one run, whoever asks. A run that has failed is attached to as well; for another one see
   * {@link rerun}. An idempotencyKey names the work instead of the media and the procedure: asking twice with one key makes one run,
   * and VOD makes one task for it within 7 days, also where another cluster asks. After a {@link rerun} of its workflow id, you attach to the
   * rerun, whatever key that has.
   *
   * A request without SubAppId means the account's default application, and is another one than with its number: give it in every
   * call or in none. Where a run of the other kind is found, Node emits a warning with the code `VODFLOW_TWO_RUNS`.
   *
   * @param request - ProcessMediaByProcedure's own fields, without SessionId, which is ours.
   * @throws InvalidInputError when a field is out of its limits; nothing was sent
   * @throws NoWorkerError when no worker would do the work (a run that has ended needs none); nothing was started
   * @throws RequestMismatchError when the id belongs to a run of another request
   * @throws TemporalUnreachableError when Temporal does not answer within 15 s. The run may have been started all
   *   the same: ask again, and you attach to it.
   */
  async process(request: ProcessRequest, options: ProcessOptions = {}): Promise<Run> {
    const plan = this.#plan(request, options)
    return this.#asking(options.signal, async () => {
      // For a warning only: it must not hold up or fail a start.
      const twin = twinOf(this.client, plan).catch(() => undefined)
      try {
        if (options.requireWorker ?? true) await this.#pollers.requireWorkers(plan.account)
        const run = await this.#start(plan, 'REJECT_DUPLICATE')
        warnOfTwin(plan.workflowId, await twin)
        return run
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) {
          return this.#attachTo(plan, await describeRun(this.client, plan.workflowId))
        }
        if (error instanceof NoWorkerError) return this.#attachIfEnded(plan, error)
        throw error
      }
    })
  }

  /**
   * Does it again: VOD makes new tasks, and bills them. Only after the earlier run has ended. With an idempotencyKey VOD makes them
   * once for that key: give another one than any earlier run of the workflow id had. All runs that Temporal still has are looked at, which
   * is those of the namespace's retention; VOD knows a key for 7 days.
   *
   * @param options.reason - why, 1 to 500 characters; kept with the run, in memo and details.
   * @throws RunStillOpenError when the earlier run goes on
   * @throws UnreadableError when nothing tells what an earlier run was started with, and a key is given
   * @throws TemporalUnreachableError also when a key is given and Temporal's listing lags by more than 5 s; nothing was started
   * @throws InvalidInputError also when an earlier run of the workflow id had this idempotencyKey; nothing was started
   * @throws InvalidInputError, NoWorkerError, TemporalUnreachableError as {@link process} does; but after no answer within
   *   15 s look first whether the run was started, with {@link attach}
   */
  async rerun(request: ProcessRequest, options: RerunOptions): Promise<Run> {
    const plan = this.#plan(request, { ...options, reason: options?.reason ?? '' })
    return this.#asking(options?.signal, async () => {
      await requireNewKey(this.client, plan.workflowId, plan.input)
      if (options.requireWorker ?? true) await this.#pollers.requireWorkers(plan.account)
      try {
        return await this.#start(plan, 'ALLOW_DUPLICATE')
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
        throw new RunStillOpenError(plan.workflowId)
      }
    })
  }

  /**
   * Lets a run begin anew: the same chain, key and attempt, so that VOD answers with the tasks that it made before, and
   * cannot be made to pay twice. For a run that failed or is `unknown` though its task went well, or that somebody
   * terminated: it waits for the same tasks; for new ones see {@link rerun}. Also for a run that VOD refused, once the cause is fixed: it
   * makes its first task.
   *
   * @param options - `reason` says why, 1 to 500 characters; Temporal keeps it with the reset.
   * @throws RunNotFoundError when there is none
   * @throws InvalidInputError without a reason, or for a workflow that is not vodflow's; nothing was done
   */
  async retry(workflowId: string, { reason }: { readonly reason: string }): Promise<Run> {
    checkReason(reason)
    return this.#asking(undefined, async () => {
      const earlier = await describeRun(this.client, workflowId)
      checkType(earlier)
      const runId = await resetToStart(this.client, earlier, reason)
      return this.#run({ workflowId, type: earlier.type, chain: chainOf(earlier), runId, attached: true })
    })
  }

  /**
   * Takes over a task that the console, an upload with a Procedure, another system or a terminated run has started:
   * submits nothing, waits for its end. No event can reach it, so it is read every few seconds to minutes. Asking
   * again attaches to the run while it goes on.
   *
   * @throws InvalidInputError when a field is out of its limits; nothing was sent
   * @throws RequestMismatchError when a run waits for it in another account
   * @throws NoWorkerError, TemporalUnreachableError as {@link process} does
   */
  async adopt(task: AdoptRequest, options: AdoptOptions = {}): Promise<Run> {
    const { account = this.#settings.account, delays, signal } = options
    const input = withoutDefaults(valid(adoptInput, { ...task, account, delays }))
    const workflowId = options.workflowId ?? adoptIdOf(input)
    return this.#asking(signal, async () => {
      if (options.requireWorker ?? true) await this.#pollers.requireWorkers(account)
      try {
        const { firstExecutionRunId: chain } = await this.client.workflow.start(adoptType, {
          workflowId,
          taskQueue: workflowQueue,
          args: [input],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          typedSearchAttributes: await searchAttributesOf(this.client, { SubAppId: task.SubAppId }),
          staticSummary: summaryOfTask(task.TaskId),
        })
        return this.#run({ workflowId, type: adoptType, chain, runId: chain, attached: false })
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
        const earlier = await describeRun(this.client, workflowId)
        requireType(earlier, adoptType)
        await requireSameAccount(this.client, earlier, input)
        return this.#runOf(earlier)
      }
    })
  }

  /**
   * A handle to a run that was started earlier, here or elsewhere; of several with one id, to the latest. It may be a workflow of
   * yours.
   *
   * @typeParam T - what its workflow returns, e.g. `attach<Outcome>(...)` for a run of one step. It is not checked.
   * @throws RunNotFoundError when there is none
   */
  async attach<T = unknown>(workflowId: string): Promise<Run<T>> {
    return this.#asking(undefined, async () => this.#runOf<T>(await describeRun(this.client, workflowId)))
  }

  /**
   * Every review gate that a run has reached.
   *
   * @throws RunNotFoundError when there is no such run
   * @throws NoWorkerError, NoAnswerError, WorkflowTaskFailingError when its worker does not answer
   */
  async gates(workflowId: string): Promise<readonly GateView[]> {
    return this.#asking(undefined, () => gatesOf(this.client, { workflowId }))
  }

  /**
   * Decides at a review gate, for a person. The first decision stands; the same person saying the same again gets it as the answer,
   * also after the run has ended, for as long as its worker answers.
   *
   * @throws DecisionRefusedError when it was not taken, with the decision that stands, if any
   * @throws NoWorkerError, NoAnswerError when the worker of the run does not answer within 15 s; it may take the decision later
   * @throws WorkflowTaskFailingError when the code of the workflow throws
   */
  async decide(workflowId: string, decision: Decide): Promise<GateDecision> {
    return this.#asking(undefined, () => decide(this.client, workflowId, decision))
  }

  /**
   * Runs of this namespace, the latest first; a start is listed after a second or so.
   *
   * @throws InvalidInputError for a condition that needs a search attribute which the namespace does not have
   */
  list(options: ListOptions = {}): AsyncIterable<RunSummary> {
    return listRuns(this.client, options)
  }

  /** Lets go of the connection: whoever waits here gets a ClosedError. Runs go on. */
  async close(): Promise<void> {
    this.#closed.abort(new ClosedError())
    await this.#settings.close()
  }

  #plan(request: ProcessRequest, options: ProcessOptions & { readonly reason?: string }): Plan {
    const account = options.account ?? this.#settings.account
    return planOf(request, { ...options, account }, this.client.options.namespace)
  }

  /**
   * REJECT_DUPLICATE with USE_EXISTING is what `process` means, but Temporal would then hide whether it started
   * or attached, and we have to compare the requests. FAIL says so at the price of one call where nothing was
   * there before.
   */
  async #start(plan: Plan, reuse: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE'): Promise<Run> {
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

  async #attachTo({ input }: Plan, earlier: WorkflowExecutionDescription): Promise<Run> {
    await requireSame(this.client, earlier, input)
    return this.#runOf(earlier)
  }

  /** What has been done needs no worker any more. */
  async #attachIfEnded(plan: Plan, noWorker: NoWorkerError): Promise<Run> {
    const earlier = await describeRun(this.client, plan.workflowId).catch((error) => {
      throw error instanceof RunNotFoundError ? noWorker : error
    })
    if (earlier.status.name === 'RUNNING') throw noWorker
    return this.#attachTo(plan, earlier)
  }

  #runOf<T = Outcome>(run: WorkflowExecutionDescription): Run<T> {
    const { workflowId, type, runId } = run
    return this.#run<T>({ workflowId, type, chain: chainOf(run), runId, attached: true })
  }

  #run<T = Outcome>(which: Pick<RunAddress, 'workflowId' | 'type' | 'chain' | 'runId' | 'attached'>): Run<T> {
    const { address, answerTimeoutMs } = this.#settings
    return new Run<T>(this.client, { ...which, address, answerTimeoutMs, closed: this.#closed.signal })
  }

  async #asking<T>(signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
    this.#closed.signal.throwIfAborted()
    signal?.throwIfAborted()
    const { answerTimeoutMs } = this.#settings
    const bounded = () => this.client.withDeadline(Date.now() + answerTimeoutMs, ask)
    try {
      return await (signal ? this.client.withAbortSignal(signal, bounded) : bounded())
    } catch (error) {
      signal?.throwIfAborted()
      throw this.#explained(error)
    }
  }

  #explained(error: unknown): unknown {
    const { namespace } = this.client.options
    return explain(error, { address: this.#settings.address, namespace })
  }
}

/** A reset runs every activity of that workflow again: only its owner knows whether that does harm. */
function checkType({ type }: WorkflowExecutionDescription): void {
  if (stepTypes.includes(type)) return
  const problem = `names a workflow of type "${type}", which is not a run of vodflow`
  const remedy =
    'reset it with temporal workflow reset --type FirstWorkflowTask: its steps find the tasks that they made, and its other activities run again'
  throw new InvalidInputError([{ field: 'workflowId', problem, remedy }])
}
