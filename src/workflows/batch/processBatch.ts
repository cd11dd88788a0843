import {
  condition,
  defineQuery,
  defineUpdate,
  log,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import type { BatchActivities } from '../../contract/activities.js'
import {
  type BatchControl,
  type BatchInput,
  type BatchProgress,
  type BatchReport,
  type BatchRunInput,
  type BatchState,
  batchDefaults,
  batchProgressQuery,
  controlUpdate,
} from '../../contract/batch.js'
import type { StartResults, StartRuns } from '../../contract/batchActivities.js'
import { passing } from '../../contract/check.js'
import { batchControl, batchInput, batchState, continuedBatchInput } from '../../contract/inputs.js'
import { itemEndedSignal } from '../../contract/itemEnded.js'
import { batchWorkOf } from '../../contract/itemWork.js'
import { queueFor } from '../../contract/queues.js'
import { idsRead, openedTemplate } from '../../contract/results.js'
import { maxBatchIdBytes } from '../../contract/runNames.js'
import { utf8Length } from '../../contract/text.js'
import { minute } from '../../contract/time.js'
import { withDefaults } from '../../contract/valid.js'
import { refuse, requireValid } from '../refuse.js'
import { continueOnCurrentBuild } from '../run/continueOnCurrentBuild.js'
import { requireInbox } from '../run/inbox.js'
import { isContinued, isRetried } from '../run/isContinued.js'
import { handleSignal } from '../run/signals.js'
import { parsedResult, requireResult, uncheckedActivities } from '../unchecked.js'
import { callAgain, failureOf } from './failure.js'
import { LiveBatch } from './liveBatch.js'
import { reportOf } from './report.js'
import { asEnds, asStartResults } from './results.js'
import {
  begin,
  effectiveWindow,
  positionOf,
  room,
  runningOf,
  silentItems,
  stopReason,
  withRead,
  withSaid,
} from './state.js'

/**
 * Half of the 4,096 events at which Temporal suggests to continue as new. A worker that takes over a run replays all of it within the
 * 10 seconds of a workflow task. An event takes 0.1 to 0.5 ms on a quiet machine, and several times that on a busy one (measured).
 */
const maxEvents = 2_000

/** The largest number of ids in one DescribeMediaInfos. */
const partSize = 20
/** The number of ids that are read ahead, so that starts never wait for reads. */
const readAhead = 200

/** The time of a beat. The batch checks runs that were silent for a whole beat, because a terminated run cannot report its end. */
const beatMs = 15 * minute

/** The share of the window that must be free before a part is started, so that one call to VOD covers several items. */
const freeShare = 0.1
const maxChecked = 100

const control = defineUpdate<BatchProgress, [BatchControl]>(controlUpdate)
const progress = defineQuery<BatchProgress | undefined>(batchProgressQuery)

/**
 * Processes a media library. It starts a run of `processMediaByProcedure` for each media file of a list, a file or a search, and limits the
 * number of concurrent runs to a window. Each item has one run, even after retries, resets and crashes. The history stays short, even for a
 * million items. If the batch is canceled, it starts nothing more, and its runs continue.
 *
 * @returns the counts, and the first 2,000 failures.
 * @throws ApplicationFailure of type `InvalidInput` if the input is refused: before anything is started, or when a later page of its ids
 *   cannot be read. Or of type `BatchFailed` if an activity fails for good.
 */
export async function processBatch(given: BatchRunInput): Promise<BatchReport> {
  requireInbox('processBatch')
  requireValidBatch(given)
  const batch = new LiveBatch(withDefaults(given, batchDefaults), given.state)
  handleMessages(batch)
  try {
    if (!batch.isOpen) await open(batch, given)
    // The timer ends when the batch ends or is canceled.
    beat(batch).catch(() => {})
    return await run(batch)
  } catch (error) {
    throw failureOf(error, batch)
  }
}

function handleMessages(batch: LiveBatch): void {
  const itemEnded = (payload: unknown) => batch.itemEnded(payload)
  handleSignal(itemEndedSignal, itemEnded, { description: 'A run of the batch has ended.' })
  setHandler(
    control,
    async ({ window, paused, stop }) => {
      await condition(() => batch.isOpen)
      batch.change({
        ...batch.state,
        ...(window === undefined ? {} : { window }),
        ...(paused === undefined ? {} : { paused }),
        ...(stop === undefined ? {} : { stopped: stop }),
      })
      return briefly(batch.progress())
    },
    {
      validator: (payload) => requireValid(payload, batchControl),
      description: 'Pause, resume, stop, or change the window.',
    },
  )
  setHandler(progress, () => (batch.isOpen ? batch.progress() : undefined))
}

/** Reads the template and the number of files. */
async function open(batch: LiveBatch, given: BatchRunInput): Promise<void> {
  const activities = activitiesOf(given.account)
  const template = await requireResult(
    'openBatch',
    () => callAgain(() => activities.openBatch(given)),
    (opened) => passing(openedTemplate, Object(opened).template),
  )
  batch.change(begin(batch.input, template, Date.now()))
}

/** All waits share this timer. A condition with a time limit would start a billed timer for each run that ends. */
async function beat(batch: LiveBatch): Promise<void> {
  for (;;) {
    await sleep(beatMs, { summary: 'until the next check of silent runs' })
    batch.change({ ...batch.state, beats: batch.state.beats + 1 })
  }
}

/** Reads and starts items until all have ended, the batch is stopped, or its history is long. */
async function run(batch: LiveBatch): Promise<BatchReport> {
  const { input } = batch
  let checked = batch.state.beats
  for (;;) {
    const now = Date.now()
    if (batch.state.beats !== checked) {
      checked = batch.state.beats
      await checkSilent(batch)
    }
    const stopped = stopReason(batch.state, input)
    if (stopped !== undefined && batch.state.stopped === undefined) batch.change({ ...batch.state, stopped })
    const { state } = batch
    if (isLong()) return continueOnCurrentBuild<typeof processBatch>({ ...withoutList(input), state })
    if (readsOn(state)) {
      // Runs may end during the read, so the result is applied to the latest state.
      const page = await readNext(input, state)
      batch.change(withRead(batch.state, page))
      continue
    }
    const FileIds = nextPart(state, input, now)
    if (FileIds.length > 0) {
      await batch.start({ since: now, FileIds }, () => startItems(partOf(batch, FileIds)))
      continue
    }
    if (isOver(state)) return reportOf(state, input)
    await condition(() => batch.state !== state || isLong())
  }
}

/** Finds runs that were terminated, or whose signal was lost. */
async function checkSilent(batch: LiveBatch): Promise<void> {
  const { input, state } = batch
  const silent = silentItems(state)
  if (silent.length === 0) return
  // If there are too many for one check, each check takes others.
  const from = (state.beats * maxChecked) % silent.length
  const FileIds = [...silent.slice(from), ...silent.slice(0, from)].slice(0, maxChecked)
  const { checkRuns } = activitiesOf(input.account)
  const ends = asEnds(await callAgain(() => checkRuns({ FileIds, work: batchWorkOf(input) })), FileIds)
  if (ends.length > 0) log.info('runs of a batch had ended without a report', { count: ends.length })
  batch.change(ends.reduce((now, item) => withSaid(now, item, { at: Date.now(), input }), batch.state))
}

function partOf({ input, state }: LiveBatch, FileIds: readonly string[]): StartRuns {
  const { template, startedAt: since } = state
  return { input: withoutList(input), template, FileIds, position: positionOf(state), since }
}

/** Without a result, every item may have been started. The check of silent runs then finds its end, or that it has no run. */
async function startItems(part: StartRuns): Promise<StartResults> {
  const { FileIds } = part
  const results = await parsedResult(
    () => callAgain(() => activitiesOf(part.input.account).startRuns(part)),
    (result) => asStartResults(result, FileIds),
  )
  return results ?? { started: FileIds, ended: [], skipped: [], missing: [], repeated: [] }
}

function isLong(): boolean {
  const { historyLength, continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo()
  return historyLength > maxEvents || continueAsNewSuggested || targetWorkerDeploymentVersionChanged
}

function readsOn({ stopped, paused, cursor, waiting, window }: BatchState): boolean {
  if (stopped !== undefined || paused || !cursor) return false
  return waiting.length < Math.min(readAhead, window + partSize)
}

/** Returns the items to start now. There are none while less than {@link freeShare} of the window is free. */
function nextPart(state: BatchState, input: BatchInput, now: number): readonly string[] {
  const window = effectiveWindow(state)
  const worth = Math.min(partSize, Math.ceil(window * freeShare), state.waiting.length)
  if (window - runningOf(state) < worth) return []
  return state.waiting.slice(0, Math.min(partSize, room(state, input, now)))
}

function isOver(state: BatchState): boolean {
  const nothingLeft = state.waiting.length === 0 && !state.cursor
  return runningOf(state) === 0 && (nothingLeft || state.stopped !== undefined)
}

/** Temporal retries a batch that continued as new with the state of its last run, which others may have written. */
const retried = 'is the state of a failed batch, and a batch cannot be retried'
const startAnew = 'start a batch with a new id and without a retry policy; skipDone skips processed media'

/** Checks the input. Only the previous run may set the counts, the budget and the position of a batch. */
function requireValidBatch(given: BatchRunInput): void {
  const { state, ...input } = given ?? {}
  requireValid(input, state === undefined ? batchInput : continuedBatchInput)
  const { workflowId } = workflowInfo()
  if (utf8Length(workflowId) > maxBatchIdBytes)
    throw refuse(
      'workflowId',
      `is longer than ${maxBatchIdBytes} bytes, and it is the prefix of the ids of the batch's runs`,
      'shorten it',
    )
  if (state === undefined) return
  if (isRetried()) throw refuse('state', retried, startAnew)
  if (!isContinued()) throw refuse('state', 'is only for a batch that continues as new', 'leave it out')
  requireValid(state, batchState, 'state')
}

/** Returns progress with the last failures only, because the answer to an update is an event of the history. */
function briefly(progress: BatchProgress): BatchProgress {
  return { ...progress, failures: progress.failures.slice(-10) }
}

function readNext({ source, account = 'default', SubAppId }: BatchInput, { cursor }: BatchState) {
  if ('FileIds' in source || !cursor)
    throw refuse('source', 'is a list, which has no pages', 'pass the whole list')
  const app = { account, ...(SubAppId === undefined ? {} : { SubAppId }) }
  return requireResult(
    'readIds',
    () => callAgain(() => activitiesOf(account).readIds({ ...app, source, cursor })),
    (page) => passing(idsRead, page),
  )
}

/** Removes the list from the input, because the state contains it once the batch has started. */
function withoutList(input: BatchRunInput): BatchInput {
  const { state: _, ...rest } = input
  return 'FileIds' in input.source ? { ...rest, source: { FileIds: [] } } : rest
}

function activitiesOf(account = 'default') {
  return uncheckedActivities<BatchActivities>({
    taskQueue: queueFor(account, 'startRuns'),
    startToCloseTimeout: minute,
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: minute },
    priority: { priorityKey: 4 },
  })
}
