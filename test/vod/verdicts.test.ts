import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedOf } from '../../src/contract/asked.js'
import { fitOutcome, maxOutcomeBytes } from '../../src/contract/fitOutcome.js'
import { moderationOf, moderationText } from '../../src/contract/moderation.js'
import type { Outcome, TaskReading } from '../../src/contract/outcome.js'
import { maxReadingBytes, toReading } from '../../src/vod/reading.js'
import { part, reading } from '../support/step.js'

type Json = Record<string, unknown>

const pass = { Suggestion: 'pass' }
const block = { Suggestion: 'block' }
const review = { Suggestion: 'review' }

/** Each Type of the older moderation, with its member. */
const members = {
  Porn: 'PornTask',
  Terrorism: 'TerrorismTask',
  Political: 'PoliticalTask',
  'Porn.Asr': 'PornAsrTask',
  'Porn.Ocr': 'PornOcrTask',
  'Political.Asr': 'PoliticalAsrTask',
  'Political.Ocr': 'PoliticalOcrTask',
  'Terrorism.Ocr': 'TerrorismOcrTask',
  'Prohibited.Ocr': 'ProhibitedOcrTask',
  'Prohibited.Asr': 'ProhibitedAsrTask',
}
const nulls = Object.fromEntries(Object.values(members).map((member) => [member, null]))

const older = (Type: string, Output: Json | null, given: Json = {}): Json => ({
  Type,
  ...nulls,
  [members[Type as keyof typeof members] ?? `${Type.replace('.', '')}Task`]: {
    Status: 'SUCCESS',
    ErrCodeExt: '',
    Progress: 100,
    Input: { Definition: 20 },
    Output,
    ...given,
  },
})

/** The reading of a task flow, whose transcode succeeded. */
const flow = (AiContentReviewResultSet: unknown, Status = 'FINISH', given: Json = {}): TaskReading => {
  const TranscodeTask = { Status: 'SUCCESS', ErrCodeExt: '', Output: { Url: 'https://v' } }
  const transcode = { Type: 'Transcode', TranscodeTask }
  const ProcedureTask = { MediaProcessResultSet: [transcode], AiContentReviewResultSet, ...given }
  return toReading('P', { TaskType: 'Procedure', Status, ProcedureTask })
}

/** The reading of a task flow whose request asked for a transcode and the older moderation. */
const asking = (given: Json): TaskReading => {
  const MediaProcessTask = { TranscodeTaskSet: [{ Definition: 100010 }] }
  const asked = askedOf('ProcessMedia', { MediaProcessTask, AiContentReviewTask: { Definition: 20 } })
  const TranscodeTask = { Status: 'SUCCESS', ErrCodeExt: '', Output: { Url: 'https://v' } }
  const ProcedureTask = { MediaProcessResultSet: [{ Type: 'Transcode', TranscodeTask }], ...given }
  return toReading('P', { TaskType: 'Procedure', Status: 'FINISH', ProcedureTask }, { asked })
}

/** The reading of a task flow with a set of moderation that did not exist. */
const newer = (set: string, Output: Json): TaskReading => {
  const good = { Status: 'SUCCESS', ErrCodeExt: '', Output: pass }
  const item = { Type: 'Text', TextTask: { Status: 'SUCCESS', ErrCodeExt: '', Output } }
  const ProcedureTask = { MediaProcessResultSet: [], [set]: [{ Type: 'Image', ImageTask: good }, item] }
  return toReading('P', { TaskType: 'Procedure', Status: 'FINISH', ProcedureTask })
}

/** The reading of a ReviewAudioVideo task. */
const film = (
  Output: unknown,
  given: Json = {},
  Status = 'FINISH',
  ReviewContents?: readonly string[],
): TaskReading =>
  toReading(
    'R',
    {
      TaskType: 'ReviewAudioVideo',
      Status,
      ReviewAudioVideoTask: { ErrCodeExt: '', Output, Input: { ReviewContents: ['Media'] }, ...given },
    },
    { asked: ReviewContents && askedOf('ReviewAudioVideo', { ReviewContents }) },
  )
