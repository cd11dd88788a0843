import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { taskKinds } from '../../src/contract/actions.js'
import { countsOf } from '../../src/contract/outcome.js'
import { toReading } from '../../src/vod/reading.js'

const url = 'https://vod.example/made.mp4'
const file = { FileId: '777', FileUrl: url }
/** A temporary answer of a generation: without a FileId. */
const temporary = { FileId: '', FileUrl: url }

/** Every task type of "DescribeTaskDetail" that no step makes: its member, and what it has when it went well. */
const types: [TaskType: string, member: string, made: object, newFileIds?: string[]][] = [
  ['WechatPublish', 'WechatPublishTask', { WechatStatus: 'SUCCESS', WechatVid: 'w' }],
  ['WechatMiniProgramPublish', 'WechatMiniProgramPublishTask', { PublishResult: 'Pass' }],
  ['Transcode', 'TranscodeTask', { PlayInfoSet: [{ Url: url }] }],
  ['Concat', 'ConcatTask', { FileInfoSet: [{ ErrCode: 0, FileId: '777', FileUrl: url }] }, ['777']],
  ['Clip', 'ClipTask', { FileInfo: { ErrCode: 0, FileId: '777', FileUrl: url } }, ['777']],
  ['CreateImageSprite', 'CreateImageSpriteTask', { TotalCount: 3, ImageSpriteUrlSet: [url] }],
  ['SnapshotByTimeOffset', 'SnapshotByTimeOffsetTask', { SnapshotInfoSet: [{ Url: url }] }],
  ['RemoveWatermarkTask', 'RemoveWatermarkTask', { Output: file }, ['777']],
  ['RebuildMedia', 'RebuildMediaTask', { Output: file }, ['777']],
  ['ExtractTraceWatermark', 'ExtractTraceWatermarkTask', { Output: { Uv: 'u', Uid: 'i' } }],
  ['ExtractCopyRightWatermark', 'ExtractCopyRightWatermarkTask', { Output: { Text: 'mine' } }],
  ['ExtractBlindWatermark', 'ExtractBlindWatermarkTask', { IsDetected: false, Result: '' }],
  ['DescribeFileAttributesTask', 'DescribeFileAttributesTask', { Output: { Md5: 'm', Sha1: 's' } }],
  ['QualityInspect', 'QualityInspectTask', { Output: { NoAudio: false, QualityInspectResultSet: [] } }],
  ['QualityEnhance', 'QualityEnhanceTask', { Output: file }, ['777']],
  ['AigcImageTask', 'AigcImageTask', { Output: { FileInfos: [temporary] } }],
  ['AigcVideoTask', 'AigcVideoTask', { Output: { FileInfos: [file] } }, ['777']],
  ['AigcAudioTask', 'AigcAudioTask', { Output: { AudioInfos: [{ Url: url }], VideoInfos: [] } }],
  ['AigcVideoRedrawTask', 'AigcVideoRedrawTask', { Output: { FileInfo: file } }, ['777']],
  ['AigcHunyuan3DTask', 'AigcHunyuan3DTask', { Output: { FileInfos: [temporary] } }],
  ['SceneAigcImageTask', 'SceneAigcImageTask', { Output: { FileInfos: [file] } }, ['777']],
  ['SceneAigcVideoTask', 'SceneAigcVideoTask', { Output: { FileInfos: [file] } }, ['777']],
  ['ProcessImageAsync', 'ProcessImageAsyncTask', { Output: { FileInfo: file, OutputText: '' } }, ['777']],
  [
    'CreateAigcAdvancedCustomElement',
    'CreateAigcAdvancedCustomElementTask',
    { Output: { InfoList: '[{}]' } },
  ],
  ['CreateAigcCustomVoice', 'CreateAigcCustomVoiceTask', { Output: { InfoList: '[{}]' } }],
  ['CreateAigcSubject', 'CreateAigcSubjectTask', { Output: { SubjectId: 's' } }],
  ['CreateAigcAudioClone', 'CreateAigcAudioCloneTask', { Output: { VoiceId: 'v' } }],
  ['DescribeAigcFaceInfoAsync', 'DescribeAigcFaceInfoAsyncTask', { Output: { FaceInfoSet: [{ Id: 1 }] } }],
  ['DesignVoiceAsync', 'DesignVoiceAsyncTask', { Output: { VoiceId: 'v' } }],
  ['CloneVoiceAsync', 'CloneVoiceAsyncTask', { Output: { VoiceId: 'v' } }],
  ['TextToSpeechAsync', 'TextToSpeechAsyncTask', { Output: { AudioUrl: url, FileId: '777' } }, ['777']],
  ['VideoDubbingAsync', 'VideoDubbingAsyncTask', { Output: { ResultUrl: url, FileId: '777' } }, ['777']],
  // Nobody has heard of it: its one member, whatever its name.
  ['TomorrowTask', 'SomethingElse', { Output: { Url: url } }],
]

const read = (TaskType: string, member: string, task: object, Status = 'FINISH') =>
  toReading('t', {
    TaskType,
    Status,
    ProcedureTask: null,
    EditMediaTask: null,
    [member]: { TaskId: 't', Status, SessionId: 's', Input: { FileId: '528' }, ...task },
  })
const statusesOf = (reading: ReturnType<typeof toReading>) => reading.parts.map(({ status }) => status)

