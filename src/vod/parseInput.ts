import { z } from 'zod'
import { accountAlias } from './account.js'
import { type SubmitAction, submitActions } from './actions.js'
import { vodApi } from './api.js'
import { InvalidInputError } from './errors.js'
import { keyPattern } from './patterns.js'
import { problemOf } from './problemOf.js'
import { SubAppId } from './schemas/common.js'
import { TaskId } from './schemas/ids.js'
import { maxSourceContext, sourceMarkLength } from './sourceMark.js'
import type { StepRequest } from './stepInput.js'

const ms = z
  .number('must be a number of milliseconds')
  .min(0, 'is negative; give milliseconds from 0 on')
  .max(400 * 24 * 60 * 60_000, 'is more than 400 days; give milliseconds')

const waits = z.array(ms).max(1_000, 'has more than 1,000; give fewer')

/** Delays of a step, as far as they differ from the defaults. */
export const GivenDelays = z.strictObject({
  looks: waits.readonly().optional(),
  unlistedLooks: waits.readonly().optional(),
  lookJitter: z.number().min(0).max(0.5, 'is above 0.5; it is a share, 0.1 by default').optional(),
  crowded: waits.min(1, 'is empty; give at least one wait').readonly().optional(),
  polls: waits.min(1, 'is empty; give at least one wait').readonly().optional(),
  lag: waits.readonly().optional(),
  refusals: waits.readonly().optional(),
  listings: waits.min(1, 'is empty; give at least one wait').readonly().optional(),
  listingsGiveUp: ms.optional(),
  overdue: ms.optional(),
  giveUp: ms.optional(),
  cancelGrace: ms.optional(),
})

export const Account = z.string().regex(accountAlias, 'must be 1 to 32 lower-case letters, digits or hyphens')

export const OnPartial = z.enum(['accept', 'fail', 'repair'], 'must be accept, fail or repair')

const Key = z
  .string('must be a string')
  .regex(keyPattern, 'is not 1 to 200 printable ASCII characters without spaces; give e.g. order-42')

const options = {
  account: Account.default('default'),
  key: Key.optional(),
  idempotencyKey: Key.optional(),
  events: z.boolean('must be true or false').default(true),
  onPartial: OnPartial.optional(),
  report: z
    .string()
    .min(1, 'is empty; leave it out')
    .max(1_000, 'is longer than 1,000 characters')
    .optional(),
  delays: GivenDelays.optional(),
}

const ours = new Set(['SessionId'])

/** The request of a step, without what is ours. */
function requestOf<A extends SubmitAction>(action: A): (typeof vodApi)[A]['request'] {
  const schema: z.ZodType = vodApi[action].request
  return schema.superRefine((given, context) => {
    for (const field of Object.keys(Object(given)).filter((name) => ours.has(name))) {
      const message =
        'is derived by vodflow, so that a retry is never billed twice; leave it out and give an `idempotencyKey` instead'
      context.addIssue({ code: 'custom', path: [field], message })
    }
    const { SourceContext = '' } = given as { SourceContext?: string }
    const room = maxSourceContext - sourceMarkLength
    if (SourceContext.length > room) {
      const message = `is longer than ${room} characters, and the other ${sourceMarkLength} of VOD's are ours; shorten it`
      context.addIssue({ code: 'custom', path: ['SourceContext'], message })
    }
  }) as unknown as (typeof vodApi)[A]['request']
}

const schemas = new Map(
  submitActions.map((action) => [action, z.strictObject({ request: requestOf(action), ...options })]),
)

/** With the defaults filled in. */
export interface ParsedInput<A extends SubmitAction> {
  readonly request: StepRequest<A>
  readonly account: string
  readonly key?: string | undefined
  readonly idempotencyKey?: string | undefined
  readonly events: boolean
  readonly onPartial?: 'accept' | 'fail' | 'repair' | undefined
  readonly delays?: z.output<typeof GivenDelays> | undefined
}

/**
 * @throws InvalidInputError that names every field that is wrong, and what to do about it.
 */
export function parseStepInput<A extends SubmitAction>(action: A, value: unknown): ParsedInput<A> {
  const parsed = (schemas.get(action) as z.ZodType).safeParse(value)
  if (parsed.success) return parsed.data as ParsedInput<A>
  throw new InvalidInputError(parsed.error.issues.map(problemOf))
}

const AdoptInputSchema = z.strictObject({
  TaskId,
  SubAppId: SubAppId.optional(),
  account: Account.default('default'),
  delays: GivenDelays.optional(),
})

/**
 * @throws InvalidInputError that names every field that is wrong, and what to do about it.
 */
export function parseAdoptInput(value: unknown): z.output<typeof AdoptInputSchema> {
  const parsed = AdoptInputSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InvalidInputError(parsed.error.issues.map(problemOf))
}
