import type { Template } from './model.js'

/** Preset task flows of every sub-app (console, "Task Flow Settings"). */
const presets: Readonly<Record<string, { comment: string; streams: readonly number[] }>> = {
  LongVideoPreset: { comment: 'Adaptive HLS, sprite and cover', streams: [10] },
  SimpleAesEncryptPreset: { comment: 'Adaptive HLS with SimpleAES, sprite and cover', streams: [12] },
  WidevineFairPlayPreset: {
    comment: 'Adaptive HLS with FairPlay and Widevine, sprite and cover',
    streams: [11, 13],
  },
}

export function presetTemplates(SubAppId: number): Template[] {
  return Object.entries(presets).map(([Name, { comment, streams }]) => ({
    Name,
    SubAppId,
    Type: 'Preset',
    Comment: comment,
    createdAt: Date.parse('2018-01-01T00:00:00Z'),
    updatedAt: Date.parse('2018-01-01T00:00:00Z'),
    body: {
      MediaProcessTask: {
        AdaptiveDynamicStreamingTaskSet: streams.map((Definition) => ({ Definition })),
        ImageSpriteTaskSet: [{ Definition: 10 }],
        CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Time', PositionValue: 0 }],
      },
    },
  }))
}