describe.each(types)('a task of type %s', (TaskType, member, made, newFileIds = []) => {
  it('that has made something without an error has succeeded', () => {
    const reading = read(TaskType, member, { ErrCode: 0, ErrCodeExt: '', Message: 'SUCCESS', ...made })
    expect(new Set(statusesOf(reading))).toEqual(new Set(['succeeded']))
    expect(reading.newFileIds ?? []).toEqual(newFileIds)
    expect(reading.SessionId).toBe('s')
  })

  it.each([
    ['an ErrCode', { ErrCode: 70_000, Message: 'rejected' }],
    ['an ErrCodeExt', { ErrCode: 0, ErrCodeExt: 'InvalidParameter.ViolationContent' }],
    ['an ErrCode and no output', { ErrCode: 1, Output: null }],
  ])('with %s has failed', (_, error) => {
    expect(statusesOf(read(TaskType, member, { ...made, ...error }))).toEqual(['failed'])
  })

  it.each([
    ['nothing that it made', {}, 'FINISH'],
    ['an empty output', { Output: {} }, 'FINISH'],
    ['no end', made, 'PROCESSING'],
  ])('with %s is not known', (_, task, Status) => {
    expect(statusesOf(read(TaskType, member, { ErrCode: 0, ...task }, Status))).toEqual(['unknown'])
  })

  it('that was aborted says so', () => {
    expect(statusesOf(read(TaskType, member, {}, 'ABORTED'))).toEqual(['aborted'])
  })
})

describe('a task that is a list of sub-tasks', () => {
  const good = { Status: 'SUCCESS', ErrCodeExt: '', Progress: 0, Output: { Url: url } }
  const bad = { Status: 'FAIL', ErrCodeExt: 'InternalError', Progress: 0, Output: null }

  it.each([
    [
      'ReduceMediaBitrate',
      'ReduceMediaBitrateTask',
      'MediaProcessResultSet',
      (result: object) => ({ Type: 'T', X: result }),
    ],
    [
      'ComplexAdaptiveDynamicStreaming',
      'ComplexAdaptiveDynamicStreamingTask',
      'ComplexAdaptiveDynamicStreamingTaskResultSet',
      (result: object) => result,
    ],
    [
      'ProcessMediaByMPS',
      'ProcessMediaByMPSTask',
      'SubTaskSet',
      (result: object) => ({ TaskType: 'T', ...result }),
    ],
  ])('%s has their statuses', (TaskType, member, set, itemOf) => {
    const reading = read(TaskType, member, { [set]: [itemOf(good), itemOf(bad)] })
    expect(statusesOf(reading)).toEqual(['succeeded', 'failed'])
  })
})

describe('progress and success as real bodies have them', () => {
  const procedure = (...results: object[]) =>
    toReading('t', {
      TaskType: 'Procedure',
      Status: 'PROCESSING',
      ProcedureTask: {
        MediaProcessResultSet: results.map((result) => ({ Type: 'Transcode', TranscodeTask: result })),
      },
    })

  it.each([
    [
      [
        { Status: 'SUCCESS', Progress: 0 },
        { Status: 'SUCCESS', Progress: 0 },
        { Status: 'PROCESSING', Progress: 50 },
      ],
      83,
    ],
    [
      [
        { Status: 'SUCCESS', Progress: 0 },
        { Status: 'FAIL', Progress: 0 },
      ],
      100,
    ],
    [
      [
        { Status: 'SUCCESS', Progress: 100 },
        { Status: 'PROCESSING', Progress: 0 },
      ],
      50,
    ],
    [[{ Status: 'PROCESSING', Progress: null }, { Status: 'SUCCESS' }], 50],
  ])('%j is %d %%', (results, percent) => {
    expect(procedure(...results).percent).toBe(percent)
  })

  it.each(['', 'SUCCESS', 'Success', undefined])('an ErrCodeExt of %j is none', (ErrCodeExt) => {
    const [part] = procedure({ Status: 'SUCCESS', ErrCodeExt, Output: { Url: url } }).parts
    expect(part).toMatchObject({ status: 'succeeded' })
    expect(part).not.toHaveProperty('ErrCodeExt')
    expect(
      countsOf(read('EditMedia', 'EditMediaTask', { ErrCode: 0, ErrCodeExt, Output: file })).succeeded,
    ).toBe(1)
  })
})

it('the flows that a generation starts are its flows', () => {
  const Output = { FileInfos: [file], ProcedureTaskIds: ['p1', 'p2'] }
  expect(read('AigcVideoTask', 'AigcVideoTask', { ErrCode: 0, Output }).started).toEqual([
    { TaskType: 'Procedure', TaskId: 'p1', FileId: '777' },
    { TaskType: 'Procedure', TaskId: 'p2', FileId: '777' },
  ])
})

describe('a task of a type in the table of task types that makes no media', () => {
  const TaskType = 'ExtractTraceWatermark'
  const kinds = taskKinds as Record<string, { readonly listed: boolean }>
  beforeEach(() => {
    kinds[TaskType] = { listed: true }
  })
  afterEach(() => {
    delete kinds[TaskType]
  })

  it.each([
    ['has succeeded with an Output', { Output: { Uv: 'u', Uid: 'i' } }, 'succeeded'],
    ['is unknown without an Output', { Output: {} }, 'unknown'],
    ['has failed with an error', { ErrCode: 70_000, Output: { Uv: 'u' } }, 'failed'],
  ])('%s', (_, task, status) => {
    expect(statusesOf(read(TaskType, `${TaskType}Task`, task))).toEqual([status])
  })
})