const both = { Input: { ReviewContents: ['Media', 'Cover'] } }

const of = (...readings: TaskReading[]) =>
  moderationOf(readings.map((each) => ({ TaskType: each.TaskType, reading: each })))
const saysOf = (...readings: TaskReading[]) => of(...readings)?.Suggestion

describe('the worst verdict of a step counts, whatever gave it', () => {
  it.each(Object.keys(members))('%s blocks alone, and among others that pass', (Type) => {
    expect(of(flow([older(Type, block)]))).toMatchObject({ Suggestion: 'block', verdicts: [{ of: Type }] })
    const all = Object.keys(members).map((each) => older(each, each === Type ? block : pass))
    expect(of(film(pass), flow(all))?.verdicts[0]).toMatchObject({ of: Type, Suggestion: 'block' })
  })

  it.each<[string, TaskReading[], string | undefined]>([
    ['the older blocks, the newer passes', [flow([older('Porn', block)]), film(pass)], 'block'],
    ['the newer blocks, the older passes', [film(block), flow([older('Porn', pass)])], 'block'],
    ['the cover is blocked, the film passes', [film({ ...pass, CoverReviewResult: block }, both)], 'block'],
    [
      'the older wants a person, film and cover pass',
      [flow([older('Porn.Ocr', review)]), film({ ...pass, CoverReviewResult: pass }, both)],
      'review',
    ],
    [
      'all pass',
      [
        flow([older('Porn', pass), older('Porn.Asr', pass)]),
        film({ ...pass, CoverReviewResult: pass }, both),
      ],
      'pass',
    ],
    ['the older passes alone', [flow([older('Porn', pass)])], 'pass'],
    ['two pieces of a split, the second blocked', [film(pass), film(block)], 'block'],
    [
      'words in other letters',
      [film({ Suggestion: 'PASS' }), flow([older('Porn', { Suggestion: 'Block' })])],
      'block',
    ],
    ['a word that nobody knows', [film({ Suggestion: 'reject' })], 'review'],
    ['a member that did not exist', [film(pass), flow([older('Gambling.Asr', block)])], 'block'],
    ['a result without a Type', [flow([{ GamblingTask: { Status: 'SUCCESS', Output: block } }])], 'block'],
    [
      'two results in one item',
      [flow([{ ...older('Porn', pass), NewTask: { Status: 'SUCCESS', Output: block } }])],
      'block',
    ],
    ['a result with another name', [film({ ...pass, TextJudgment: block })], 'block'],
    [
      'a list of results that did not exist',
      [film({ ...pass, TextReviewResultSet: [pass, block] })],
      'block',
    ],
    ['a result next to the output', [film(pass, { SubtitleOutput: block })], 'block'],
    ['a result deep in the output', [film({ ...pass, Details: { Frames: [{ Judgment: block }] } })], 'block'],
    ['segments that are no list', [film({ ...pass, SegmentSet: { 0: block } })], 'block'],
    ['segments in a list of lists', [film({ ...pass, SegmentSet: [[block]] })], 'block'],
    ['a summary of a flow', [flow([older('Porn', pass)], 'FINISH', { ReviewSummary: review })], 'review'],
    ['a set that did not exist', [newer('SmartReviewResultSet', block)], 'block'],
    ['a set that did not exist and needs a person', [newer('ScreeningTaskResultSet', review)], 'review'],
    ['a content that did not exist', [film({ ...pass, SubtitleReviewResult: block })], 'block'],
    [
      'a cover that was asked for alone',
      [film({ CoverReviewResult: pass }, { Input: { ReviewContents: ['Cover'] } })],
      'pass',
    ],
    ['no moderation at all', [flow([])], undefined],
    ['no list of results', [flow(null)], undefined],
  ])('%s', (_, readings, Suggestion) => {
    expect(saysOf(...readings)).toBe(Suggestion)
    expect(saysOf(...readings.toReversed())).toBe(Suggestion)
  })
})

