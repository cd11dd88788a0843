import { type Client, type WorkflowExecutionDescription, WorkflowFailedError } from '@temporalio/client'
import { ActivityFailure, ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import pThrottle from 'p-throttle'
import { z } from 'zod'
import { VodflowError } from '../base/vodflowError.js'
import { fileIdPattern, taskIdPattern } from '../contract/patterns.js'
import { workflowQueue } from '../contract/queues.js'
import { saidSummary } from '../contract/summary.js'
import { cut } from '../contract/text.js'
import {
  noSuchMediaType,
  type UploadInput,
  type UploadRuleInput,
  uploadIdOf,
  uploadType,
} from '../contract/upload.js'
import { valid } from '../contract/valid.js'
import { searchAttributesOf } from '../temporal/searchAttributes.js'
import { uploadRuleOptions } from './checks.js'
import { typeOf } from './event.js'
import type { ForeignEvent } from './foreignEvent.js'
import { type EventLogger, totalLogger } from './logger.js'

/** Options of {@link createUploadRule}. */
export interface UploadRuleOptions {
  /** A Temporal client. */
  readonly client: Client
  /** The work to do for an upload. Events carry no SubAppId, so pass that of the sub-app whose events arrive here. */
  readonly rule: UploadRuleInput
  /**
   * Maximum number of runs that are started per second; further uploads wait. Default 20. Anyone who knows the callback address can name
   * files, but each costs only a run and a few reads.
   */
  readonly maxPerSecond?: number | undefined
  /** Maximum number of uploads that wait; further ones are refused. Default 1,000. */
  readonly maxWaiting?: number | undefined
  /** Default: none. */
  readonly logger?: EventLogger | undefined
}

/** Counts of NewFileUpload events since the start, by result. */
export interface UploadCounts {
  /** A run was started for the file. */
  readonly started: number
  /** The file already had its run. VOD sends an event up to three times. */
  readonly known: number
  /** `maxWaiting` uploads were waiting already. */
  readonly refused: number
  /** Nothing was started, because a run of another type has the workflow id of the file. */
  readonly taken: number
}

/** Pass it as `onOther` of a push handler or `foreign` of a pull loop. It takes NewFileUpload in VOD's formats 3.0 and 2.0. */
export interface UploadRule {
  /**
   * Starts a run for the upload that an event announces, unless the run is there already.
   *
   * @throws TooManyUploadsError if `maxWaiting` uploads wait
   */
  (event: Pick<ForeignEvent, 'json'>): Promise<void>
  /** Returns the number of uploads for each result, since the start. */
  counts(): UploadCounts
}

/** `maxWaiting` uploads of a rule wait, so it took no further one. */
export class TooManyUploadsError extends VodflowError {
  override readonly name = 'TooManyUploadsError'
  override readonly code = 'VODFLOW_TOO_MANY_UPLOADS'

  constructor(waiting: number) {
    super({
      what: `${waiting} uploads are already waiting`,
      remedy: 'Raise maxPerSecond or maxWaiting. A batch on a schedule finds uploads that were missed.',
    })
  }
}

/** The task of the procedure that VOD starts for an upload. Empty if there is none. */
const TaskId = z.string().regex(taskIdPattern).catch('')

const FileId = z.string().regex(fileIdPattern)

/** The event in format 3.0, and in format 2.0. */
const NewFileUpload = z.union([
  z
    .object({
      FileUploadEvent: z.object({ FileId, ProcedureTaskId: TaskId, ReviewAudioVideoTaskId: TaskId }),
    })
    .transform(({ FileUploadEvent: { FileId, ProcedureTaskId, ReviewAudioVideoTaskId } }) => ({
      FileId,
      tasks: [ProcedureTaskId, ReviewAudioVideoTaskId],
    })),
  z
    .object({ data: z.object({ fileId: FileId, vodTaskId: TaskId }) })
    .transform(({ data: { fileId, vodTaskId } }) => ({ FileId: fileId, tasks: [vodTaskId] })),
])

/**
 * Starts a run for each new upload. The event is trusted only to name a FileId: the run asks VOD about it before it does anything. Each
 * file gets one run, even if its upload is announced several times. A file that is much older than its event gets no run. Use a batch on a
 * schedule to find uploads whose events were lost.
 *
 * @throws InvalidInputError that names an option, or a field of the rule, which is unknown or invalid.
 */
export function createUploadRule(given: UploadRuleOptions): UploadRule {
  const { client, rule, maxPerSecond = 20, maxWaiting = 1_000, ...options } = valid(uploadRuleOptions, given)
  const logger = totalLogger(options.logger)
  const counts = { started: 0, known: 0, refused: 0, taken: 0 }
  const limit = pThrottle({ limit: maxPerSecond, interval: 1_000 })
  const turn = limit(() => {})
  let waiting = 0

  /** Rejects if too many uploads wait. A pull loop then leaves the event in its queue, and a push handler counts it as not passed on. */
  async function takeTurn(): Promise<void> {
    if (waiting >= maxWaiting) {
      counts.refused++
      throw new TooManyUploadsError(maxWaiting)
    }
    waiting++
    try {
      await turn()
    } finally {
      waiting--
    }
  }

  async function start(input: UploadInput): Promise<'started' | 'known' | 'taken'> {
    const { FileId } = input
    const workflowId = uploadIdOf(input)
    const options = {
      workflowId,
      taskQueue: workflowQueue,
      args: [input],
      typedSearchAttributes: await searchAttributesOf(client, {
        FileId,
        SubAppId: rule.SubAppId,
        ProcedureName: 'ProcedureName' in rule.work ? rule.work.ProcedureName : undefined,
      }),
      staticSummary: saidSummary(`upload of ${FileId}`),
    }
    const startUnder = (workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY') =>
      client.workflow.start(uploadType, { ...options, workflowIdReusePolicy }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof WorkflowExecutionAlreadyStartedError) return false
          throw error
        },
      )
    if (await startUnder('REJECT_DUPLICATE')) return 'started'
    const earlier = await client.workflow.getHandle(workflowId).describe()
    if (earlier.type !== uploadType) {
      const fields = { FileId, workflowId, type: cut(earlier.type, 64) }
      logger?.warn(fields, 'an upload is not processed: a run of another type has its workflow id')
      return 'taken'
    }
    const isStarted =
      (await cameTooEarly(client, earlier)) && (await startUnder('ALLOW_DUPLICATE_FAILED_ONLY'))
    return isStarted ? 'started' : 'known'
  }

  const take = async ({ json }: Pick<ForeignEvent, 'json'>): Promise<void> => {
    // The rule must read no event of another type, because a push handler checks the Sign of the types that `typesOf` finds.
    if (typeOf(json) !== 'NewFileUpload') return
    const upload = NewFileUpload.safeParse(json).data
    if (!upload) return
    const { FileId } = upload
    const tasks = upload.tasks.filter((named) => named !== '')
    await takeTurn()
    const result = await start({ ...rule, FileId, ...(tasks.length === 0 ? {} : { tasks }) })
    counts[result]++
    logger?.info({ FileId }, 'an upload was announced')
  }
  return Object.assign(take, { counts: () => ({ ...counts }) })
}

/**
 * An uploader knows the FileId before VOD shows the file, and may announce it too early. A run that failed for another reason, e.g.
 * because a workflow of yours failed, stays as it is.
 */
async function cameTooEarly(
  client: Client,
  { status, workflowId, runId }: WorkflowExecutionDescription,
): Promise<boolean> {
  if (status.name !== 'FAILED') return false
  try {
    await client.workflow.getHandle(workflowId, runId).result()
    return false
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const { cause } = error
    // A workflow of yours may fail with any type, but as a child.
    const failure = cause instanceof ActivityFailure ? cause.cause : undefined
    return failure instanceof ApplicationFailure && failure.type === noSuchMediaType
  }
}
