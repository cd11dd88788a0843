import { createHash } from 'node:crypto'
import type { Client, ScheduleHandle, ScheduleSpec, WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  type BatchInput,
  type BatchReport,
  batchType,
  type ItemStatus,
  itemId,
  planIds,
} from '../contract/batch.js'
import { canonicalJson } from '../contract/canonicalJson.js'
import { InvalidInputError } from '../contract/errors.js'
import { batchWorkOf, type ItemWork } from '../contract/itemWork.js'
import { type ParsedBatch, parseBatch } from '../contract/parse/batch.js'
import { workflowQueue } from '../contract/queues.js'
import { memoFields } from '../contract/runNames.js'
import { saidSummary } from '../contract/summary.js'
import { cut } from '../contract/text.js'
import { valid } from '../contract/valid.js'
import { executionsIn, memoField, problemOfMemo, Unreadable } from '../temporal/executions.js'
import type { Execution } from '../temporal/executionsOf.js'
import { outcomeOfRun } from '../temporal/outcomeOfRun.js'
import { runOfItem } from '../temporal/runOfItem.js'
import { searchAttributesOf } from '../temporal/searchAttributes.js'
import { BatchHandle, noBatch } from './batch.js'
import type { Calls } from './calls.js'
import { rerunFailedOptions, scheduleBatchOptions, startBatchOptions } from './checks.js'
import { describeIfThere, latestExecution, readStart } from './earlierRun.js'
import { RequestMismatchError, RunStillOpenError, UnreadableError } from './errors.js'
import { once } from './once.js'
import { checkReason } from './plan.js'
import type { PollerCheck } from './pollers.js'
import { chainOf } from './run.js'

/** The request of a batch. Its workflow id names it. */
export type BatchRequest = BatchInput

/** Options of {@link BatchClient.start}. */
export interface StartBatchOptions {
  /** Names the batch. 1 to 120 bytes. */
  readonly workflowId: string
  /** `false` starts the batch even if no worker is available. Default `true`. */
  readonly requireWorker?: boolean | undefined
  /** Aborts the call, but not a batch that it has started. */
  readonly signal?: AbortSignal | undefined
}

/** Options of {@link BatchClient.schedule}. */
export interface ScheduleBatchOptions {
  /** Names the Temporal Schedule, and with the time of each start its batches. 1 to 90 bytes. */
  readonly scheduleId: string
  /** The spec of the Temporal Schedule: `{ intervals: [{ every: '1 day' }] }`, `{ cronExpressions: ['0 3 * * *'] }`, ... */
  readonly spec: ScheduleSpec
}

/** Options of {@link BatchClient.rerunFailed}. */
export interface RerunFailedOptions {
  /** The reason for the rerun, which is billed again. 1 to 500 characters. */
  readonly reason: string
  /**
   * The statuses of the items to run. Default `failed`, `aborted` and `refused`: a task may exist for an item that ended `unknown`,
   * `detached` or `canceled`, and a part of a `partial` item is billed already.
   */
  readonly statuses?: readonly Exclude<ItemStatus, 'succeeded'>[] | undefined
}

/** Settings of the client that batches use. */
interface BatchSettings {
  readonly account: string
  readonly pollers: PollerCheck
}

/** Starts and finds batches, each of which runs one procedure on many media files. */
export class BatchClient {
  readonly #calls: Calls
  readonly #client: Client
  readonly #account: string
  readonly #pollers: PollerCheck

  /** @internal Use `vodflow.batches`. */
  constructor(calls: Calls, { account, pollers }: BatchSettings) {
    this.#calls = calls
    this.#client = calls.client
    this.#account = account
    this.#pollers = pollers
  }

