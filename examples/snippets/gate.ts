import type { Outcome } from 'vodflow'
import { notify, reviewGate } from 'vodflow/workflows'

const hour = 60 * 60_000
/** VOD lists at most 10 segments in a verdict. A list of 10 may have been cut. */
const longestList = 10

export function mayBePublished({ moderation }: Outcome) {
  return reviewGate({
    moderation, // undefined: a person decides
    policy({ Suggestion, segments, cover }) {
      // Film and cover have a verdict each.
      if (cover && cover.Suggestion !== 'pass') return 'review'
      if (Suggestion === 'pass') return 'pass'
      // Pass weak ads, but only if the list has every segment and each is a weak ad.
      const isWhole = segments.length > 0 && segments.length < longestList
      const areWeakAds = segments.every(
        (segment) => segment.Suggestion === 'review' && segment.Label === 'Ad' && segment.Confidence < 80,
      )
      return Suggestion === 'review' && isWhole && areWeakAds ? 'pass' : 'review'
    },
    remindAfter: [4 * hour, 24 * hour],
    escalateAfter: 24 * hour,
    deadline: 72 * hour, // then `onDeadline` applies: rejected
    tell: ({ type, gate }) => notify({ type: `review.${type}`, data: gate }),
  })
}
