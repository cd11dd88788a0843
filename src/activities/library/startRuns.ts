import { activityInfo, cancellationSignal, getClient } from '@temporalio/activity'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { searchAttributesOf } from '../../temporal/searchAttributes.js'
import { hasOutputs } from '../../vod/doneOutputs.js'
import type { ItemEnded } from '../../vod/library.js'
import { workflowQueue } from '../../vod/queues.js'
import { memoFields, runType } from '../../vod/runNames.js'
import type { RunInput } from '../../vod/stepInput.js'
import type { ActivityContext } from '../context.js'
import { toFailure } from '../failure.js'
import { endOf } from './endOf.js'
import type { Started, StartRuns } from './types.js'

/**
 * Looks which media are there and need it, and starts a run for each. The workflow id of a run is that of the batch and the FileId,
 * and Temporal takes it once: however often this is tried, an item has one run.
 */
export function startRuns({ clientFor }: ActivityContext) {
  return async ({ input, template, FileIds, part }: StartRuns): Promise<Started> => {
    const { attempt, workflowExecution } = activityInfo()
    const library = workflowExecution?.workflowId ?? ''
    const { account = 'default', SubAppId, skipDone, dryRun } = input
    try {
      const client = await clientFor(account)
      const request = { FileIds: [...FileIds], ...(SubAppId === undefined ? {} : { SubAppId }) }
      const signal = cancellationSignal()
      const { MediaInfoSet } = await client.call('DescribeMediaInfos', request, { signal })
      const there = new Set(MediaInfoSet.map(({ FileId }) => FileId))
      const done = MediaInfoSet.filter(
        (media) => skipDone && hasOutputs(media, template.outputs, template.UpdateTime),
      ).map(({ FileId }) => FileId)
      const wanted = FileIds.filter((FileId) => there.has(FileId) && !done.includes(FileId))
      const fates = dryRun
        ? wanted.map((FileId) => ({ FileId, fate: 'started' as const }))
        : await Promise.all(wanted.map((FileId) => start(FileId)))
      const of = (wantedFate: string) =>
        fates.filter(({ fate }) => fate === wantedFate).map(({ FileId }) => FileId)
      return {
        started: of('started'),
        repeated: of('repeated'),
        ended: fates.flatMap((each) => ('ended' in each ? [each.ended] : [])),
        skipped: done,
        missing: FileIds.filter((FileId) => !there.has(FileId)),
      }
    } catch (error) {
      throw toFailure(error, { attempt })
    }

    async function start(FileId: string): Promise<Fate> {
      const { ProcedureName, TasksPriority, onPartial, events, delays } = input
      const app = SubAppId === undefined ? {} : { SubAppId }
      const priority = TasksPriority === undefined ? {} : { TasksPriority }
      const run: RunInput = {
        request: { FileId, ProcedureName, ...app, ...priority },
        account,
        report: library,
        ...(onPartial === undefined ? {} : { onPartial }),
        ...(events === undefined ? {} : { events }),
        ...(delays === undefined ? {} : { delays }),
      }
      const temporal = getClient()
      const workflowId = `${library}/${FileId}`
      try {
        await temporal.workflow.start(runType, {
          workflowId,
          taskQueue: workflowQueue,
          args: [run],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          memo: { [memoFields.request]: { request: run.request, account }, [memoFields.part]: part },
          typedSearchAttributes: await searchAttributesOf(temporal, run.request),
          staticSummary: `${ProcedureName} on ${FileId}`,
        })
        return { FileId, fate: 'started' }
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
        const earlier = await temporal.workflow.getHandle(workflowId).describe()
        if (earlier.memo?.[memoFields.part] !== part) return { FileId, fate: 'repeated' }
        const ended = await endOf(temporal, { workflowId, FileId })
        return ended ? { FileId, fate: 'ended', ended } : { FileId, fate: 'started' }
      }
    }
  }
}

type Fate =
  | { readonly FileId: string; readonly fate: 'started' | 'repeated' }
  | { readonly FileId: string; readonly fate: 'ended'; readonly ended: ItemEnded }
