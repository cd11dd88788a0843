import { type AnyCheck, type Check, having, list, number, optional, text } from './check.js'
import { worstFirst } from './moderation.js'
import type { ModerationResult, ModerationSegment, ModerationVerdict } from './outcome.js'
import { anyNumberRule, ownTextRule } from './patterns.js'

const remedy = 'pass the moderation of an outcome, or undefined'

const word = text({ ...ownTextRule, remedy })
const amount = number({ ...anyNumberRule, remedy })
const maybe = optional(word)

const segment = having<ModerationSegment>(
  {
    StartTimeOffset: amount,
    EndTimeOffset: amount,
    Confidence: amount,
    Suggestion: maybe,
    Label: maybe,
    Form: maybe,
    Text: maybe,
    Url: maybe,
    PicUrlExpireTime: maybe,
  },
  remedy,
)

type Verdict = Omit<ModerationVerdict, 'truncated'>

const members = having<Verdict>(
  {
    // A missing verdict has none.
    Suggestion: maybe,
    of: word,
    Label: maybe,
    Form: maybe,
    segments: list(segment, { remedy }),
    SegmentSetFileUrl: maybe,
    SegmentSetFileUrlExpireTime: maybe,
  },
  remedy,
)

/** In an outcome, no verdict is better than one of its segments. One that is better was put together by hand, and a gate could approve it. */
const verdict: Check<Verdict> = function* (value) {
  const problems = [...members(value)]
  yield* problems
  if (problems.length > 0) return
  const { Suggestion, segments } = value as Verdict
  if (Suggestion === undefined) return
  for (const [index, segment] of segments.entries())
    if (segment.Suggestion !== undefined && worstFirst([{ Suggestion }, segment])[0] === segment)
      yield { field: `segments.${index}.Suggestion`, problem: 'is worse than that of its verdict', remedy }
}

const shape: AnyCheck = having<
  Pick<ModerationResult, 'Label' | 'Form'> & {
    readonly Suggestion: string
    readonly verdicts: readonly Verdict[]
  }
>({ Suggestion: word, Label: maybe, Form: maybe, verdicts: list(verdict, { remedy }) }, remedy)

/**
 * The check of the moderation that a user's workflow passes on, perhaps after it went through other hands. The policy of a gate is code of
 * the user, so it covers every member that code may read without a test. Whether verdicts were cut is only a flag, and may be missing.
 */
export const moderationCheck: Check<ModerationResult> = shape
