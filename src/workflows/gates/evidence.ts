import type { GateEvidence } from '../../contract/gates.js'
import type { ModerationResult, ModerationSegment, ModerationVerdict } from '../../contract/outcome.js'

/** Returns the links in the verdicts, each with the time until which VOD serves it. */
export function evidenceOf(moderation: ModerationResult | undefined): GateEvidence[] {
  return (moderation?.verdicts ?? []).flatMap(evidenceFor).filter(({ url }) => url !== '')
}

function evidenceFor({
  of,
  segments,
  SegmentSetFileUrl,
  SegmentSetFileUrlExpireTime,
}: ModerationVerdict): GateEvidence[] {
  return [
    ...segments.map((segment) => ({
      what: `${of}: ${describe(segment)}`,
      url: segment.Url ?? '',
      ...until(segment.PicUrlExpireTime),
    })),
    { what: `${of}: all segments`, url: SegmentSetFileUrl, ...until(SegmentSetFileUrlExpireTime) },
  ]
}

function until(expireTime: string | undefined): Pick<GateEvidence, 'expireTime'> {
  return expireTime ? { expireTime } : {}
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
