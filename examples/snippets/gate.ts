import type { Outcome } from 'vodflow'
import { type ModerationVerdict, notify, reviewGate } from 'vodflow/workflows'

export function mayBePublished({ moderation }: Outcome) {
  return reviewGate({
    moderation, // undefined: a person decides
    // All verdicts must be fine: on the film, on the cover, and by the older moderation.
    policy: ({ verdicts, truncated }) => (!truncated && verdicts.every(isFine) ? 'pass' : 'review'),
    remindAfter: ['4 hours', '24 hours'],
    escalateAfter: '24 hours',
    deadline: '72 hours', // then `onDeadline` applies: rejected
    onEvent: ({ type, gate }) => notify({ type: `review.${type}`, data: gate }),
  })
}

/** Passes weak ads too, but only if the list has every segment and each is a weak ad. */
function isFine({ Suggestion, segments, truncated }: ModerationVerdict): boolean {
  if (Suggestion === 'pass') return true
  const areWeakAds = segments.every(
    (segment) => segment.Suggestion === 'review' && segment.Label === 'Ad' && segment.Confidence < 80,
  )
  return Suggestion === 'review' && segments.length > 0 && !truncated && areWeakAds
}
