import type { Moderation, ModerationSegment } from '../../vod/outcome.js'
import type { Evidence } from './contract.js'

/** The links in a verdict, each with the time until which VOD serves it. */
export function evidenceOf(moderation: Moderation | undefined): Evidence[] {
  if (!moderation) return []
  const { segments, SegmentSetFileUrl, SegmentSetFileUrlExpireTime } = moderation
  return [
    ...segments.map((segment) => ({
      what: describe(segment),
      url: segment.Url ?? '',
      expireTime: segment.PicUrlExpireTime ?? '',
    })),
    { what: 'all segments', url: SegmentSetFileUrl, expireTime: SegmentSetFileUrlExpireTime },
  ].filter(({ url }) => url !== '')
}

function describe({
  StartTimeOffset,
  EndTimeOffset,
  Suggestion,
  Label,
  Confidence,
}: ModerationSegment): string {
  return `${StartTimeOffset} to ${EndTimeOffset} s: ${Suggestion} ${Label} ${Confidence}`
}
