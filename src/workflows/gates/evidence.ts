import type { GateEvidence } from '../../contract/gates.js'
import { filled } from '../../contract/json.js'
import type { ModerationResult, ModerationSegment, ModerationVerdict } from '../../contract/outcome.js'

/** Returns the links in the verdicts, each with the time until which VOD serves it. */
export function evidenceOf(moderation: ModerationResult | undefined): GateEvidence[] {
  return (moderation?.verdicts ?? []).flatMap(evidenceFor)
}

function evidenceFor({
  of,
  segments,
  SegmentSetFileUrl,
  SegmentSetFileUrlExpireTime,
}: ModerationVerdict): GateEvidence[] {
  return [
    ...segments.flatMap((segment) =>
      link(`${of}: ${describe(segment)}`, segment.Url, segment.PicUrlExpireTime),
    ),
    ...link(`${of}: all segments`, SegmentSetFileUrl, SegmentSetFileUrlExpireTime),
  ]
}

function link(what: string, url: string | undefined, expireTime: string | undefined): GateEvidence[] {
  return url ? [{ what, url, ...filled({ expireTime }) }] : []
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
  return `${when}${[Suggestion, Label, Confidence].filter((word) => word !== undefined).join(' ')}`
}
