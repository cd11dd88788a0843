import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { type BatchInput, type ItemEnded, itemId } from '../../contract/batch.js'
import type { StartResults, StartRuns } from '../../contract/batchActivities.js'
import { batchWorkOf } from '../../contract/itemWork.js'
import { withoutDefaults } from '../../contract/parse/step.js'
import { workflowQueue } from '../../contract/queues.js'
import { memoFields, runType } from '../../contract/runNames.js'
import type { RunInput } from '../../contract/stepInput.js'
import { saidSummary } from '../../contract/summary.js'
import { memoField, Unreadable } from '../../temporal/executions.js'
import { runOfItem } from '../../temporal/runOfItem.js'
import { searchAttributesOf } from '../../temporal/searchAttributes.js'
import type { VodResponse } from '../../vod/api.js'
import { maxSkewMs } from '../../vod/clockSkew.js'
import { hasOutputs, showsOutputs } from '../../vod/doneOutputs.js'
import type { ActivityContext } from '../context.js'
import { askAgain, toFailure } from '../failure.js'
import { activityInfo, cancellationSignal, getClient } from '../sdk.js'
import { endOf, itemUnreadable } from './endOf.js'

type Media = Readonly<Record<string, unknown>> & { readonly FileId: string }

/** An answer may leave a media file out by mistake, ms. */
const waits = [1_000, 3_000, 10_000]

/**
 * Looks which media are there and need it, and starts a run for each. The workflow id of a run is that of the batch and the FileId,
 * and Temporal takes it once: however often this is tried, an item has one run. What an earlier attempt has started is told as
 * started, also when the media has its outputs by now, or is gone.
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
        throw askAgain('VOD does not say of each media file whether it has it', wait)
      const begins = dryRun || (await isOpen(batch, workflowExecution?.runId))
      if (!begins) return startedIn([])
      const fates = items.map((item) => fateOf(looksDone(item) ? { ...item, left: 'skipped' } : item))
      return startedIn(await Promise.all(fates))
    } catch (error) {
      throw error instanceof ApplicationFailure ? error : toFailure(error, { attempt })
    }

    /** An item whose outputs VOD does not show whole may be done. */
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

    /** What an earlier attempt, or a batch that was reset, has done with the item; undefined when there is no run of it. */
    async function earlierFate(FileId: string): Promise<ItemFate | undefined> {
      const workflowId = itemId(batch, FileId)
      const run = await runOfItem(getClient(), workflowId, { ...batchWorkOf(input), FileId })
      if (run === undefined) return undefined
      if (run === 'other') return { FileId, fate: 'ended', ended: taken(FileId, workflowId) }
      if (run instanceof Unreadable)
        return { FileId, fate: 'ended', ended: itemUnreadable(FileId, workflowId, run) }
      // From an earlier position it has been begun, and counted, before.
      if (Number(memoField(run.memo, memoFields.position)) < position) return { FileId, fate: 'repeated' }
      const ended = await endOf(getClient(), FileId, run)
      return ended ? { FileId, fate: 'ended', ended } : { FileId, fate: 'started' }
    }
  }
}

/** The input of an item's run. */
function runFor(
  { ProcedureName, SubAppId, TasksPriority, account = 'default', onPartial, callbacks, delays }: BatchInput,
  { FileId, batch }: { readonly FileId: string; readonly batch: string },
): RunInput {
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

function shownIn(
  { MediaInfoSet, NotExistFileIdSet }: VodResponse<'DescribeMediaInfos'>,
  FileId: string,
): ShownItem {
  const media = MediaInfoSet.find((each) => each.FileId === FileId)
  if (media) return { FileId, media }
  return { FileId, left: NotExistFileIdSet.includes(FileId) ? 'missing' : 'unshown' }
}

/** What VOD says nothing of may cost as much as any other. */
function inPlan(left: LeftOut | undefined): 'started' | 'missing' | 'skipped' {
  return left === undefined || left === 'unshown' ? 'started' : left
}

/** No run of it was started. */
function leftOut(FileId: string, left: LeftOut): ItemFate {
  if (left !== 'unshown') return { FileId, fate: left }
  const reason =
    'VOD does not say whether it has the media file, or what the media file has; nothing was submitted'
  return { FileId, fate: 'ended', ended: { FileId, status: 'unknown', reason, tasks: 0 } }
}

/** Nothing was made for the item. */
function taken(FileId: string, workflowId: string): ItemEnded {
  const reason = `"${workflowId}" is the run of another request; rerun what failed, which has other ids`
  return { FileId, status: 'refused', reason, tasks: 0 }
}

/** A batch that is being canceled, or has ended, begins nothing more: it cannot tell an activity that is under way. */
async function isOpen(workflowId: string, runId: string | undefined): Promise<boolean> {
  const { status, raw } = await getClient().workflow.getHandle(workflowId, runId).describe()
  return status.name === 'RUNNING' && !raw.workflowExtendedInfo?.cancelRequested
}

/** VOD raises it when processing is begun; `Infinity` when it is not shown. */
function processedAt(media: Media): number {
  const { UpdateTime } = Object(media.BasicInfo) as Readonly<Record<string, unknown>>
  return Date.parse(String(UpdateTime ?? '')) || Number.POSITIVE_INFINITY
}

/** `unshown`: an answer of VOD names the item in neither of its lists, or does not show its outputs whole. */
type LeftOut = 'missing' | 'skipped' | 'unshown'

/** An item as VOD shows it. */
interface ShownItem {
  readonly FileId: string
  readonly media?: Media
  /** Why no run is started for it; absent: one is. */
  readonly left?: LeftOut
}

type ItemFate =
  | { readonly FileId: string; readonly fate: 'started' | 'repeated' | 'skipped' | 'missing' }
  | { readonly FileId: string; readonly fate: 'ended'; readonly ended: ItemEnded }
