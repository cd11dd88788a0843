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
import { askWorker, queryWorker } from './askWorker.js'
import { describeRun } from './earlierRun.js'
import { RunNotFoundError } from './errors.js'
import { batchErrorOf } from './failures.js'
import { longPoll } from './longPoll.js'

/** What the client lends. */
export interface BatchCalls {
  readonly client: Client
  /** Aborted when the client is closed. */
  readonly closed: AbortSignal
  /** Bounds a call, and says what stands between us and Temporal. */
  readonly asking: <T>(ask: () => Promise<T>) => Promise<T>
  /** Says what stands between us and Temporal. */
  readonly explained: (error: unknown) => unknown
}

/** One batch: a handle that costs nothing to keep. */
export class Batch {
  readonly #calls: BatchCalls

  /** Made by `vodflow.batches`. */
  constructor(
    readonly workflowId: string,
    calls: BatchCalls,
  ) {
    this.#calls = calls
  }

  /**
   * Where it is. Undefined in the moment before its first activity has answered.
   *
   * @throws RunNotFoundError when there is none
   * @throws InvalidInputError when the id names no batch
   * @throws NoWorkerError, NoAnswerError, WorkflowTaskFailingError when its worker does not answer
   */
  async progress(): Promise<BatchProgress | undefined> {
    const { client, asking } = this.#calls
    const progress = await asking(() => queryWorker<BatchProgress>(client, this, batchProgressQuery))
    if (progress === undefined) await this.#described()
    return progress
  }

  /**
   * Waits for its end, for weeks if need be: a lost connection or a restart of Temporal only delays it.
   *
   * @param options - `signal` ends the waiting, not the batch.
   * @throws RunCancelledError, RunTerminatedError, RunFailedError when it ended without a report
   * @throws RunNotFoundError when there is none
   * @throws InvalidInputError when the id names no batch
   */
  async result({ signal }: { readonly signal?: AbortSignal } = {}): Promise<BatchReport> {
    const { client, closed, explained } = this.#calls
    const stops = signal ? [closed, signal] : [closed]
    await this.#described()
    const handle = client.workflow.getHandle(this.workflowId)
    try {
      return (await longPoll(client, stops, () => handle.result())) as BatchReport
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw batchErrorOf(this.workflowId, error)
      throw error instanceof WorkflowNotFoundError ? notFound(this.workflowId, error) : explained(error)
    }
  }

  /** Begins nothing more until {@link resume}; what runs goes on. @throws InvalidInputError when it has ended; so do the next three. */
  pause(): Promise<BatchProgress> {
    return this.#control({ paused: true })
  }

  /** Goes on after `pause`. */
  resume(): Promise<BatchProgress> {
    return this.#control({ paused: false })
  }

  /** Runs at once, 1 to 2,000. */
  setWindow(window: number): Promise<BatchProgress> {
    return this.#control({ window })
  }

  /** Begins nothing more; the batch ends when what runs has ended. @param reason - why, 1 to 500 characters. */
  stop(reason: string): Promise<BatchProgress> {
    return this.#control({ stop: reason })
  }

  /** The answer has the last 10 failures only: it is an event of the history. */
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
      // Temporal says the same of a workflow that has ended.
      if (error instanceof RunNotFoundError) await this.#refuseEnded()
      throw error
    }
  }

  /** @throws InvalidInputError when there is such a workflow: no batch, or one that has ended */
  async #refuseEnded(): Promise<void> {
    const { status } = await this.#described()
    const problem = `the batch "${this.workflowId}" has ended (${status.name})`
    const remedy = 'start it under another id, or rerun what failed'
    throw new InvalidInputError([{ field: 'workflowId', problem, remedy }])
  }

  /** @throws InvalidInputError when it is no batch */
  async #described(): Promise<WorkflowExecutionDescription> {
    const { client, asking } = this.#calls
    const described = await asking(() => describeRun(client, this.workflowId))
    if (described.type !== batchType) throw noBatch()
    return described
  }

  #asking<T>(ask: (handle: ReturnType<Client['workflow']['getHandle']>) => Promise<T>): Promise<T> {
    const { client, asking } = this.#calls
    return asking(() => askWorker(client, this, () => ask(client.workflow.getHandle(this.workflowId))))
  }
}

/** The workflow id is that of something else. */
export function noBatch(): InvalidInputError {
  const remedy = 'give the id of one; see `vodflow list --type processBatch`'
  return new InvalidInputError([{ field: 'workflowId', problem: 'names no batch', remedy }])
}

function notFound(workflowId: string, error: unknown): RunNotFoundError {
  return new RunNotFoundError(workflowId, error)
}