describe('what is missing is never a pass, and hides nothing that is worse', () => {
  it.each<[string, TaskReading]>([
    ['a sub-task that failed', flow([older('Porn', pass), older('Porn.Asr', null, { Status: 'FAIL' })])],
    ['a sub-task that failed with a verdict', flow([older('Porn', pass, { Status: 'FAIL' })])],
    ['a sub-task with an ErrCodeExt', flow([older('Porn', pass, { ErrCodeExt: 'InternalError' })])],
    ['a sub-task that goes on', flow([older('Porn', pass, { Status: 'PROCESSING' })])],
    ['a sub-task without a verdict', flow([older('Porn', {})])],
    ['a sub-task without a result', flow([{ Type: 'Porn', ...nulls }])],
    ['an item that is none', flow([null])],
    ['a cover that was not judged', film(pass, both)],
    ['a cover without a verdict', film({ ...pass, CoverReviewResult: { Suggestion: '' } }, both)],
    ['a content that nobody judged', film(pass, { Input: { ReviewContents: ['Media', 'Subtitle'] } })],
    ['a moderation that does not show what it reviewed', film(pass, { Input: null })],
    ['a moderation without ReviewContents', film(pass, { Input: { FileId: '528' } })],
    ['a moderation whose ReviewContents is a text', film(pass, { Input: { ReviewContents: 'Media' } })],
    ['a moderation that hides the cover that was asked for', film(pass, {}, 'FINISH', ['Media', 'Cover'])],
    ['a moderation that failed inside', film(pass, { Status: 'FAIL' })],
    ['a moderation that goes on inside', film(pass, { Status: 'PROCESSING' })],
    ['a moderation that was aborted inside', film(pass, { Status: 'ABORTED' })],
    [
      'a content that only the answer names',
      film(pass, { Input: { ReviewContents: ['Media', 'Subtitle'] } }, 'FINISH', ['Media']),
    ],
    ['a moderation of another content than was asked for', film(pass, {}, 'FINISH', ['Subtitle'])],
    ['a film that was not judged, only its cover', film({ CoverReviewResult: pass }, both)],
    ['a moderation that failed', film(pass, { ErrCodeExt: 'InternalError' })],
    ['a moderation without an output', film(null)],
    ['a moderation that was aborted', film(null, {}, 'ABORTED')],
    ['a moderation that goes on', film(pass, {}, 'PROCESSING')],
    ['a flow that goes on', flow([older('Porn', pass)], 'PROCESSING')],
    [
      'a flow that shows no sub-task',
      toReading('P', { TaskType: 'Procedure', Status: 'FINISH', ProcedureTask: {} }),
    ],
    ['a flow that was aborted', flow([], 'ABORTED')],
    ['results that were asked for and are left out', asking({})],
    ['results that were asked for and are null', asking({ AiContentReviewResultSet: null })],
    ['results that were asked for and are an empty list', asking({ AiContentReviewResultSet: [] })],
    ['results that were asked for and are a text', asking({ AiContentReviewResultSet: 'pass' })],
    [
      'results that were asked for under another name',
      asking({ SmartReviewResultSet: [older('Porn', pass)] }),
    ],
    ['results that are no list', flow({ 0: older('Porn', pass) })],
    ['results that are a text', flow('pass')],
  ])('%s', (_, missing) => {
    expect(saysOf(missing)).toBeUndefined()
    for (const [Suggestion, whole] of [
      ['pass', undefined],
      ['review', 'review'],
      ['block', 'block'],
    ] as const) {
      expect(saysOf(missing, film({ Suggestion }))).toBe(whole)
      expect(saysOf(flow([older('Political', { Suggestion })]), missing)).toBe(whole)
    }
  })

  it('a task that was never read, and a flow that is not named', () => {
    const good = { TaskType: 'ReviewAudioVideo', reading: film(pass) }
    for (const TaskType of ['ReviewAudioVideo', 'Procedure'])
      expect(moderationOf([good, { TaskType, reading: undefined }])).toBeUndefined()
    const unnamed = reading('S', { TaskType: 'SplitMedia', parts: [part('unknown', { Type: 'Procedure' })] })
    expect(saysOf(film(pass), unnamed)).toBeUndefined()
    const edit = { TaskType: 'EditMedia', reading: undefined }
    expect(moderationOf([good, edit])?.Suggestion).toBe('pass')
  })
})

