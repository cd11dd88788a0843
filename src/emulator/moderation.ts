import type { Json } from './json.js'

/** The types that the older moderation checks, each a member of its results. Sound and text have keywords but no label. */
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

/** The subject of a verdict. */
type VerdictSubject = 'Media' | 'Cover' | OlderType

const words = ['block', 'review'] as const

/** Subjects that a word in a name can address alone. Longest first, because `porn.asr` starts with `porn`. */
const addressed = ['Media', 'Cover', ...olderTypes.map(({ Type }) => Type)].toSorted(
  (one, other) => other.length - one.length,
)
const addressedWord = new RegExp(`(${words.join('|')})-(${addressed.join('|').replaceAll('.', '\\.')})`, 'gi')

/**
 * Returns the verdict by the rule of docs/emulator.md: the media's name decides. `block` or `review` in it is the verdict on the film for
 * every type of check. `review-fails` makes the moderation itself fail. `block-cover` or `review-porn.asr` applies only to the cover or to
 * that type. Any other name passes.
 */
function judge(media: string, of: VerdictSubject): 'pass' | 'review' | 'block' {
  const said = [...media.matchAll(addressedWord)].filter(
    ([, , about]) => about?.toLowerCase() === of.toLowerCase(),
  )
  const rest = of === 'Cover' ? '' : media.replaceAll(addressedWord, '')
  const isSaid = (word: string) =>
    rest.includes(word) || said.some(([, each]) => each?.toLowerCase() === word)
  return words.find(isSaid) ?? 'pass'
}

/** Returns true if every kind of moderation of this media fails. */
export function moderationFails(media: string): boolean {
  return media.includes('review-fails')
}

export interface ReviewOptions {
  readonly name: string
  readonly contents: readonly string[]
  readonly segmentFileUrl: string
  readonly expireTime: string
}

/** Returns the output of a ReviewAudioVideo task. A finding is always in the first second. */
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

/** Returns the output of a sub-task of the older moderation. */
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

/** Returns the sub-tasks of the older moderation. Definition 10 checks pictures, any other also sound and text. */
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
 * Results of recognition and analysis, which succeed and find nothing. Their types are those that the preset definitions 10 and 20 ask for.
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
