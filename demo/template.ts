/** What the demo asks VOD for: the body of `CreateProcedureTemplate`, with preset definitions. */
export const template = {
  Name: 'TranscodeAndSnapshot',
  Comment: 'Two transcodes, adaptive HLS, snapshots, sprite, cover, moderation',
  MediaProcessTask: {
    TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100030 }],
    AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
    SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['1s', '50%', '90%'] }],
    SampleSnapshotTaskSet: [{ Definition: 10 }],
    ImageSpriteTaskSet: [{ Definition: 10 }],
    CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Percent', PositionValue: 30 }],
  },
  ReviewAudioVideoTask: { Definition: 10, ReviewContents: ['Media', 'Cover'] },
}
