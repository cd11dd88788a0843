import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedOf } from '../../src/contract/asked.js'
import { countsOf } from '../../src/contract/outcome.js'
import { maxReadingBytes, toReading } from '../../src/vod/reading.js'

const transcode = (given: object) => ({
  Type: 'Transcode',
  TranscodeTask: {
    Status: 'SUCCESS',
    ErrCodeExt: '',
    Message: 'SUCCESS',
    Progress: 100,
    Input: { Definition: 100030 },
    Output: { Url: 'https://v/1.mp4', Height: 720 },
    ...given,
  },
  CoverBySnapshotTask: null,
})

const procedure = (set: object, given: object = {}) => ({
  TaskType: 'Procedure',
  Status: 'FINISH',
  CreateTime: '2026-01-01T00:00:00Z',
  FinishTime: '2026-01-01T00:01:00Z',
  ProcedureTask: { TaskId: 'T', Status: 'FINISH', ErrCode: 0, FileId: '528', SessionId: 's', ...set },
  ReviewAudioVideoTask: null,
  ...given,
})

const review = (task: object) => ({
  TaskType: 'ReviewAudioVideo',
  Status: 'FINISH',
  CreateTime: '2026-01-01T00:00:00Z',
  FinishTime: '',
  ProcedureTask: null,
  ReviewAudioVideoTask: {
    TaskId: 'R',
    Status: 'FINISH',
    ErrCodeExt: '',
    Message: '',
    SessionId: '',
    Input: { FileId: '528' },
    ...task,
  },
})

const statuses = (detail: object) =>
  toReading('T', detail as Record<string, unknown>).parts.map(({ status }) => status)