describe('a segment that is worse than its verdict decides', () => {
  const found = (SegmentSet: unknown) => ({ ...pass, Label: '', SegmentSet })
  const bad = { ...block, Label: 'Porn', Form: 'Image' }

  it.each<[string, TaskReading, string | undefined]>([
    ['of the film', film(found([bad])), 'block'],
    ['of the cover', film({ ...pass, CoverReviewResult: found([bad]) }, both), 'block'],
    ['of the older moderation', flow([older('Porn', found([bad]))]), 'block'],
    ['after those that an outcome keeps', film(found([...Array(20).fill(pass), bad])), 'block'],
    ['that needs a person', film(found([pass, review])), 'review'],
    ['under a word that needs a person', film({ ...review, SegmentSet: [bad] }), 'block'],
    ['with a word that nobody knows', film(found([{ Suggestion: 'reject' }])), 'review'],
    ['but none that passes', film(found([pass])), 'pass'],
    ['but none without a word', film(found([{ Confidence: 99 }, null])), 'pass'],
    ['but none under a better word than its own', film({ ...block, SegmentSet: [review] }), 'block'],
    ['but none of a verdict that is missing', film({ SegmentSet: [bad] }), undefined],
  ])('%s', (_, reading, Suggestion) => {
    expect(saysOf(reading)).toBe(Suggestion)
  })

  it('with its words', () => {
    expect(of(film(found([bad])))).toMatchObject(bad)
  })
})

it('of any verdicts in any order, the worst stands, and the list is worst first', () => {
  const severity = ['pass', undefined, 'review', 'block']
  const said = fc.constantFrom('pass', 'review', 'block', 'Pass', 'new', '')
  const meaning = (word = '') =>
    word === '' ? undefined : ['pass', 'block'].includes(word.toLowerCase()) ? word.toLowerCase() : 'review'
  fc.assert(
    fc.property(
      fc.array(said, { minLength: 1, maxLength: 6 }),
      fc.array(said, { maxLength: 3 }),
      (flows, films) => {
        const readings = [
          flow(flows.map((Suggestion, n) => older(Object.keys(members)[n] as string, { Suggestion }))),
          ...films.map((Suggestion) => film({ Suggestion })),
        ]
        const ranks = [...flows, ...films].map((word) => severity.indexOf(meaning(word)))
        const moderation = of(...readings)
        expect(moderation?.Suggestion).toBe(severity[Math.max(...ranks)])
        const listed = moderation?.verdicts.map(({ Suggestion }) => severity.indexOf(meaning(Suggestion)))
        if (listed) expect(listed).toEqual(ranks.toSorted((one, other) => other - one))
      },
    ),
  )
})

