import type { Client } from '@temporalio/client'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { z } from 'zod'
import { InvalidInputError } from '../vod/errors.js'
import { Account } from '../vod/parseInput.js'
import { problemOf } from '../vod/problemOf.js'
import { workflowQueue } from '../vod/queues.js'
import { SubAppId } from '../vod/schemas/common.js'
import { type UploadInput, uploadIdOf, uploadType } from '../vod/upload.js'
import type { PushEvent } from './event.js'
import type { Logger } from './logger.js'

export interface UploadRuleOptions {
  /** Of Temporal. */
  readonly client: Client
  /** What is done with which uploads. Events carry no SubAppId: give that of the sub-app whose events come here. */
  readonly rule: Omit<UploadInput, 'FileId'>
  /**
   * Runs that are started in one second at most. Default 20. Anybody who knows the callback address can name files: each costs a
   * run and a few reads, and no more.
   */
  readonly maxPerSecond?: number
  /** Default: none. */
  readonly logger?: Logger
}

/** How many NewFileUpload events since the start. */
export interface UploadCounts {
  readonly started: number
  /** The file had its run already: VOD sends an event up to three times. */
  readonly known: number
  readonly refused: number
}

/** For `onOther` of a push handler, or `foreign` of a pull loop. */
export interface UploadRule {
  (event: PushEvent): Promise<void>
  counts(): UploadCounts
}

const NewFileUpload = z.looseObject({
  EventType: z.literal('NewFileUpload'),
  FileUploadEvent: z.looseObject({ FileId: z.string().regex(/^[\x21-\x7e]{1,64}$/) }),
})

const prefix = z.string('must be text').optional()

const Rule = z.strictObject({
  SubAppId: SubAppId.optional(),
  account: Account.optional(),
  match: z
    .strictObject({
      namePrefix: prefix,
      storagePathPrefix: prefix,
      sourceContextPrefix: prefix,
      ClassIds: z.array(z.int('must be whole numbers')).optional(),
      Categories: z.array(z.string()).min(1, 'is empty; leave it out, or give e.g. Video').optional(),
    })
    .optional(),
  work: z.union(
    [
      z.strictObject({
        ProcedureName: z.string().min(1, 'is empty; give the name of a task flow template'),
        onPartial: z.enum(['accept', 'fail', 'repair'], 'must be accept, fail or repair').optional(),
      }),
      z.strictObject({ workflowType: z.string().min(1), taskQueue: z.string().min(1) }),
    ],
    'must say what to do; give ProcedureName, or workflowType and taskQueue',
  ),
  events: z.boolean().optional(),
  delays: z.looseObject({}).optional(),
})

/**
 * Starts a run for each new upload. The event is believed in one thing only, that a FileId is worth asking about: the run asks VOD
 * before it does anything. Each file has one run, however often it is announced. What no event tells of is found by a batch on a
 * schedule.
 *
 * @throws InvalidInputError when the rule says nothing that can be done.
 */
export function createUploadRule({ client, rule, maxPerSecond = 20, logger }: UploadRuleOptions): UploadRule {
  const parsed = Rule.safeParse(rule)
  if (!parsed.success) {
    throw new InvalidInputError(
      parsed.error.issues.map(problemOf).map((each) => ({ ...each, field: `rule.${each.field}` })),
    )
  }
  const counts = { started: 0, known: 0, refused: 0 }
  const second = { began: 0, starts: 0 }

  /** Rejects: a pull loop then leaves the event in its queue, and a push handler counts it as not passed on. */
  function takeTurn(): void {
    const now = performance.now()
    if (now - second.began >= 1_000) Object.assign(second, { began: now, starts: 0 })
    if (++second.starts <= maxPerSecond) return
    counts.refused++
    throw new Error(`more than ${maxPerSecond} uploads in one second`)
  }

  const take = async (event: PushEvent): Promise<void> => {
    const upload = NewFileUpload.safeParse(event).data
    if (!upload) return
    const { FileId } = upload.FileUploadEvent
    takeTurn()
    const input: UploadInput = { ...rule, FileId }
    try {
      await client.workflow.start(uploadType, {
        workflowId: uploadIdOf(input),
        taskQueue: workflowQueue,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `upload of ${FileId}`,
      })
      counts.started++
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      counts.known++
    }
    logger?.info({ FileId }, 'an upload was announced')
  }
  return Object.assign(take, { counts: () => ({ ...counts }) })
}
