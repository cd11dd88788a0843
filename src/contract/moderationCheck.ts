import { type AnyCheck, type Check, having, list, number, optional, text } from './check.js'
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

const verdict = having<Omit<ModerationVerdict, 'truncated'>>(
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

const shape: AnyCheck = having<
  Pick<ModerationResult, 'Label' | 'Form'> & {
    readonly Suggestion: string
    readonly verdicts: readonly Omit<ModerationVerdict, 'truncated'>[]
  }
>({ Suggestion: word, Label: maybe, Form: maybe, verdicts: list(verdict, { remedy }) }, remedy)

/**
 * The check of the moderation that a user's workflow passes on, perhaps after it went through other hands. The policy of a gate is code of
 * the user, so it covers every member that code may read without a test. Whether verdicts were cut is only a flag, and may be missing.
 */
export const moderationCheck: Check<ModerationResult> = shape
