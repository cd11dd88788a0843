import {
  ApplicationFailure,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { VodActivities } from '../activities/types.js'
import type { Outcome } from '../vod/outcome.js'
import { queueFor } from '../vod/queues.js'
import { memoFields } from '../vod/runNames.js'
import type { UploadInput } from '../vod/upload.js'
import { requireInbox } from './inbox.js'
import { processMediaByProcedure } from './steps.js'

/** What came of an upload for which a rule has started a run. */
export interface UploadReport {
  readonly FileId: string
  /** `ignored`: VOD does not have it, or the rule does not mean it. */
  readonly status: 'processed' | 'ignored'
  readonly reason: string
  /** Of a procedure. */
  readonly outcome?: Outcome
  /** Of a workflow of yours. */
  readonly result?: unknown
}

/**
 * Does what the upload rule says with a new media file, once VOD has confirmed it. Started by the callback service for each
 * NewFileUpload event, under an id that is taken once for each file.
 *
 * @throws ApplicationFailure when VOD refuses the request, as `processMediaByProcedure` does; ChildWorkflowFailure when a workflow
 *   of yours fails.
 */
export async function processUpload(input: UploadInput): Promise<UploadReport> {
  requireInbox('processUpload')
  const { FileId, SubAppId, account = 'default', work, events, delays } = input ?? {}
  // The rest is parsed by the activity; what is used before it answers is looked at here.
  if (typeof work !== 'object' || work === null) throw refuse('work: missing; give { FileId, work }')
  if (typeof account !== 'string') throw refuse('account: must be a string; give the alias of an account')
  const { confirmUpload } = proxyActivities<VodActivities>({
    taskQueue: queueFor(account, 'confirmUpload'),
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: 60_000 },
    summary: 'is the upload there, and meant?',
  })
  const confirmed = await confirmUpload(input)
  if (confirmed.kind === 'ignored') return { FileId, status: 'ignored', reason: confirmed.reason }
  if ('workflowType' in work) {
    const result: unknown = await executeChild(work.workflowType, {
      workflowId: `${workflowInfo().workflowId}/${work.workflowType}`,
      taskQueue: work.taskQueue,
      args: [confirmed.media],
      // Its name, say, may be another one when the upload is confirmed again after a reset.
      memo: { [memoFields.key]: FileId },
      parentClosePolicy: ParentClosePolicy.ABANDON,
    })
    return { FileId, status: 'processed', reason: `by ${work.workflowType}`, result }
  }
  const { ProcedureName, onPartial } = work
  const outcome = await processMediaByProcedure({
    request: { FileId, ProcedureName, ...(SubAppId === undefined ? {} : { SubAppId }) },
    account,
    onPartial,
    events,
    delays,
  })
  return { FileId, status: 'processed', reason: outcome.reason, outcome }
}

function refuse(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput')
}