  /**
   * Starts a batch, or attaches to the one that has this id, running or ended, so that two calls make one batch. The runs of its items
   * have the ids `<workflowId>/<FileId>`.
   *
   * @throws InvalidInputError if a field is invalid; nothing was sent
   * @throws NoWorkerError if no worker is available (a batch that has ended needs none); nothing was started
   * @throws RequestMismatchError if the id belongs to a batch with another request, or to another workflow
   */
  async start(request: BatchRequest, options: StartBatchOptions): Promise<BatchHandle> {
    const { workflowId, requireWorker = true, signal } = valid(startBatchOptions, options)
    const input = this.#inputOf(request)
    checkId(workflowId)
    return this.#calls.ask(
      () =>
        once(this.#client, workflowId, {
          requireWorkers: async () => {
            if (requireWorker) await this.#pollers.requireWorkers(input.account)
          },
          start: async () => {
            await this.#start(workflowId, input)
            return this.#batch(workflowId)
          },
          attach: async (earlier) => {
            await this.#refuseOther(earlier, input)
            return this.#batch(workflowId)
          },
        }),
      signal,
    )
  }

  /** Returns what {@link start} would start, skip and cost. It starts nothing, and reads every media file once. */
  async plan(request: BatchRequest): Promise<BatchReport> {
    const input = { ...this.#inputOf(request), dryRun: true }
    const workflowId = `${planIds}${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`
    await this.#calls.ask(async () => {
      await this.#pollers.requireWorkers(input.account)
      await this.#start(workflowId, input)
    })
    return this.#batch(workflowId).result()
  }

  /** Returns a handle to a batch that was started earlier. If there is no such batch, the methods of the handle throw. */
  attach(workflowId: string): BatchHandle {
    return this.#batch(workflowId)
  }

  /**
   * Runs the items that failed again, in a new batch named `<workflowId>/rerun-<n>`. VOD makes new tasks for these items, and
   * bills them. If the run of an item has been retried since, the result of the retry counts. After a rerun, the next call runs the items
   * that failed in that rerun. A report holds the first 2,000 failures. If there were more, start the same batch under a new id: it skips
   * items that are done. A batch that has the id of a rerun but not its request or its items is left out, and so is its number.
   *
   * @param options.statuses - the statuses of the items to run. Default `failed`, `aborted` and `refused`.
   * @param options.reason - 1 to 500 characters; kept in the memo.
   * @throws RunStillOpenError while the batch, an earlier rerun of it, or the run of such an item is running
   * @throws NoWorkerError if no worker is available
   * @throws InvalidInputError if no item has one of the statuses, or the id is longer than 110 bytes
   */
  async rerunFailed(workflowId: string, options: RerunFailedOptions): Promise<BatchHandle> {
    const { reason, statuses = ['failed', 'aborted', 'refused'] } = valid(rerunFailedOptions, options)
    checkReason(reason)
    checkId(workflowId, 'workflowId', longestId - rerunSuffix)
    const earlier = await this.#calls.ask(() => latestExecution(this.#client, workflowId))
    if (earlier.type !== batchType) throw noBatch()
    if (earlier.status.name === 'RUNNING') throw new RunStillOpenError(workflowId)
    const request = await this.#calls.ask(() => requestOf(this.#client, earlier))
    const { ids, last, next } = await this.#calls.ask(() => this.#rerunsOf(workflowId, request))
    const { failures } = await this.#batch(last).result()
    const wanted = failures
      .filter(({ status }) => (statuses as readonly ItemStatus[]).includes(status))
      .map(({ FileId }) => FileId)
    const FileIds = await this.#stillSo(wanted, { ids, request, statuses })
    if (FileIds.length === 0) {
      const has = wanted.length > 0 ? 'still has' : 'ended with'
      const problem = `no item of "${last}" ${has} the status ${statuses.join(' or ')}`
      const remedy = 'pass other statuses, or start a batch for other media'
      throw new InvalidInputError([{ field: 'workflowId', problem, remedy }])
    }
    const input = { ...this.#inputOf({ ...request, source: { FileIds } }), dryRun: false }
    await this.#calls.ask(() => this.#pollers.requireWorkers(input.account))
    await this.#calls
      .ask(() => this.#start(next, input, reason))
      .catch((error) => {
        // Another caller has started it in the meantime.
        throw error instanceof WorkflowExecutionAlreadyStartedError ? new RunStillOpenError(next) : error
      })
    return this.#batch(next)
  }

  /**
   * Starts a batch repeatedly, with a Temporal Schedule: e.g. every night for the files that `SearchMedia` finds, which include uploads
   * whose events were lost. A batch that is due while the previous one is running is skipped.
   *
   * @throws InvalidInputError if a field is invalid
   * @throws ScheduleAlreadyRunning of Temporal if there is a schedule with this id
   */
  async schedule(request: BatchRequest, options: ScheduleBatchOptions): Promise<ScheduleHandle> {
    const { scheduleId, spec } = valid(scheduleBatchOptions, options)
    const input = this.#inputOf(request)
    // Temporal appends the time of each start to the id.
    checkId(scheduleId, 'scheduleId', longestId - scheduledSuffix)
    const start = await this.#calls.ask(() => optionsOf(this.#client, input))
    return this.#calls.ask(() =>
      this.#client.schedule.create({
        scheduleId,
        spec,
        action: {
          type: 'startWorkflow',
          ...start,
          workflowType: batchType,
          workflowId: scheduleId,
        },
        policies: { overlap: 'SKIP' },
      }),
    )
  }

  /**
   * Returns the items that still have the status of the report. An operator may have retried or rerun the run of an item since.
   *
   * @param chain.ids - the ids of the batch and its reruns.
   * @throws RunStillOpenError while one of the runs is running
   * @throws UnreadableError if the input of a run cannot be read
   */
  async #stillSo(wanted: readonly string[], chain: Chain): Promise<string[]> {
    const left: string[] = []
    for (let from = 0; from < wanted.length; from += readsAtOnce) {
      const some = wanted.slice(from, from + readsAtOnce)
      const stay = await this.#calls.ask(() =>
        Promise.all(some.map((FileId) => this.#isStillSo(FileId, chain))),
      )
      left.push(...some.filter((_, index) => stay[index]))
    }
    return left
  }

  async #isStillSo(FileId: string, { ids, request, statuses }: Chain): Promise<boolean> {
    const work = { ...batchWorkOf(request), FileId }
    const ends = await Promise.all(ids.map((id) => this.#endOf(itemId(id, FileId), work)))
    const last = ends.at(-1)
    return !ends.includes('succeeded') && (last === undefined || statuses.includes(last))
  }

  /** Returns the status of the run of an item, if it may differ from the report. */
  async #endOf(workflowId: string, work: ItemWork): Promise<ItemStatus | undefined> {
    const run = await runOfItem(this.#client, workflowId, work)
    if (run === undefined || run === 'other') return undefined
    if (run instanceof Unreadable) throw new UnreadableError(workflowId, run.problem)
    const { status } = await this.#afterItsLastWord(run)
    switch (status.name) {
      case 'RUNNING':
        throw new RunStillOpenError(workflowId)
      case 'COMPLETED':
      case 'FAILED':
        return (await outcomeOfRun(this.#client, run))?.status
      default:
        return 'canceled'
    }
  }

  /** Waits for a run to end. The run of an item signals its result to the batch a moment before it ends. */
  async #afterItsLastWord(run: Execution): Promise<Execution> {
    const { workflowId, runId } = run
    const handle = executionsIn(this.#client).getHandle(workflowId, runId)
    let now = run
    for (let left = lastWordMs; left > 0 && now.status.name === 'RUNNING'; left -= pollMs) {
      await new Promise((resolve) => setTimeout(resolve, pollMs))
      now = await handle.describe()
    }
    return now
  }

  /**
   * Returns the ids of a batch and its reruns, the latest of these, and the id of the next rerun.
   *
   * @throws RunStillOpenError while a rerun is running
   */
  async #rerunsOf(workflowId: string, request: BatchRequest) {
    let last = workflowId
    const ids = [workflowId]
    for (let number = 1; ; number++) {
      const next = `${workflowId}/rerun-${number}`
      const rerun = await describeIfThere(this.#client, next)
      if (!rerun) return { ids, last, next }
      if (!(await this.#isRerun(rerun, { of: last, request }))) continue
      if (rerun.status.name === 'RUNNING') throw new RunStillOpenError(next)
      ids.push(next)
      last = next
    }
  }

  /** Anyone with access to the namespace can start a batch under the id of a rerun. A rerun has items that failed before. */
  async #isRerun(
    rerun: WorkflowExecutionDescription,
    { of, request }: { readonly of: string; readonly request: BatchRequest },
  ): Promise<boolean> {
    if (rerun.type !== batchType) return false
    const { source, ...was } = await requestOf(this.#client, rerun)
    const { source: _, ...is } = { ...request, dryRun: false }
    if (!('FileIds' in source) || canonicalJson(was) !== canonicalJson(is)) return false
    const { failures } = await this.#batch(of).result()
    const failed = new Set(failures.map(({ FileId }) => FileId))
    return source.FileIds.every((FileId) => failed.has(FileId))
  }

  async #refuseOther(earlier: WorkflowExecutionDescription, input: ParsedBatch): Promise<void> {
    const { workflowId, type } = earlier
    const shown = (value: unknown) => (value === undefined ? 'not set' : cut(canonicalJson(value), 100))
    if (type !== batchType)
      throw new RequestMismatchError(workflowId, [
        { field: 'workflowType', was: shown(type), is: shown(batchType) },
      ])
    const was: Readonly<Record<string, unknown>> = {
      ...remembered(await requestOf(this.#client, earlier)),
    }
    const is: Readonly<Record<string, unknown>> = { ...remembered(input) }
    const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort()
    const different = fields.filter(
      (field) => canonicalJson(was[field] ?? null) !== canonicalJson(is[field] ?? null),
    )
    if (different.length === 0) return
    throw new RequestMismatchError(
      workflowId,
      different.map((field) => ({ field, was: shown(was[field]), is: shown(is[field]) })),
    )
  }

  #inputOf(request: BatchRequest) {
    return parseBatch({ account: this.#account, ...request })
  }

  async #start(workflowId: string, input: ParsedBatch, reason?: string) {
    const { memo, ...options } = await optionsOf(this.#client, input)
    return this.#client.workflow.start(batchType, {
      ...options,
      memo: { ...memo, ...(reason === undefined ? {} : { [memoFields.reason]: reason }) },
      workflowId,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    })
  }

  #batch(workflowId: string): BatchHandle {
    return new BatchHandle(workflowId, this.#calls)
  }
}

/** A batch with its reruns, and the statuses that a rerun looks for. */
interface Chain {
  readonly ids: readonly string[]
  readonly request: BatchRequest
  readonly statuses: readonly ItemStatus[]
}

/** Time that the run of an item may take to end after it has signaled its result, and the interval of the checks, ms. */
const lastWordMs = 3_000
const pollMs = 100

/** Number of items that a rerun checks in parallel. */
const readsAtOnce = 20

async function optionsOf(client: Client, input: ParsedBatch) {
  return {
    typedSearchAttributes: await searchAttributesOf(client, input),
    taskQueue: workflowQueue,
    args: [input] as const,
    memo: { [memoFields.batch]: remembered(input) },
    staticSummary: saidSummary(`${input.ProcedureName} on a library`),
  }
}

/** Returns the request for the memo. It holds a hash of the list of files instead of the list, so that the memo stays small. */
function remembered(input: ParsedBatch) {
  const { source } = input
  if (!('FileIds' in source)) return input
  const sha256 = createHash('sha256').update(JSON.stringify(source.FileIds)).digest('hex')
  return { ...input, source: { items: source.FileIds.length, sha256 } }
}

/**
 * Returns the request of a batch from the first execution of its chain, because a batch continues as new without its list, and anyone who
 * starts a batch can give it a memo that says something else. After the retention period, the memo is what is left.
 *
 * @throws UnreadableError if the input cannot be read, or is not that of a batch
 */
async function requestOf(client: Client, batch: WorkflowExecutionDescription): Promise<ParsedBatch> {
  const { workflowId, memo } = batch
  const start = await readStart(client, { workflowId, runId: chainOf(batch) })
  const given = start === undefined ? memoField(memo, memoFields.batch) : start.args[0]
  if (given === undefined) throw new UnreadableError(workflowId, problemOfMemo(memo) ?? 'its memo is missing')
  try {
    return start === undefined ? (given as ParsedBatch) : parseBatch(given)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new UnreadableError(workflowId, `its input is not that of a batch: ${problem}`)
  }
}

/** Limit in bytes. The id is a part of each item's id, which must fit into VOD's SessionContext. */
const longestId = 120
/** Bytes for `/rerun-99`. */
const rerunSuffix = 10
/** Bytes for `-2026-11-23T00:00:00Z`. */
const scheduledSuffix = 30

function checkId(id: string, field = 'workflowId', longest = longestId): void {
  const bytes = Buffer.byteLength(id)
  if (bytes >= 1 && bytes <= longest) return
  throw new InvalidInputError([{ field, problem: `has ${bytes} bytes`, remedy: `use 1 to ${longest}` }])
}
