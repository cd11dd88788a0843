import type { Outcome } from 'vodflow'
import { notify, reviewGate } from 'vodflow/workflows'

const hour = 60 * 60_000

export function mayBePublished({ moderation }: Outcome) {
  return reviewGate({
    moderation, // undefined: a person decides
    policy({ Suggestion, Label, segments, cover }) {
      // Film and cover have a verdict each.
      if (cover && cover.Suggestion !== 'pass') return 'review'
      const weak = segments.every(({ Confidence }) => Confidence < 80)
      return Suggestion === 'pass' || (Suggestion === 'review' && Label === 'Ad' && weak) ? 'pass' : 'review'
    },
    remindAfter: [4 * hour, 24 * hour],
    escalateAfter: 24 * hour,
    deadline: 72 * hour, // then `onDeadline` applies: rejected
    tell: ({ type, gate }) => notify({ type: `review.${type}`, data: gate }),
  })
}