describe('a sub-task', () => {
  it.each([
    ['SUCCESS with an empty ErrCodeExt', {}, 'succeeded'],
    ['SUCCESS with an ErrCodeExt of a blank', { ErrCodeExt: ' ' }, 'succeeded'],
    ['SUCCESS without ErrCodeExt, as older samples have it', { ErrCodeExt: undefined }, 'succeeded'],
    ['SUCCESS with an ErrCodeExt', { ErrCodeExt: 'InternalError' }, 'failed'],
    ['FAIL', { Status: 'FAIL', ErrCodeExt: 'SourceFileError' }, 'failed'],
    [
      'SUCCESS with an ErrCode, where it has no ErrCodeExt',
      { ErrCode: 70000, ErrCodeExt: undefined },
      'failed',
    ],
    ['SUCCESS with an ErrCode as a text', { ErrCode: '70000', ErrCodeExt: null }, 'failed'],
    [
      'SUCCESS with an ErrCode of 0, where it has no ErrCodeExt',
      { ErrCode: 0, ErrCodeExt: null },
      'succeeded',
    ],
    ['SUCCESS with an ErrCode, and an empty ErrCodeExt, which counts', { ErrCode: 70000 }, 'succeeded'],
    ['SUCCESS with a Url of blanks', { Output: { Url: ' \t\n' } }, 'unknown'],
    ['SUCCESS with a Url that is the word null', { Output: { Url: 'null' } }, 'unknown'],
    ['PROCESSING in a finished task', { Status: 'PROCESSING' }, 'unknown'],
    ['a status that nobody knows', { Status: 'SKIPPED' }, 'unknown'],
  ])('%s', (_, given, status) => {
    expect(statuses(procedure({ MediaProcessResultSet: [transcode(given)] }))).toEqual([status])
  })

  it.each([
    [
      'both',
      [{ Codec: 'h264' }, { Codec: 'hevc' }],
      [{ Codec: 'aac' }],
      { VideoCodec: 'h264', AudioCodec: 'aac' },
    ],
    ['sound only', [], [{ Codec: 'mp3' }], { AudioCodec: 'mp3' }],
    ['no list', null, 'x', {}],
    ['no codec', [{}], [{ Codec: 7 }], {}],
  ])('shows the codecs of its first streams: %s', (_, VideoStreamSet, AudioStreamSet, codecs) => {
    const Output = { Url: 'https://v/1.mp4', Height: 720, VideoStreamSet, AudioStreamSet }
    const { parts } = toReading('T', procedure({ MediaProcessResultSet: [transcode({ Output })] }))
    expect(parts[0]?.Output).toEqual(
      typeof AudioStreamSet === 'string' ? { Height: 720, AudioStreamSet } : { Height: 720, ...codecs },
    )
  })

  it('counts in every ResultSet, known or not', () => {
    const AiAnalysisResultSet = [{ Type: 'Tag', TagTask: { Status: 'FAIL', ErrCodeExt: 'InternalError' } }]
    const NewTask = { Status: 'SUCCESS', ErrCodeExt: '', Output: { Made: 'https://v' } }
    const NewThingResultSet = [{ Type: 'New', NewTask }]
    const detail = procedure({
      MediaProcessResultSet: [transcode({})],
      AiAnalysisResultSet,
      NewThingResultSet,
    })
    expect(statuses(detail)).toEqual(['succeeded', 'failed', 'succeeded'])
  })

  it.each([
    [{}, 'unknown'],
    [{ Url: null }, 'unknown'],
    [{ Url: '' }, 'unknown'],
    [{ Url: ' ' }, 'unknown'],
    [{ Url: 'null', Made: null }, 'unknown'],
    [{ Url: null, Size: 0 }, 'succeeded'],
    [{ Url: null, Made: 'https://v' }, 'succeeded'],
    [{ SegmentSet: [] }, 'succeeded'],
    [{ SegmentSet: null }, 'succeeded'],
  ])('of a type that nobody knows, with %j, is %s', (Output, status) => {
    const NewTask = { Status: 'SUCCESS', ErrCodeExt: '', Output }
    const NewThingResultSet = [{ Type: 'New', NewTask }]
    const detail = procedure({ MediaProcessResultSet: [transcode({})], NewThingResultSet })
    expect(statuses(detail)).toEqual(['succeeded', status])
  })

  it('that has no result, or two, is unknown', () => {
    const two = { Type: 'X', A: { Status: 'SUCCESS' }, B: { Status: 'SUCCESS' } }
    expect(statuses(procedure({ MediaProcessResultSet: [{ Type: 'X' }, two] }))).toEqual([
      'unknown',
      'unknown',
    ])
  })

  const failed = (Input: unknown) =>
    transcode({ Status: 'FAIL', ErrCodeExt: 'InternalError', Input, Output: null })
  const inputsOf = (MediaProcessResultSet: object[]) =>
    toReading('T', procedure({ MediaProcessResultSet })).parts.map(({ status, Input }) => [status, Input])
  const Input = { Definition: 100030 }

  it('that failed keeps what was asked for', () => {
    const other = { Definition: 100030, WatermarkSet: [{ Definition: 1 }] }
    expect(inputsOf([failed(Input), failed(other)])).toEqual([
      ['failed', Input],
      ['failed', other],
    ])
  })

  it('that failed and is shown twice keeps no Input, so that it is not repaired twice', () => {
    expect(inputsOf([failed(Input), failed(Input)])).toEqual([
      ['failed', undefined],
      ['failed', undefined],
    ])
    expect(inputsOf([failed(Input), transcode({})])).toEqual([
      ['failed', undefined],
      ['succeeded', undefined],
    ])
  })

  it('that succeeded and is shown twice stands for one of those that were asked for', () => {
    const asked = { TaskType: 'Procedure', results: { Transcode: 2 } }
    const shown = (other: object) => {
      const MediaProcessResultSet = [transcode({}), other]
      return toReading('T', procedure({ MediaProcessResultSet }), { asked }).parts.map(({ status }) => status)
    }
    expect(shown(transcode({}))).toEqual(['succeeded', 'succeeded', 'unknown'])
    expect(shown(transcode({ Output: { Url: 'https://v/2.mp4' } }))).toEqual(['succeeded', 'succeeded'])
  })

  describe('that was asked for twice', () => {
    const watermarked = { Definition: 100030, WatermarkSet: [{ Definition: 1 }] }
    const askedFor = (...TranscodeTaskSet: object[]) => {
      const asked = askedOf('ProcessMedia', { FileId: '528', MediaProcessTask: { TranscodeTaskSet } })
      return (...MediaProcessResultSet: object[]) =>
        toReading('T', procedure({ MediaProcessResultSet }), { asked }).parts.map(({ status }) => status)
    }
    const plain = transcode({})
    const marked = transcode({ Input: watermarked })

    it('may be shown twice, with the same result', () => {
      expect(askedFor(Input, Input)(plain, plain)).toEqual(['succeeded', 'succeeded'])
      expect(askedFor({ ...watermarked }, watermarked)(marked, marked)).toEqual(['succeeded', 'succeeded'])
    })

    it('is unknown if it is shown once', () => {
      expect(askedFor(Input, Input)(plain)).toEqual(['succeeded', 'unknown'])
    })

    it('stands for no result of another request', () => {
      const all = ['succeeded', 'succeeded', 'succeeded']
      expect(askedFor(Input, Input, { Definition: 100040 })(plain, plain, plain)).toEqual([...all, 'unknown'])
      expect(askedFor(watermarked, watermarked, Input)(marked, marked, plain)).toEqual(all)
      expect(askedFor(watermarked, watermarked, Input)(marked, plain, plain)).toEqual([...all, 'unknown'])
    })

    it('stands for no result of a request that asks for more', () => {
      const all = ['succeeded', 'succeeded', 'succeeded']
      expect(askedFor(Input, Input, watermarked)(plain, plain, marked)).toEqual(all)
      expect(askedFor(Input, Input, watermarked)(plain, marked, marked)).toEqual([...all, 'unknown'])
    })

    it('may be shown with members that VOD adds', () => {
      const added = transcode({ Input: { ...Input, OutputObjectPath: '/x' } })
      expect(askedFor(Input, Input, watermarked)(added, added, marked)).toEqual([
        'succeeded',
        'succeeded',
        'succeeded',
      ])
    })
  })

  it('keeps its scalars and every URL', () => {
    const Output = {
      Url: 'https://v/1.m3u8',
      Size: 5,
      SubStreamSet: [{ Url: 'https://v/2.m3u8' }],
      ImageUrlSet: ['http://v/3.jpg', 'x'],
    }
    const [part] = toReading('T', procedure({ MediaProcessResultSet: [transcode({ Output })] })).parts
    expect(part).toMatchObject({
      Definition: 100030,
      Output: { Url: 'https://v/1.m3u8', Size: 5 },
      urls: ['https://v/1.m3u8', 'https://v/2.m3u8', 'http://v/3.jpg'],
    })
  })

  it('that succeeded with one URL says nothing twice', () => {
    const Output = { Definition: 100030, Url: 'https://v/1.mp4', Size: 5 }
    const [part] = toReading('T', procedure({ MediaProcessResultSet: [transcode({ Output })] })).parts
    expect(part).toEqual({
      Type: 'Transcode',
      status: 'succeeded',
      Definition: 100030,
      Output: { Size: 5 },
      urls: ['https://v/1.mp4'],
    })
  })
})

