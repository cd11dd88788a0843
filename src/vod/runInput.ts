import { z } from 'zod'
import { InvalidInputError } from './errors.js'
import { maxTaskIdLength } from './hint.js'
import { SubAppId } from './schemas/common.js'
import { ProcessMediaByProcedureRequest } from './schemas/processMedia.js'

const ms = z
  .number('must be a number of milliseconds')
  .min(0, 'is negative; give milliseconds from 0 on')
  .max(400 * 24 * 60 * 60_000, 'is more than 400 days; give milliseconds')

const StepDelays = z.strictObject({
  looks: z.array(ms).readonly().optional(),
  lookJitter: z.number().min(0).max(0.5, 'is above 0.5; it is a share, 0.1 by default').optional(),
  polls: z.array(ms).min(1, 'is empty; give at least one wait').readonly().optional(),
  lag: z.array(ms).readonly().optional(),
  listings: z.array(ms).min(1, 'is empty; give at least one wait').readonly().optional(),
  listingsGiveUp: ms.optional(),
  overdue: ms.optional(),
  giveUp: ms.optional(),
  cancelGrace: ms.optional(),
})

const Account = z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits or hyphens')

const RunInputSchema = z.looseObject({
  request: ProcessMediaByProcedureRequest.superRefine(({ SessionId }, context) => {
    if (SessionId !== undefined) {
      const message =
        'is derived by vodflow, so that a retry never pays twice; leave it out and name a `key` instead'
      context.addIssue({ code: 'custom', path: ['SessionId'], message })
    }
  }),
  account: Account.default('default'),
  key: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces')
    .optional(),
  events: z.boolean('must be true or false').default(true),
  onPartial: z.enum(['accept', 'fail', 'repair'], 'must be accept, fail or repair').optional(),
  delays: StepDelays.optional(),
})

/**
 * What a run of `processMediaByProcedure` is given: plain JSON, so that any Temporal SDK or the CLI can start one.
 *
 * - `request`: the API's own fields, without `SessionId`.
 * - `account`: alias of the Tencent account, known to the worker. Default `default`.
 * - `key`: names the logical piece of work inside a chain of runs. Default SubAppId/media/ProcedureName.
 * - `events`: `false` where no event can reach this run; its tasks are then read every few seconds to minutes.
 * - `onPartial`: when some sub-tasks fail, `accept` (default) the outcome as it is, `fail` the run, or `repair`: submit
 *   what failed once more, at most twice, and nothing that succeeded.
 * - `delays`: see `StepDelays`, all in milliseconds.
 */
export type RunInput = z.input<typeof RunInputSchema>

const AdoptInputSchema = z.looseObject({
  TaskId: z
    .string('must be a string')
    .min(1, 'is empty; give the id of a task')
    .max(maxTaskIdLength, `is longer than ${maxTaskIdLength} characters; give the id of a task`),
  SubAppId: SubAppId.optional(),
  account: Account.default('default'),
  delays: StepDelays.optional(),
})

/** What a run of `adoptTask` is given: a task that somebody else has submitted. Plain JSON. */
export type AdoptInput = z.input<typeof AdoptInputSchema>

/**
 * @throws InvalidInputError that names every field that is wrong, and what to do about it.
 */
export function parseAdoptInput(value: unknown): z.output<typeof AdoptInputSchema> {
  const parsed = AdoptInputSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InvalidInputError(parsed.error.issues.map(problemOf))
}

/** With the defaults filled in. */
export type ParsedRunInput = z.output<typeof RunInputSchema>

/**
 * @throws InvalidInputError that names every field that is wrong, and what to do about it.
 */
export function parseRunInput(value: unknown): ParsedRunInput {
  const parsed = RunInputSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InvalidInputError(parsed.error.issues.map(problemOf))
}

/** A schema's message is "what is wrong; what to do". */
export function problemOf(issue: z.core.$ZodIssue) {
  const field = issue.path.map(String).join('.') || 'input'
  if (issue.code === 'unrecognized_keys') {
    const remedy = 'VOD would refuse it as UnknownParameter; check its spelling'
    return { field: [...issue.path.map(String), issue.keys[0]].join('.'), problem: 'is not known', remedy }
  }
  const [problem = '', remedy = 'see its documentation'] = issue.message.split('; ', 2)
  return { field, problem, remedy }
}
