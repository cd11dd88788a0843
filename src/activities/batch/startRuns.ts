import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { type BatchInput, type ItemEnded, itemId } from '../../contract/batch.js'
import type { StartResults, StartRuns } from '../../contract/batchActivities.js'
import { batchWorkOf } from '../../contract/itemWork.js'
import { withoutDefaults } from '../../contract/parse/step.js'
import { workflowQueue } from '../../contract/queues.js'
import { memoFields, runType } from '../../contract/runNames.js'
import type { ReportsToBatch, RunInput } from '../../contract/stepInput.js'
import { saidSummary } from '../../contract/summary.js'
import { memoField, Unreadable } from '../../temporal/executions.js'
import { runOfItem } from '../../temporal/runOfItem.js'
import { searchAttributesOf } from '../../temporal/searchAttributes.js'
import { maxSkewMs } from '../../vod/clockSkew.js'
import { hasOutputs, showsOutputs } from '../../vod/doneOutputs.js'
import type { DescribeMediaInfosAnswer } from '../../vod/responses.js'
import type { ActivityContext } from '../context.js'
import { askAgain, toFailure } from '../failure.js'
import { activityInfo, cancellationSignal, getClient } from '../sdk.js'
import { endOf, itemUnreadable } from './endOf.js'

type Media = Readonly<Record<string, unknown>> & { readonly FileId: string }

/** The waits before the media are read again, in ms: an answer may omit a media file by mistake. */
const waits = [1_000, 3_000, 10_000]

/**
 * Starts a run for each media file that exists and needs processing. The workflow id of a run consists of the id of the batch and the
 * FileId, and Temporal accepts it once, so an item has one run even after retries. An item that an earlier attempt started is reported as
 * started, even if the media file has its outputs by now or was deleted.
 */
export function startRuns({ clientFor }: ActivityContext) {
  return async ({ input, template, FileIds, position, since }: StartRuns): Promise<StartResults> => {
    const { attempt, workflowExecution } = activityInfo()
    const batch = workflowExecution?.workflowId ?? ''
    const { account = 'default', SubAppId, skipDone, dryRun } = input
    try {
      const client = await clientFor(account)
      const request = { FileIds: [...FileIds], SubAppId }
      const signal = cancellationSignal()
      const answer = await client.call('DescribeMediaInfos', request, { signal })
      const items = FileIds.map((FileId) => withOutputs(shownIn(answer, FileId)))
      const wait = waits[attempt - 1]
      if (wait !== undefined && items.some(({ left }) => left === 'unshown'))
        throw askAgain('the answer of VOD omits some of the media files', wait)
      const begins = dryRun || (await isOpen(batch, workflowExecution?.runId))
      if (!begins) return startedIn([])
      const fates = items.map((item) => fateOf(looksDone(item) ? { ...item, left: 'skipped' } : item))
      return startedIn(await Promise.all(fates))
    } catch (error) {
      throw error instanceof ApplicationFailure ? error : toFailure(error, { attempt })
    }

    /** An item with incomplete outputs in the answer may already be processed. */
    function withOutputs(item: ShownItem): ShownItem {
      const isShown = !skipDone || !item.media || showsOutputs(item.media, template.outputs)
      return isShown ? item : { ...item, left: 'unshown' }
    }

    function looksDone({ media }: ShownItem): boolean {
      return Boolean(skipDone && media && hasOutputs(media, template.outputs, template.UpdateTime))
    }

    async function fateOf({ FileId, media, left }: ShownItem): Promise<ItemFate> {
      if (dryRun) return { FileId, fate: inPlan(left) }
      if (left === undefined) return start(FileId)
      const before = media !== undefined && processedAt(media) < since - maxSkewMs
      return (before ? undefined : await earlierFate(FileId)) ?? leftOut(FileId, left)
    }

    async function start(FileId: string): Promise<ItemFate> {
      const run = runFor(input, { FileId, batch })
      const temporal = getClient()
      try {
        await temporal.workflow.start(runType, {
          workflowId: itemId(batch, FileId),
          taskQueue: workflowQueue,
          args: [run],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          memo: {
            [memoFields.request]: { request: run.request, account: run.account },
            [memoFields.position]: position + FileIds.indexOf(FileId),
          },
          typedSearchAttributes: await searchAttributesOf(temporal, run.request),
          staticSummary: saidSummary(`${input.ProcedureName} on ${FileId}`),
        })
        return { FileId, fate: 'started' }
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
        return (await earlierFate(FileId)) ?? { FileId, fate: 'repeated' }
      }
    }

    /** Returns the fate of an item in an earlier attempt or before a reset of the batch, or undefined if the item has no run. */
    async function earlierFate(FileId: string): Promise<ItemFate | undefined> {
      const workflowId = itemId(batch, FileId)
      const run = await runOfItem(getClient(), workflowId, { ...batchWorkOf(input), FileId })
      if (run === undefined) return undefined
      if (run === 'other') return { FileId, fate: 'ended', ended: taken(FileId, workflowId) }
      if (run instanceof Unreadable)
        return { FileId, fate: 'ended', ended: itemUnreadable(FileId, workflowId, run) }
      // An item with an earlier position was already started and counted.
      if (Number(memoField(run.memo, memoFields.position)) < position) return { FileId, fate: 'repeated' }
      const ended = await endOf(getClient(), FileId, run)
      return ended ? { FileId, fate: 'ended', ended } : { FileId, fate: 'started' }
    }
  }
}