it('says nothing that follows from the rest', () => {
  const ended = procedure({ MediaProcessResultSet: [transcode({ Output: { Url: 'https://v/1.mp4' } })] })
  expect(Object.keys(toReading('T', ended)).toSorted()).toEqual(
    ['CreateTime', 'FileId', 'FinishTime', 'SessionId', 'Status', 'TaskId', 'TaskType', 'parts'].toSorted(),
  )
})

describe('a whole task', () => {
  it('FINISH without sub-tasks is one failed part, with what VOD says of it', () => {
    const detail = procedure({ MediaProcessResultSet: [], ErrCode: 60000, Message: 'source file error' })
    expect(toReading('T', detail).parts).toMatchObject([
      { Type: 'Procedure', status: 'failed', Message: 'source file error' },
    ])
    expect(statuses(procedure({ MediaProcessResultSet: [] }, { Status: 'PROCESSING' }))).toEqual([])
  })

  it('FINISH without its object is unknown', () => {
    expect(statuses({ TaskType: 'Procedure', Status: 'FINISH' })).toEqual(['unknown'])
  })

  it('FINISH of what is ABORTED is unknown, and its parts are shown', () => {
    const set = { MediaProcessResultSet: [transcode({})], Status: 'ABORTED' }
    expect(toReading('T', procedure(set)).parts).toMatchObject([
      { Type: 'Transcode', status: 'succeeded' },
      { Type: 'Procedure', status: 'unknown', Message: 'FINISH, but ProcedureTask is ABORTED' },
    ])
    expect(statuses(review({ Status: 'ABORTED', Output: { Suggestion: 'pass' } }))).toContain('unknown')
    const New = { TaskType: 'New', Status: 'FINISH', NewTask: { Status: 'ABORTED', Made: 'https://v' } }
    expect(statuses(New)).toContain('unknown')
  })

  it('that made media under a FileId of blanks has made none', () => {
    const pulled = (FileId: string) => ({
      ...{ TaskType: 'PullUpload', Status: 'FINISH' },
      PullUploadTask: { FileId, ErrCode: 0, ErrCodeExt: '' },
    })
    expect(statuses(pulled('528'))).toEqual(['succeeded'])
    expect(statuses(pulled(' '))).toEqual(['unknown'])
    expect(statuses(pulled('null'))).toEqual(['unknown'])
  })

  it('ABORTED is one aborted part', () => {
    expect(statuses(procedure({ MediaProcessResultSet: [] }, { Status: 'ABORTED' }))).toEqual(['aborted'])
  })

  it('shows the mean progress of its sub-tasks', () => {
    const set = [transcode({ Status: 'PROCESSING', Progress: 20 }), transcode({ Progress: 100 })]
    expect(toReading('T', procedure({ MediaProcessResultSet: set }, { Status: 'PROCESSING' })).percent).toBe(
      60,
    )
  })
})

