import { describe, expect, it } from 'vitest'
import { countsOf } from '../../src/contract/outcome.js'
import { toReading } from '../../src/vod/reading.js'

const finished = (TaskType: string, task: object) => ({
  TaskType,
  Status: 'FINISH',
  [`${TaskType}Task`]: task,
})
const pull = (more: object = {}) =>
  finished('PullUpload', {
    FileId: '777',
    FileUrl: 'https://vod.example/777.mp4',
    ErrCode: 0,
    Message: 'SUCCESS',
    ...more,
  })

describe('a task that makes media', () => {
  it.each<[string, object, string[]]>([
    ['PullUpload', pull(), ['777']],
    ['EditMedia', finished('EditMedia', { ErrCode: 0, ErrCodeExt: '', Output: { FileId: '778' } }), ['778']],
    ['ComposeMedia', finished('ComposeMedia', { ErrCode: 0, Output: { FileId: '779' } }), ['779']],
    [
      'SplitMedia',
      finished('SplitMedia', {
        ErrCode: 0,
        FileInfoSet: [{ Output: { FileId: 'a' } }, { Output: { FileId: 'b' } }],
      }),
      ['a', 'b'],
    ],
  ])('%s succeeded when it names what it made', (_, detail, files) => {
    const reading = toReading('t', detail as never)
    const { newFileIds, parts } = reading
    expect(countsOf(reading)).toMatchObject({ succeeded: files.length, failed: 0, unknown: 0 })
    expect(newFileIds).toEqual(files)
    expect(parts.map(({ Output }) => Output.FileId)).toEqual(files)
  })

  it.each<[string, object, string]>([
    ['an error code', pull({ ErrCode: 60_000, FileId: '', Message: 'not found' }), 'failed'],
    [
      'an ErrCodeExt',
      finished('EditMedia', { ErrCode: 0, ErrCodeExt: 'InternalError', Output: null }),
      'failed',
    ],
    ['no error, and no media', pull({ FileId: '' }), 'unknown'],
    ['no error, and no Output', finished('ComposeMedia', { ErrCode: 0, Output: null }), 'unknown'],
    [
      'a segment without media',
      finished('SplitMedia', { ErrCode: 0, FileInfoSet: [{ Output: null }] }),
      'unknown',
    ],
    ['no segments', finished('SplitMedia', { ErrCode: 0, FileInfoSet: [] }), 'unknown'],
  ])('with %s is not', (_, detail, status) => {
    expect(toReading('t', detail as never).parts.map((part) => part.status)).toEqual([status])
  })

  it('keeps the URL of what it made', () => {
    expect(toReading('t', pull() as never).parts[0]?.urls).toEqual(['https://vod.example/777.mp4'])
    const segment = { Output: { FileId: 'a', MediaBasicInfo: { MediaUrl: 'https://vod.example/a.mp4' } } }
    const split = finished('SplitMedia', { ErrCode: 0, FileInfoSet: [segment] })
    expect(toReading('t', split as never).parts[0]?.urls).toEqual(['https://vod.example/a.mp4'])
  })
})

/** VOD can have made none of them. */
const odd: readonly [string, string][] = [
  ['quoted', '"777"'],
  ['padded', ' 777\u00a0'],
  ['with control characters', '777\0'],
  ['with half a character', '777\ud800'],
  ['null', 'null'],
  ['undefined', 'undefined'],
  ['too long', '7'.repeat(300)],
]