describe('a verdict', () => {
  it('keeps what the older moderation found: keywords, names, pictures', () => {
    const at = { StartTimeOffset: 3, EndTimeOffset: 5, Confidence: 99 }
    const asr = older('Porn.Asr', { ...block, SegmentSet: [{ ...at, ...block, KeywordSet: ['one', 'two'] }] })
    const Url = 'https://vod.example/still.jpg'
    const face = { ...at, ...block, Name: 'somebody', Label: 'politician', Url, PicUrlExpireTime: 'later' }
    const political = older('Political', {
      ...block,
      Label: 'politician',
      SegmentSet: [face],
      SegmentSetFileUrl: 'https://vod.example/all.json',
      SegmentSetFileUrlExpireTime: 'tomorrow',
    })
    const segment = { ...at, ...block }
    expect(flow([asr, political]).verdicts).toEqual([
      {
        of: 'Porn.Asr',
        ...block,
        segments: [{ ...segment, Text: 'one, two' }],
        truncated: false,
      },
      {
        of: 'Political',
        ...block,
        Label: 'politician',
        segments: [{ ...segment, Text: 'somebody', Label: 'politician', Url, PicUrlExpireTime: 'later' }],
        truncated: false,
        SegmentSetFileUrl: 'https://vod.example/all.json',
        SegmentSetFileUrlExpireTime: 'tomorrow',
      },
    ])
  })

  it('says when its list of segments may be cut', () => {
    const truncated = ({ verdicts }: TaskReading) => verdicts?.[0]?.truncated
    const SegmentSet = (length: number) => ({ ...block, SegmentSet: Array(length).fill(block) })
    expect([9, 10].map((length) => truncated(film(SegmentSet(length))))).toEqual([false, true])
    expect([10, 11].map((length) => truncated(flow([older('Porn', SegmentSet(length))])))).toEqual([
      false,
      true,
    ])
  })
})

it('in words: the verdicts that are no pass, with what they are about', () => {
  const text = (...readings: TaskReading[]) =>
    moderationText(of(...readings) as NonNullable<ReturnType<typeof of>>)
  expect(text(film(pass))).toBe('pass')
  expect(text(film({ ...block, Label: 'Porn' }))).toBe('block Porn (Media)')
  const missing = older('Porn', null, { Status: 'FAIL' })
  expect(text(film(pass), flow([missing, older('Porn.Asr', review)]))).toBe(
    'review (Porn.Asr), no verdict (Porn)',
  )
  const many = Object.keys(members).map((Type) => older(Type, block))
  expect(text(flow(many))).toMatch(/^block \(Porn\), .*\(Porn\.Ocr\), 5 more$/)
})

describe('many verdicts', () => {
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length
  const long = '\u{1}'.repeat(1_000)
  const segment = { ...block, Label: long, Form: long, Text: long, Url: long, PicUrlExpireTime: long }
  const huge = { ...segment, SegmentSet: Array(100).fill(segment), SegmentSetFileUrl: long }

  it.each([1, 10, 100])('%s of the longest stay within the size of a reading, and of an outcome', (count) => {
    const many = flow([older('Porn', pass), ...Array(count).fill(older('Porn.Asr', huge))])
    expect(bytes(many)).toBeLessThanOrEqual(maxReadingBytes)
    const joined = { moderation: of(many, many, many), tasks: [many, many, many] }
    const outcome = fitOutcome(joined as unknown as Outcome)
    expect(bytes(outcome)).toBeLessThanOrEqual(maxOutcomeBytes)
    expect(outcome.moderation?.Suggestion).toBe('block')
    expect(many.verdicts?.every(({ truncated, Suggestion }) => truncated || Suggestion === 'pass')).toBe(true)
  })

  it('lose segments before they lose a word, and the missing are not lost among those that pass', () => {
    const one = { ...block, Text: 'x'.repeat(400), Url: 'https://vod.example/'.padEnd(900, 'x') }
    const bad = { ...block, SegmentSet: Array(10).fill(one) }
    const all = flow(Object.keys(members).map((Type) => older(Type, bad)))
    expect(all.verdicts).toHaveLength(10)
    expect(all.verdicts?.every(({ segments, truncated }) => segments.length > 0 && truncated)).toBe(true)
    const missing = older('Porn', null, { Status: 'FAIL' })
    const crowd = flow([...Array(5_000).fill(older('Porn.Asr', pass)), missing])
    expect(bytes(crowd)).toBeLessThanOrEqual(maxReadingBytes)
    expect(saysOf(crowd, film(pass))).toBeUndefined()
  })
})