describe('what VOD does not show', () => {
  const unknown = ['', '0001-01-01T00:00:00Z', null, undefined, 'soon', 1]

  it.each(unknown)('of times, %j, is absent', (time) => {
    const reading = toReading('T', procedure({}, { CreateTime: time, FinishTime: time }))
    expect(Object.keys(reading)).not.toContain('CreateTime')
    expect(Object.keys(reading)).not.toContain('FinishTime')
  })

  it.each(['', null, undefined])('of ids, %j, is absent', (id) => {
    const reading = toReading('T', procedure({ FileId: id, SessionId: id }))
    expect(Object.keys(reading)).not.toContain('FileId')
    expect(Object.keys(reading)).not.toContain('SessionId')
  })
})

describe('a review task', () => {
  it('succeeds when it has a suggestion, and carries the verdict of media and cover', () => {
    const CoverReviewResult = { Suggestion: 'block', Label: 'Ad', Form: 'Image' }
    const SegmentSet = [
      {
        StartTimeOffset: 1,
        EndTimeOffset: 2,
        Confidence: 99,
        Suggestion: 'review',
        Label: 'Porn',
        Form: 'Image',
      },
    ]
    const { parts, verdicts } = toReading(
      'R',
      review({
        Output: { Suggestion: 'review', Label: 'Porn', Form: 'Image', SegmentSet, CoverReviewResult },
      }),
    )
    expect(parts).toMatchObject([{ Type: 'ReviewAudioVideo', status: 'succeeded' }])
    expect(verdicts).toMatchObject([
      { of: 'Cover', ...CoverReviewResult },
      { of: 'Media', Suggestion: 'review', Label: 'Porn', segments: [{ Confidence: 99 }] },
    ])
  })

  it('fails with an ErrCodeExt, and is unknown without a suggestion', () => {
    expect(statuses(review({ ErrCodeExt: 'InternalError', Output: { Suggestion: 'pass' } }))).toEqual([
      'failed',
    ])
    expect(statuses(review({ Output: null }))).toEqual(['unknown'])
    const CoverReviewResult = { Suggestion: 'pass' }
    expect(statuses(review({ Output: { CoverReviewResult } }))).toEqual(['unknown'])
    const Input = { FileId: '528', ReviewContents: ['Cover'] }
    expect(statuses(review({ Input, Output: { CoverReviewResult } }))).toEqual(['succeeded'])
  })
})

it('never throws and never exceeds its size, whatever VOD answers', () => {
  fc.assert(
    fc.property(
      fc.object({ maxDepth: 4 }),
      fc.constantFrom('Procedure', 'ReviewAudioVideo', 'New'),
      (detail, TaskType) => {
        const reading = toReading('T', { Status: 'FINISH', ...detail, TaskType, ProcedureTask: detail })
        expect(new TextEncoder().encode(JSON.stringify(reading)).length).toBeLessThanOrEqual(maxReadingBytes)
      },
    ),
  )
})

it('cuts lists before scalars, says so, and still counts every sub-task', () => {
  const ImageUrlSet = Array.from({ length: 500 }, (_, n) => `https://vod.example/${'x'.repeat(200)}/${n}.jpg`)
  const MediaProcessResultSet = Array.from({ length: 400 }, () =>
    transcode({ Output: { ImageUrlSet, Url: 'https://v' } }),
  )
  const reading = toReading('T', procedure({ MediaProcessResultSet }))
  expect(JSON.stringify(reading).length).toBeLessThanOrEqual(maxReadingBytes)
  expect(reading.truncated).toBe(true)
  expect(countsOf(reading).succeeded).toBe(400)
})
