type Json = Record<string, unknown>

/** In a name: the cover is blocked, whatever the rest of the name says about the film. */
const blockCover = 'block-cover'

/**
 * The rule for moderation, stated openly in docs/emulator.md: the media's name decides. A name that contains
 * `block` or `review` gets that suggestion; one that contains `review-fails` makes the task itself fail; any
 * other passes. `block-cover` is about the cover only.
 */
export function judge(media: string): { Suggestion: 'pass' | 'review' | 'block'; fails: boolean } {
  const name = media.replaceAll(blockCover, '')
  if (name.includes('review-fails')) return { Suggestion: 'review', fails: true }
  if (name.includes('block')) return { Suggestion: 'block', fails: false }
  return { Suggestion: name.includes('review') ? 'review' : 'pass', fails: false }
}

export interface ReviewOptions {
  readonly name: string
  readonly contents: readonly string[]
  readonly segmentFileUrl: string
  readonly expireTime: string
}

/** Output of a ReviewAudioVideo task: the first seconds are what offends. */
export function reviewOutput({ name, contents, segmentFileUrl, expireTime }: ReviewOptions): Json {
  const { Suggestion } = judge(name)
  const found = Suggestion !== 'pass'
  const Label = found ? 'Porn' : ''
  const verdict = { Suggestion, Label, Form: found ? 'Image' : '' }
  const SegmentSet = found
    ? [
        {
          StartTimeOffset: 0,
          EndTimeOffset: 1,
          Confidence: Suggestion === 'block' ? 99 : 75,
          ...verdict,
          SubLabel: 'porn',
          AreaCoordSet: [],
          Text: '',
          KeywordSet: [],
          Url: '',
          PicUrlExpireTime: '',
        },
      ]
    : []
  const none = {
    Suggestion: 'pass',
    Label: '',
    Form: '',
    SegmentSet: [],
    SegmentSetFileUrl: '',
    SegmentSetFileUrlExpireTime: '',
  }
  return {
    ...verdict,
    SegmentSet,
    SegmentSetFileUrl: found ? segmentFileUrl : '',
    SegmentSetFileUrlExpireTime: found ? expireTime : '',
    CoverReviewResult: contents.includes('Cover')
      ? name.includes(blockCover)
        ? { ...none, Suggestion: 'block', Label: 'Porn', Form: 'Image' }
        : none
      : null,
  }
}

/**
 * Recognition and analysis find nothing, in a success with the result's own type: an honest "looked, nothing
 * there". The types of a task's results are those that the preset definitions 10 and 20 ask for.
 */
export const aiResults = {
  AiAnalysisResultSet: [
    { Type: 'Classification', member: 'ClassificationTask', Output: { ClassificationSet: [] } },
    { Type: 'Cover', member: 'CoverTask', Output: { CoverSet: [] } },
    { Type: 'Tag', member: 'TagTask', Output: { TagSet: [] } },
  ],
  AiRecognitionResultSet: [
    {
      Type: 'FaceRecognition',
      member: 'FaceTask',
      Output: { ResultSet: [], ResultSetFileUrl: '', ResultSetFileUrlExpireTime: '' },
    },
  ],
  AiContentReviewResultSet: [
    {
      Type: 'Porn',
      member: 'PornTask',
      Output: {
        Confidence: 0,
        Suggestion: 'pass',
        Label: '',
        SegmentSet: [],
        SegmentSetFileUrl: '',
        SegmentSetFileUrlExpireTime: '',
      },
    },
  ],
} as const
