import { z } from 'zod'
import { percentOf } from '../../contract/outcome.js'

/*
 * The parts of a history that a case file uses. The schemas are tolerant, so that a run of an older version or of another workflow is
 * shown as far as it can be read.
 */

const text = z.string().catch('')
const known = z.string().optional().catch(undefined)
const list = <T extends z.ZodType>(item: T) => z.array(item).catch([])

const Part = z.object({
  Type: text,
  status: text,
  Definition: z.number().optional().catch(undefined),
  ErrCodeExt: known,
  Message: known,
  Output: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).catch({}),
  urls: list(z.string()),
})

const Verdict = z.object({
  of: text,
  Suggestion: known,
  Label: known,
  segments: list(
    z.object({
      StartTimeOffset: z.number().catch(0),
      EndTimeOffset: z.number().catch(0),
      Confidence: z.number().catch(0),
      Suggestion: known,
      Label: known,
      Text: known,
      Url: known,
    }),
  ),
})

const Task = z
  .object({
    TaskId: z.string().optional(),
    TaskType: text,
    Status: text,
    CreateTime: known,
    FinishTime: known,
    SessionId: known,
    FileId: known,
    percent: z.number().optional().catch(undefined),
    parts: list(Part),
    verdicts: list(Verdict),
  })
  .transform((task) => ({ ...task, percent: percentOf(task) }))

/** The result of a step. */
export const Outcome = z.object({
  status: z.enum(['succeeded', 'partial', 'failed', 'aborted', 'unknown', 'detached']),
  reason: z.string(),
  tasks: z.array(Task),
  /** The worst verdict. The tasks have all verdicts. */
  moderation: z.object({ Suggestion: text, Label: known }).optional().catch(undefined),
  mediaOutputs: list(Part),
  truncated: z.literal(true).optional().catch(undefined),
})

/** The result of any of vodflow's activities. */
export const Answer = z.union([
  z.object({
    kind: z.literal('accepted'),
    SessionId: text,
    tasks: list(z.object({ TaskId: z.string(), TaskType: text })),
    requestId: known,
  }),
  z.object({ kind: z.literal('duplicate'), SessionId: text, requestId: known }),
  z.object({ kind: z.literal('doubtful'), SessionId: text, refusal: text }),
  z.object({ kind: z.literal('seen'), reading: Task, requestId: known }),
  z.object({ kind: z.literal('gone') }),
  z.object({ complete: z.boolean(), tasks: list(z.object({ TaskId: z.string(), TaskType: text })) }),
  z.object({ aborted: z.boolean(), requestId: known }),
  z.object({ tasks: z.number(), hinted: z.number() }),
])

/** The record that Temporal's SDK writes into the marker of a local activity. */
export const LocalActivity = z
  .object({ activity_type: text, activity_id: text, attempt: z.number().catch(1) })
  .catch({ activity_type: '', activity_id: '', attempt: 1 })

/** The field in the input of a read that identifies its task. */
export const Asked = z.object({ TaskId: known })

/** The fields in the input of a submit that identify the submission. */
export const Submit = z.object({
  input: z.looseObject({ request: z.looseObject({}) }),
  runId: text,
  key: known,
  attempt: z.number().optional().catch(undefined),
})

/** The decision of a person at a gate. */
export const Decided = z.object({
  gate: text,
  decision: z.enum(['approved', 'rejected']),
  by: text,
  reason: text,
})

/** `details[0]` of a failure that was caused by a VOD error. */
export const VodFailure = z.object({ code: text, requestId: text, remedy: text })

export type ShownTask = z.output<typeof Task>
export type ShownOutcome = z.output<typeof Outcome>
export type ShownVerdict = z.output<typeof Verdict>
export type ShownAnswer = z.output<typeof Answer>
