import { vodApi } from '../../vod/api.js'
import { problemsOf } from '../../vod/problemOf.js'
import type { SubmitAction } from '../actions.js'
import type { Check } from '../check.js'
import { readOfRequest, stepInputWith } from '../inputs.js'
import { maxSourceContext } from '../patterns.js'
import { sourceMarkLength } from '../seal/sourceMark.js'
import type { StepInput } from '../stepInput.js'
import { valid, type WithDefaults, withDefaults } from '../valid.js'

/** Checks the request of a step, including the fields that vodflow uses. */
function requestOf(action: SubmitAction): Check<StepInput['request']> {
  const schema = vodApi[action].request
  return function* (given) {
    if (typeof given !== 'object' || given === null) return yield* readOfRequest(given)
    const problems = problemsOf(schema, given)
    yield* problems
    const isNamed = (field: string) => problems.some((problem) => problem.field === field)
    for (const problem of readOfRequest(given)) if (!isNamed(problem.field)) yield problem
    yield* problemsOfOurs(given)
  }
}

function* problemsOfOurs(request: { readonly SessionId?: unknown; readonly SourceContext?: unknown }) {
  if ('SessionId' in request)
    yield {
      field: 'SessionId',
      problem: 'is derived by vodflow, so that a retry is never billed twice',
      remedy: 'leave it out and pass an `idempotencyKey` instead',
    }
  const { SourceContext } = request
  const room = maxSourceContext - sourceMarkLength
  if (typeof SourceContext === 'string' && SourceContext.length > room)
    yield {
      field: 'SourceContext',
      problem: `is longer than ${room} characters; vodflow needs the other ${sourceMarkLength} of VOD's ${maxSourceContext}`,
      remedy: 'shorten it',
    }
}

/** An input with its defaults. */
export type ParsedInput<A extends SubmitAction> = WithDefaults<StepInput<A>, 'account' | 'callbacks'>

/** @throws InvalidInputError that names every wrong field, with a remedy. */
export function parseStepInput<A extends SubmitAction>(action: A, value: unknown): ParsedInput<A> {
  const check = stepInputWith(requestOf(action)) as unknown as Check<StepInput<A>>
  return withDefaults(valid(check, value), { account: 'default', callbacks: true })
}

/** Returns the input without the members that equal their defaults, for a history. */
export function withoutDefaults<
  T extends { readonly account?: string | undefined; readonly callbacks?: boolean | undefined },
>(input: T): T {
  const { account = 'default', callbacks = true, ...rest } = input
  return {
    ...rest,
    ...(account === 'default' ? {} : { account }),
    ...(callbacks ? {} : { callbacks }),
  } as T
}