/** Returns the input of an item's run. */
function runFor(
  { ProcedureName, SubAppId, TasksPriority, account = 'default', onPartial, callbacks, delays }: BatchInput,
  { FileId, batch }: { readonly FileId: string; readonly batch: string },
): RunInput & ReportsToBatch {
  const request = {
    FileId,
    ProcedureName,
    SubAppId,
    TasksPriority,
  }
  return withoutDefaults({
    request,
    account,
    report: batch,
    onPartial,
    callbacks,
    delays,
  })
}

function startedIn(fates: readonly ItemFate[]): StartResults {
  const of = (wanted: ItemFate['fate']) =>
    fates.filter(({ fate }) => fate === wanted).map(({ FileId }) => FileId)
  return {
    started: of('started'),
    repeated: of('repeated'),
    ended: fates.flatMap((each) => ('ended' in each ? [each.ended] : [])),
    skipped: of('skipped'),
    missing: of('missing'),
  }
}

function shownIn({ MediaInfoSet, NotExistFileIdSet }: DescribeMediaInfosAnswer, FileId: string): ShownItem {
  const media = MediaInfoSet.find((each) => each.FileId === FileId)
  if (media) return { FileId, media }
  return { FileId, left: NotExistFileIdSet.includes(FileId) ? 'missing' : 'unshown' }
}

/** A media file that the answer omits may cost as much as any other. */
function inPlan(left: LeftOut | undefined): 'started' | 'missing' | 'skipped' {
  return left === undefined || left === 'unshown' ? 'started' : left
}

/** The fate of an item without a run. */
function leftOut(FileId: string, left: LeftOut): ItemFate {
  if (left !== 'unshown') return { FileId, fate: left }
  const reason =
    'VOD does not show whether the media file exists, or which outputs it has; nothing was submitted'
  return { FileId, fate: 'ended', ended: { FileId, status: 'unknown', reason, tasks: 0 } }
}

/** The end of an item whose workflow id another run has. No task was made for it. */
function taken(FileId: string, workflowId: string): ItemEnded {
  const reason = `"${workflowId}" is the run of another request; rerun the failed items, which uses other ids`
  return { FileId, status: 'refused', reason, tasks: 0 }
}

/** A batch that is being canceled or has ended must start nothing more, but it cannot stop a running activity. */
async function isOpen(workflowId: string, runId: string | undefined): Promise<boolean> {
  const { status, raw } = await getClient().workflow.getHandle(workflowId, runId).describe()
  return status.name === 'RUNNING' && !raw.workflowExtendedInfo?.cancelRequested
}

/** VOD updates the UpdateTime when processing starts. Returns `Infinity` if it is missing. */
function processedAt(media: Media): number {
  const { UpdateTime } = Object(media.BasicInfo) as Readonly<Record<string, unknown>>
  return Date.parse(String(UpdateTime ?? '')) || Number.POSITIVE_INFINITY
}

/** `unshown`: the answer has the item in neither of its lists, or does not show all of its outputs. */
type LeftOut = 'missing' | 'skipped' | 'unshown'

/** An item in the answer of VOD. */
interface ShownItem {
  readonly FileId: string
  readonly media?: Media
  /** The reason why no run is started for it. Absent if one is started. */
  readonly left?: LeftOut
}

type ItemFate =
  | { readonly FileId: string; readonly fate: 'started' | 'repeated' | 'skipped' | 'missing' }
  | { readonly FileId: string; readonly fate: 'ended'; readonly ended: ItemEnded }
