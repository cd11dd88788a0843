type Json = Record<string, unknown>

/** What the older moderation looks at, each a member of its results. Sound and text have keywords and no label. */
const olderTypes = [
  { Type: 'Porn', Label: 'porn' },
  { Type: 'Terrorism', Label: 'guns' },
  { Type: 'Political', Label: 'politician', Name: 'somebody' },
  { Type: 'Porn.Asr', KeywordSet: ['a word'] },
  { Type: 'Porn.Ocr', KeywordSet: ['a word'] },
  { Type: 'Political.Asr', KeywordSet: ['a word'] },
  { Type: 'Political.Ocr', KeywordSet: ['a word'] },
  { Type: 'Terrorism.Ocr', KeywordSet: ['a word'] },
  { Type: 'Prohibited.Asr', KeywordSet: ['a word'] },
  { Type: 'Prohibited.Ocr', KeywordSet: ['a word'] },
] as const

type OlderType = (typeof olderTypes)[number]['Type']

/** What a verdict is about. */
type Judged = 'Media' | 'Cover' | OlderType

const words = ['block', 'review'] as const

/** In a name: a word that is about one of them only. The longest first, because `porn` begins `porn.asr`. */
const addressed = ['Media', 'Cover', ...olderTypes.map(({ Type }) => Type)].toSorted(
  (one, other) => other.length - one.length,
)
const addressedWord = new RegExp(`(${words.join('|')})-(${addressed.join('|').replaceAll('.', '\\.')})`, 'gi')

/**
 * The rule for moderation, stated openly in docs/emulator.md: the media's name decides. `block` or `review` in it is the verdict on
 * the film, in whatever way it is looked at; `review-fails` makes the moderation itself fail; `block-cover` or `review-porn.asr` is
 * about the cover, or about that only. Anything else passes.
 */
function judge(media: string, of: Judged): 'pass' | 'review' | 'block' {
  const said = [...media.matchAll(addressedWord)].filter(
    ([, , about]) => about?.toLowerCase() === of.toLowerCase(),
  )
  const rest = of === 'Cover' ? '' : media.replaceAll(addressedWord, '')
  const isSaid = (word: string) =>
    rest.includes(word) || said.some(([, each]) => each?.toLowerCase() === word)
  return words.find(isSaid) ?? 'pass'
}

/** Moderation of this media fails, whatever looks at it. */
export function moderationFails(media: string): boolean {
  return media.includes('review-fails')
}

export interface ReviewOptions {
  readonly name: string
  readonly contents: readonly string[]
  readonly segmentFileUrl: string
  readonly expireTime: string
}

/** Output of a ReviewAudioVideo task: the first seconds are what offends. */
export function reviewOutput({ name, contents, segmentFileUrl, expireTime }: ReviewOptions): Json {
  const Suggestion = judge(name, 'Media')
  const found = Suggestion !== 'pass'
  const Label = found ? 'Porn' : ''
  const verdict = { Suggestion, Label, Form: found ? 'Image' : '' }
  const SegmentSet = found
    ? [
        {
          ...firstSecond(Suggestion),
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
  return {
    ...verdict,
    SegmentSet,
    SegmentSetFileUrl: found ? segmentFileUrl : '',
    SegmentSetFileUrlExpireTime: found ? expireTime : '',
    CoverReviewResult: contents.includes('Cover') ? coverResult(judge(name, 'Cover')) : null,
  }
}

function coverResult(Suggestion: string): Json {
  const found = Suggestion !== 'pass'
  return {
    Suggestion,
    Label: found ? 'Porn' : '',
    Form: found ? 'Image' : '',
    SegmentSet: [],
    SegmentSetFileUrl: '',
    SegmentSetFileUrlExpireTime: '',
  }
}

/** Output of a sub-task of the older moderation. */
export function olderOutput(name: string, Type: string): Json {
  const older = olderTypes.find((each) => each.Type === Type)
  if (!older) throw new Error(`the older moderation has no ${Type}`)
  const Suggestion = judge(name, older.Type)
  const found = Suggestion !== 'pass'
  const { Type: _, ...finding } = older
  const label = 'Label' in older ? { Label: found ? older.Label : '' } : {}
  return {
    Confidence: found ? firstSecond(Suggestion).Confidence : 0,
    Suggestion,
    ...label,
    SegmentSet: found ? [{ ...firstSecond(Suggestion), Suggestion, ...finding }] : [],
    SegmentSetFileUrl: '',
    SegmentSetFileUrlExpireTime: '',
  }
}

function firstSecond(Suggestion: string) {
  return { StartTimeOffset: 0, EndTimeOffset: 1, Confidence: Suggestion === 'block' ? 99 : 75 }
}

/** The older moderation's sub-tasks: definition 10 looks at pictures, any other at sound and text as well. */
export function olderTypesOf(Definition: unknown): { Type: string; member: string }[] {
  return olderTypes
    .filter(({ Type }) => Definition !== 10 || !Type.includes('.'))
    .map(({ Type }) => ({ Type, member: olderMember(Type) }))
}

/** Every member of an AiContentReviewResult; all but one are null. */
export const olderMembers = olderTypes.map(({ Type }) => olderMember(Type))

function olderMember(Type: string): string {
  return `${Type.replace('.', '')}Task`
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
} as const
