import {
  type Client,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client'
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common'
import {
  type BatchControl,
  type BatchProgress,
  type BatchReport,
  batchProgressQuery,
  batchType,
  controlUpdate,
} from '../contract/batch.js'
import { InvalidInputError, problemsAmong } from '../contract/errors.js'
import { valid } from '../contract/valid.js'
import { askWorker, queryWorker } from './askWorker.js'
import type { Calls } from './calls.js'
import { resultOptions } from './checks.js'
import { latestExecution } from './earlierRun.js'
import { RunNotFoundError } from './errors.js'
import { batchErrorOf } from './failures.js'
import type { ResultOptions } from './run.js'

/** A handle to one batch. It holds no connection of its own. */
export class BatchHandle {
  readonly #calls: Calls

  /** @internal Use `vodflow.batches`. */
  constructor(
    /** Workflow id of the batch. */
    readonly workflowId: string,
    calls: Calls,
  ) {
    this.#calls = calls
  }

  /**
   * Returns the progress of the batch. It is undefined until the first activity of the batch has answered.
   *
   * @throws RunNotFoundError if there is no such batch
   * @throws InvalidInputError if the id is not that of a batch
   * @throws NoWorkerError, NoAnswerError, WorkflowTaskFailingError if its worker does not answer
   */
  async progress(): Promise<BatchProgress | undefined> {
    const { client } = this.#calls
    const progress = await this.#calls.ask(() => queryWorker<BatchProgress>(client, this, batchProgressQuery))
    if (progress === undefined) await this.#described()
    return progress
  }

  /**
   * Waits until the batch has ended, for weeks if necessary. A lost connection or a restart of Temporal only delays it.
   *
   * @throws RunCanceledError, RunTerminatedError, RunFailedError if the batch ended without a report
   * @throws RunNotFoundError if there is no such batch
   * @throws InvalidInputError if the id is not that of a batch
   */
  async result(options: ResultOptions = {}): Promise<BatchReport> {
    const { signal } = valid(resultOptions, options)
    await this.#described()
    const handle = this.#calls.client.workflow.getHandle(this.workflowId)
    try {
      return (await this.#calls.wait(() => handle.result(), signal)) as BatchReport
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw batchErrorOf(this.workflowId, error)
      throw error instanceof WorkflowNotFoundError ? new RunNotFoundError(this.workflowId, error) : error
    }
  }

  /** Starts no more items until {@link resume}; items that run continue. @throws InvalidInputError if the batch has ended */
  pause(): Promise<BatchProgress> {
    return this.#control({ paused: true })
  }

  /** Continues after {@link pause}. @throws InvalidInputError if the batch has ended */
  resume(): Promise<BatchProgress> {
    return this.#control({ paused: false })
  }

  /** Sets the number of items that run in parallel, 1 to 2,000. @throws InvalidInputError if the batch has ended */
  setWindow(window: number): Promise<BatchProgress> {
    return this.#control({ window })
  }

  /**
   * Starts no more items. The batch ends when the items that run have ended.
   *
   * @param reason - 1 to 500 characters.
   * @throws InvalidInputError if the batch has ended
   */
  stop(reason: string): Promise<BatchProgress> {
    return this.#control({ stop: reason })
  }

  /** Updates the batch. The answer is an event of the history, so it contains only the last 10 failures. */
  async #control(control: BatchControl): Promise<BatchProgress> {
    try {
      return await this.#asking((handle) =>
        handle
          .executeUpdate<BatchProgress, [BatchControl]>(controlUpdate, { args: [control] })
          .catch((error) => {
            const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined
            const problems = problemsAmong(cause instanceof ApplicationFailure ? cause.details : undefined)
            throw problems.length > 0 ? new InvalidInputError(problems) : error
          }),
      )
    } catch (error) {
      // Temporal gives the same error for a workflow that has ended.
      if (error instanceof RunNotFoundError) await this.#refuseEnded()
      throw error
    }
  }

  /** @throws InvalidInputError if there is such a workflow: it is not a batch, or it has ended */
  async #refuseEnded(): Promise<void> {
    const { status } = await this.#described()
    const problem = `the batch "${this.workflowId}" has ended (${status.name})`
    const remedy = 'start it under another id, or rerun the items that failed'
    throw new InvalidInputError([{ field: 'workflowId', problem, remedy }])
  }

  /** @throws InvalidInputError if it is not a batch */
  async #described(): Promise<WorkflowExecutionDescription> {
    const described = await this.#calls.ask(() => latestExecution(this.#calls.client, this.workflowId))
    if (described.type !== batchType) throw noBatch()
    return described
  }

  #asking<T>(ask: (handle: ReturnType<Client['workflow']['getHandle']>) => Promise<T>): Promise<T> {
    const { client } = this.#calls
    return this.#calls.ask(() =>
      askWorker(client, this, () => ask(client.workflow.getHandle(this.workflowId))),
    )
  }
}

/** Returns the error for a workflow id that is not that of a batch. */
export function noBatch(): InvalidInputError {
  const remedy = 'pass the id of a batch; see `vodflow list --type processBatch`'
  return new InvalidInputError([{ field: 'workflowId', problem: 'is not the id of a batch', remedy }])
}
