import type { Evidence } from '../../contract/gates.js'
import type { Moderation, ModerationSegment, Verdict } from '../../contract/outcome.js'

/** Returns the links in the verdicts, each with the time until which VOD serves it. */
export function evidenceOf(moderation: Moderation | undefined): Evidence[] {
  return (moderation?.verdicts ?? []).flatMap(evidenceFor).filter(({ url }) => url !== '')
}

function evidenceFor({ of, segments, SegmentSetFileUrl, SegmentSetFileUrlExpireTime }: Verdict): Evidence[] {
  return [
    ...segments.map((segment) => ({
      what: `${of}: ${describe(segment)}`,
      url: segment.Url ?? '',
      expireTime: segment.PicUrlExpireTime ?? '',
    })),
    { what: `${of}: all segments`, url: SegmentSetFileUrl, expireTime: SegmentSetFileUrlExpireTime },
  ]
}

function describe({
  StartTimeOffset,
  EndTimeOffset,
  Suggestion,
  Label,
  Confidence,
}: ModerationSegment): string {
  // A cover has no time.
  const when = EndTimeOffset > 0 ? `${StartTimeOffset} to ${EndTimeOffset} s: ` : ''
  return `${when}${Suggestion} ${Label} ${Confidence}`
}