describe('an id that VOD cannot have made', () => {
  const named = { ProcedureTaskId: 'p', ReviewAudioVideoTaskId: 'r' }

  it.each(odd)('is kept as no new media: %s', (_, FileId) => {
    const details = [
      pull({ FileId }),
      finished('EditMedia', { ErrCode: 0, ErrCodeExt: '', Output: { FileId } }),
      finished('SplitMedia', { ErrCode: 0, FileInfoSet: [{ Output: { FileId } }] }),
      finished('NewKind', { ErrCode: 0, ErrCodeExt: '', Output: { FileId } }),
    ]
    for (const detail of details) {
      const reading = toReading('t', detail as never)
      expect(reading.newFileIds).toBeUndefined()
      expect(reading.FileId).toBeUndefined()
    }
    for (const detail of details.slice(0, 3))
      expect(countsOf(toReading('t', detail as never))).toMatchObject({ succeeded: 0, unknown: 1 })
  })

  it.each(odd)('is kept as no file of a task: %s', (_, FileId) => {
    expect(toReading('t', finished('Procedure', { FileId }) as never).FileId).toBeUndefined()
  })

  describe.each(['ProcedureTaskId', 'ReviewAudioVideoTaskId'] as const)('as %s', (member) => {
    it.each(odd)('is kept as no task flow, and the answer is incomplete: %s', (_, id) => {
      const item = { Output: { FileId: '777' }, ...named, [member]: id }
      const details = [
        pull(item),
        finished('EditMedia', { ErrCode: 0, ErrCodeExt: '', ...item }),
        finished('SplitMedia', { ErrCode: 0, FileInfoSet: [item] }),
      ]
      // The request of an adopted task is not known.
      for (const flows of [0, 1])
        for (const detail of details) {
          const reading = toReading('t', detail as never, { flows })
          expect(reading.started?.map(({ TaskId }) => TaskId)).toEqual([
            member === 'ProcedureTaskId' ? 'r' : 'p',
          ])
          expect(countsOf(reading).unknown).toBe(1)
        }
    })
  })

  it('is kept as no task flow of a list', () => {
    const Output = { FileId: '777', ProcedureTaskIds: ['p1', '"p2"'] }
    const reading = toReading('t', finished('EditMedia', { ErrCode: 0, ErrCodeExt: '', Output }) as never)
    expect(reading.started).toEqual([{ TaskType: 'Procedure', TaskId: 'p1', FileId: '777' }])
    expect(countsOf(reading).unknown).toBe(1)
  })
})

describe('the task flows that it starts', () => {
  const flow = { ProcedureTaskId: 'p', ReviewAudioVideoTaskId: 'r' }

  it('are named, of the task itself and of its segments', () => {
    expect(toReading('t', pull(flow) as never, { flows: 1 }).started).toEqual([
      { TaskType: 'Procedure', TaskId: 'p', FileId: '777' },
      { TaskType: 'ReviewAudioVideo', TaskId: 'r', FileId: '777' },
    ])
    const FileInfoSet = [
      { Output: { FileId: 'a' }, ProcedureTaskId: 'p1', ReviewAudioVideoTaskId: '' },
      { Output: { FileId: 'b' }, ProcedureTaskId: '', ReviewAudioVideoTaskId: 'r2' },
    ]
    const split = (procedureTasks?: number) =>
      toReading('t', finished('SplitMedia', { ErrCode: 0, FileInfoSet }) as never, {
        flows: 2,
        procedureTasks,
      })
    expect(split(1).started?.map(({ TaskId, FileId }) => [TaskId, FileId])).toEqual([
      ['p1', 'a'],
      ['r2', 'b'],
    ])
    expect(countsOf(split(1)).unknown).toBe(0)
    expect(countsOf(split()).unknown).toBe(1)
  })

  it.each([
    ['not named yet: nobody knows how it ended', pull(), 1],
    [
      'one of two not named',
      finished('SplitMedia', {
        ErrCode: 0,
        FileInfoSet: [{ Output: { FileId: 'a' }, ...flow }, { Output: { FileId: 'b' } }],
      }),
      2,
    ],
  ])('%s', (_, detail, flows) => {
    expect(countsOf(toReading('t', detail as never, { flows })).unknown).toBe(1)
  })

  it('are not expected of what a flow made: a step does not know yet whose task it reads', () => {
    const MediaProcessResultSet = [
      {
        Type: 'Transcode',
        TranscodeTask: { Status: 'SUCCESS', ErrCodeExt: '', Output: { Url: 'https://v' } },
      },
    ]
    const flow = toReading('t', finished('Procedure', { MediaProcessResultSet }) as never, { flows: 1 })
    expect(countsOf(flow)).toEqual({ succeeded: 1, failed: 0, aborted: 0, unknown: 0 })
    const Output = { Suggestion: 'pass' }
    const review = toReading('t', finished('ReviewAudioVideo', { Output }) as never, { flows: 1 })
    expect(countsOf(review)).toEqual({ succeeded: 1, failed: 0, aborted: 0, unknown: 0 })
  })

  it('are not expected where the task failed, or goes on', () => {
    expect(countsOf(toReading('t', pull({ ErrCode: 1, FileId: '' }) as never, { flows: 1 }))).toMatchObject({
      failed: 1,
      unknown: 0,
    })
    const open = { ...pull({ FileId: '' }), Status: 'PROCESSING' }
    expect(toReading('t', open as never, { flows: 1 }).parts.some(({ Type }) => Type === 'Procedure')).toBe(
      false,
    )
  })
})
