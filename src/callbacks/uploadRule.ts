import type { Client } from '@temporalio/client'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import pThrottle from 'p-throttle'
import { z } from 'zod'
import { uploadRule } from '../contract/inputs.js'
import { fileIdPattern, taskIdPattern } from '../contract/patterns.js'
import { workflowQueue } from '../contract/queues.js'
import { saidSummary } from '../contract/summary.js'
import { type UploadInput, type UploadRuleInput, uploadIdOf, uploadType } from '../contract/upload.js'
import { valid } from '../contract/valid.js'
import { outcomeOfRun } from '../temporal/outcomeOfRun.js'
import { searchAttributesOf } from '../temporal/searchAttributes.js'
import { typeOf } from './event.js'
import type { ForeignEvent } from './foreignEvent.js'
import { type Logger, totalLogger } from './logger.js'

/** Which uploads start which runs. */
export interface UploadRuleOptions {
  /** Of Temporal. */
  readonly client: Client
  /** What is done with which uploads. Events carry no SubAppId: give that of the sub-app whose events come here. */
  readonly rule: UploadRuleInput
  /**
   * Runs that are started in one second at most; more have to wait for their turn. Default 20. Anybody who knows the callback address
   * can name files: each costs a run and a few reads, and no more.
   */
  readonly maxPerSecond?: number
  /** Uploads that may wait for their turn; more are refused. Default 1,000. */
  readonly maxWaiting?: number
  /** Default: none. */
  readonly logger?: Logger
}

/** How many NewFileUpload events since the start. */
export interface UploadCounts {
  /** A run was started for the file. */
  readonly started: number
  /** The file had its run already: VOD sends an event up to three times. */
  readonly known: number
  /** More waited for their turn than `maxWaiting`. */
  readonly refused: number
}

/** For `onOther` of a push handler, or `foreign` of a pull loop. Takes NewFileUpload of VOD's formats 3.0 and 2.0. */
export interface UploadRule {
  (event: Pick<ForeignEvent, 'json'>): Promise<void>
  /** How many uploads came to what, since the start. */
  counts(): UploadCounts
}

/** Of the Procedure that an upload may bring; empty without one. */
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
 * Starts a run for each new upload. The event is believed in one thing only, that a FileId is worth asking about: the run asks VOD
 * before it does anything. Each file has one run, however often it is announced, and a file that VOD made long before its event has
 * none. What no event tells of is found by a batch on a schedule.
 *
 * @throws InvalidInputError when the rule says nothing that can be done.
 */
export function createUploadRule({
  client,
  rule,
  maxPerSecond = 20,
  maxWaiting = 1_000,
  ...options
}: UploadRuleOptions): UploadRule {
  const logger = totalLogger(options.logger)
  valid(uploadRule, rule, 'rule')
  const counts = { started: 0, known: 0, refused: 0 }
  const limit = pThrottle({ limit: maxPerSecond, interval: 1_000 })
  const turn = limit(() => {})
  let waiting = 0

  /** Rejects: a pull loop then leaves the event in its queue, and a push handler counts it as not passed on. */
  async function takeTurn(): Promise<void> {
    if (waiting >= maxWaiting) {
      counts.refused++
      throw new Error(`more than ${maxWaiting} uploads wait`)
    }
    waiting++
    try {
      await turn()
    } finally {
      waiting--
    }
  }

  /** False where a run has the file already. */
  async function start(input: UploadInput): Promise<boolean> {
    const { FileId } = input
    const workflowId = uploadIdOf(input)
    const options = {
      workflowId,
      taskQueue: workflowQueue,
      args: [input],
      typedSearchAttributes: await searchAttributesOf(client, {
        FileId,
        SubAppId: rule.SubAppId,
        ...('ProcedureName' in rule.work ? { ProcedureName: rule.work.ProcedureName } : {}),
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
    if (await startUnder('REJECT_DUPLICATE')) return true
    // Who uploads knows the FileId before VOD shows the file, and may announce it too early: that run has failed. One that an operator has
    // canceled or terminated stays as it is, and so does one whose media did not succeed.
    const { status, runId } = await client.workflow.getHandle(workflowId).describe()
    if (status.name !== 'FAILED' && status.name !== 'TIMED_OUT') return false
    if ((await outcomeOfRun(client, { workflowId, runId })) !== undefined) return false
    return startUnder('ALLOW_DUPLICATE_FAILED_ONLY')
  }

  const take = async ({ json }: Pick<ForeignEvent, 'json'>): Promise<void> => {
    // A push handler asks for the Sign of every type that `typesOf` finds. The rule must read no other.
    if (typeOf(json) !== 'NewFileUpload') return
    const upload = NewFileUpload.safeParse(json).data
    if (!upload) return
    const { FileId } = upload
    const tasks = upload.tasks.filter((named) => named !== '')
    await takeTurn()
    const started = await start({ ...rule, FileId, ...(tasks.length === 0 ? {} : { tasks }) })
    counts[started ? 'started' : 'known']++
    logger?.info({ FileId }, 'an upload was announced')
  }
  return Object.assign(take, { counts: () => ({ ...counts }) })
}
