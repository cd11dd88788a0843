import { z } from 'zod'
import { vodApi } from '../../vod/api.js'
import { problemOf } from '../../vod/problemOf.js'
import { SubAppId } from '../../vod/schemas/common.js'
import { TaskId } from '../../vod/schemas/ids.js'
import { numberOf, textOf } from '../../vod/schemas/rules.js'
import { type SubmitAction, submitActions } from '../actions.js'
import { InvalidInputError } from '../errors.js'
import {
  accountRule,
  anyTextRule,
  depthWords,
  flagWords,
  isTooDeep,
  keyRule,
  lookJitterRule,
  maxSourceContext,
  maxWaits,
  msRule,
  noWaitsWords,
  onPartialValues,
  onPartialWords,
  requestTexts,
  temporalNameRule,
  waitsWords,
} from '../patterns.js'
import { sourceMarkLength } from '../seal/sourceMark.js'
import type { StepRequest } from '../stepInput.js'

const ms = numberOf(msRule)
const waits = z.array(ms, waitsWords).max(maxWaits, waitsWords)
const someWaits = waits.min(1, noWaitsWords)

/** Delays of a step, as far as they differ from the defaults. */
export const GivenDelays = z.strictObject({
  looks: waits.readonly().optional(),
  unlistedLooks: waits.readonly().optional(),
  lookJitter: numberOf(lookJitterRule).optional(),
  crowded: someWaits.readonly().optional(),
  polls: someWaits.readonly().optional(),
  lag: waits.readonly().optional(),
  refusals: waits.readonly().optional(),
  listings: someWaits.readonly().optional(),
  listingsGiveUp: ms.optional(),
  overdue: ms.optional(),
  giveUp: ms.optional(),
  cancelGrace: ms.optional(),
  uploadTasks: ms.optional(),
})

export const Account = textOf(accountRule)

export const OnPartial = z.enum(onPartialValues, onPartialWords)

const Key = textOf(keyRule)

const options = {
  account: Account.default('default'),
  key: Key.optional(),
  idempotencyKey: Key.optional(),
  events: z.boolean(flagWords).default(true),
  onPartial: OnPartial.optional(),
  report: textOf(temporalNameRule).optional(),
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
    const texts = given as Readonly<Record<string, unknown>>
    const isNamed = (field: string) => context.issues.some(({ path }) => path?.[0] === field)
    for (const field of requestTexts.filter((name) => !isNamed(name))) {
      const text = texts[field]
      if (typeof text === 'string' && !anyTextRule.pattern.test(text))
        context.addIssue({ code: 'custom', path: [field], message: anyTextRule.words })
    }
    if (isTooDeep(given)) context.addIssue({ code: 'custom', message: depthWords })
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

/** The same where nothing is said that a reader takes for granted: this is what stands in a history. */
export function withoutDefaults<
  T extends { readonly account: string; readonly events?: boolean | undefined },
>(input: T): Omit<T, 'account' | 'events'> & { readonly account?: string; readonly events?: boolean } {
  const { account, events = true, ...rest } = input
  return {
    ...rest,
    ...(account === 'default' ? {} : { account }),
    ...(events ? {} : { events }),
  }
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
