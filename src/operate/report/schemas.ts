import { z } from 'zod'
import { percentOf } from '../../contract/outcome.js'

/*
 * What a case file relies on of what stands in a history. Tolerant: a run of an older version, or of somebody else's
 * workflow, is shown as far as it can be read.
 */

const text = z.string().catch('')
const list = <T extends z.ZodType>(item: T) => z.array(item).catch([])

const Part = z.object({
  Type: text,
  status: text,
  Definition: z.number().optional().catch(undefined),
  ErrCodeExt: text,
  Message: text,
  Output: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).catch({}),
  urls: list(z.string()),
})

const Verdict = z.object({
  of: text,
  Suggestion: text,
  Label: text,
  segments: list(
    z.object({
      StartTimeOffset: z.number().catch(0),
      EndTimeOffset: z.number().catch(0),
      Confidence: z.number().catch(0),
      Suggestion: text,
      Label: text,
      Text: text,
      Url: text,
    }),
  ),
})

const Task = z
  .object({
    TaskId: z.string(),
    TaskType: text,
    Status: text,
    CreateTime: text,
    FinishTime: text,
    SessionId: text,
    FileId: text,
    percent: z.number().optional().catch(undefined),
    parts: list(Part),
    verdicts: list(Verdict),
  })
  .transform((task) => ({ ...task, percent: percentOf(task) }))

/** What a step returns. */
export const Outcome = z.object({
  status: z.enum(['succeeded', 'partial', 'failed', 'aborted', 'unknown', 'detached']),
  reason: z.string(),
  tasks: z.array(Task),
  /** The worst of the verdicts; they stand in the tasks. */
  moderation: z.object({ Suggestion: text, Label: text }).optional().catch(undefined),
  mediaOutputs: list(Part),
  truncated: z.literal(true).optional().catch(undefined),
})

const requestId = z.string().optional().catch(undefined)

/** What one of our activities answers, whichever it is. */
export const Answer = z.union([
  z.object({
    kind: z.literal('accepted'),
    SessionId: text,
    tasks: list(z.object({ TaskId: z.string(), TaskType: text })),
    requestId,
  }),
  z.object({ kind: z.literal('duplicate'), SessionId: text, requestId }),
  z.object({ kind: z.literal('doubtful'), SessionId: text, refusal: text }),
  z.object({ kind: z.literal('seen'), reading: Task, requestId }),
  z.object({ kind: z.literal('gone') }),
  z.object({ complete: z.boolean(), tasks: list(z.object({ TaskId: z.string(), TaskType: text })) }),
  z.object({ aborted: z.boolean(), requestId }),
  z.object({ tasks: z.number(), hinted: z.number() }),
])

/** What Temporal's SDK writes on the marker of a local activity. */
export const LocalActivity = z
  .object({ activity_type: text, activity_id: text, attempt: z.number().catch(1) })
  .catch({ activity_type: '', activity_id: '', attempt: 1 })

/** What a read is given, as far as it says what it is about. */
export const Asked = z.object({ TaskId: z.string().optional().catch(undefined) })

/** What a submit is given, as far as it names the submission. */
export const Submit = z.object({
  input: z.looseObject({ request: z.looseObject({}) }),
  runId: text,
  key: z.string().optional().catch(undefined),
  attempt: z.number().optional().catch(undefined),
})

/** What a person decided at a gate. */
export const Decided = z.object({
  gate: text,
  decision: z.enum(['approved', 'rejected']),
  by: text,
  reason: text,
})

/** `details[0]` of a failure that a VOD error became. */
export const VodFailure = z.object({ code: text, requestId: text, remedy: text })

export type ShownTask = z.output<typeof Task>
export type ShownOutcome = z.output<typeof Outcome>
export type ShownVerdict = z.output<typeof Verdict>
export type ShownAnswer = z.output<typeof Answer>
