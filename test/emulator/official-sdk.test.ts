import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EmulatorClock } from '../../src/emulator/index.js'
import { codeOf, finished, type Rig, sdkCall, startRig } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.close())

describe("Tencent's Node SDK gets the documented answers", () => {
  test('ProcessMediaByProcedure, DescribeTaskDetail, DescribeTasks', async () => {
    const FileId = await rig.empty()
    const submit = { FileId, ProcedureName: 'flow', SessionId: 'sdk-1', SessionContext: 'context' }
    const made = await rig.call('ProcessMediaByProcedure', submit)
    expect(made).toEqual({
      TaskId: expect.stringContaining('-procedurev2-'),
      ReviewAudioVideoTaskId: expect.stringContaining('-ReviewAudioVideo-'),
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    const { ProcedureTask, ReviewAudioVideoTask, ...top } = await finished(rig.call, made.TaskId)
    expect(top).toMatchObject({ TaskType: 'Procedure', Status: 'FINISH', PullUploadTask: null })
    expect(Date.parse(top.FinishTime)).toBeGreaterThanOrEqual(Date.parse(top.CreateTime))
    expect(ReviewAudioVideoTask).toBeNull()
    expect(ProcedureTask).toMatchObject({ FileId, SessionId: 'sdk-1', SessionContext: 'context' })
    expect(ProcedureTask.MediaProcessResultSet).toMatchObject([
      { Type: 'Transcode', TranscodeTask: { Status: 'SUCCESS', Progress: 100, ErrCodeExt: '', ErrCode: 0 } },
    ])
    const review = await finished(rig.call, made.ReviewAudioVideoTaskId)
    expect(review.ReviewAudioVideoTask).toMatchObject({ Status: 'FINISH', Output: { Suggestion: 'pass' } })
    const { TaskSet, ScrollToken } = await rig.call('DescribeTasks', { FileId })
    expect(
      TaskSet.map(({ TaskType, SessionId }: Record<string, string>) => [TaskType, SessionId]).sort(),
    ).toEqual([
      ['Procedure', 'sdk-1'],
      ['ReviewAudioVideo', 'sdk-1'],
    ])
    expect(ScrollToken).toBe('')
  })

  test('the older moderation: a result for each Type, judged by the name of the media', async () => {
    const resultsOf = async (name: string, Definition: number) => {
      const template = { Name: `older-${Definition}`, AiContentReviewTask: { Definition } }
      await rig
        .call('CreateProcedureTemplate', template)
        .catch(() => rig.call('ResetProcedureTemplate', template))
      const media = { FileId: await rig.empty(name), ProcedureName: template.Name }
      const { TaskId } = await rig.call('ProcessMediaByProcedure', media)
      return (await finished(rig.call, TaskId)).ProcedureTask.AiContentReviewResultSet
    }
    const said = async (name: string, Definition = 20) =>
      (await resultsOf(name, Definition)).map((item: Record<string, { Output?: { Suggestion: string } }>) => [
        item.Type,
        Object.values(item).find((member) => member?.Output)?.Output?.Suggestion,
      ])
    expect(await said('clip', 10)).toEqual([
      ['Porn', 'pass'],
      ['Terrorism', 'pass'],
      ['Political', 'pass'],
    ])
    const all = await said('block-Porn.Asr review-political')
    expect(all).toHaveLength(10)
    expect(all.filter(([, Suggestion]: string[]) => Suggestion !== 'pass')).toEqual([
      ['Political', 'review'],
      ['Porn.Asr', 'block'],
    ])
    expect((await said('block')).every(([, Suggestion]: string[]) => Suggestion === 'block')).toBe(true)
    expect((await said('block-media block-cover')).every(([, word]: string[]) => word === 'pass')).toBe(true)
    const [failed] = await resultsOf('review-fails', 10)
    expect(failed).toMatchObject({
      Type: 'Porn',
      PornTask: { Status: 'FAIL', ErrCodeExt: 'InternalError', Output: null },
      PornAsrTask: null,
    })
  })

  test('absent tasks have empty ids', async () => {
    const FileId = await rig.empty()
    const made = await rig.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'LongVideoPreset' })
    expect(made.ReviewAudioVideoTaskId).toBe('')
    expect(made.TaskId).not.toBe('')
  })

  test('a task that waits can be aborted, another cannot', async () => {
    const slow = await startRig({ waitingTime: 600_000 })
    try {
      const FileId = await slow.empty()
      const { TaskId } = await slow.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'flow' })
      const abort = { TaskId, OperationType: 'Abort' }
      expect(Object.keys(await slow.call('ManageTask', abort))).toEqual(['RequestId'])
      expect(await slow.call('DescribeTaskDetail', { TaskId })).toMatchObject({ Status: 'ABORTED' })
      expect(await codeOf(slow.call('ManageTask', abort))).toBe('FailedOperation')
      expect(await codeOf(slow.call('ManageTask', { ...abort, OperationType: 'Pause' }))).toBe(
        'InvalidParameterValue.InvalidOperationType',
      )
      expect(await codeOf(slow.call('ManageTask', { ...abort, TaskId: 'none' }))).toBe(
        'InvalidParameterValue.TaskId',
      )
    } finally {
      await slow.close()
    }
  })

  test('templates: create, describe, reset, delete', async () => {
    const Name = 'mine'
    await rig.call('CreateProcedureTemplate', { Name, AiAnalysisTask: { Definition: 10 } })
    expect(await codeOf(rig.call('CreateProcedureTemplate', { Name }))).toBe(
      'InvalidParameter.ExistedProcedureName',
    )
    await rig.call('ResetProcedureTemplate', { Name, Comment: 'new' })
    const described = await rig.call('DescribeProcedureTemplates', { Names: [Name] })
    expect(described).toMatchObject({ TotalCount: 1 })
    expect(described.ProcedureTemplateSet[0]).toMatchObject({
      Name,
      Type: 'Custom',
      Comment: 'new',
      AiAnalysisTask: null,
      MediaProcessTask: { TranscodeTaskSet: [], AdaptiveDynamicStreamingTaskSet: [] },
    })
    await rig.call('DeleteProcedureTemplate', { Name })
    expect((await rig.call('DescribeProcedureTemplates', { Names: [Name] })).TotalCount).toBe(0)
    expect(await codeOf(rig.call('ResetProcedureTemplate', { Name }))).toBe(
      'InvalidParameter.ProcedureNameNotExist',
    )
    const presets = await rig.call('DescribeProcedureTemplates', { Type: 'Preset' })
    expect(presets.ProcedureTemplateSet.map((template: { Name: string }) => template.Name)).toContain(
      'LongVideoPreset',
    )
  })

  test('media: PullUpload from a URL, DescribeMediaInfos, DeleteMedia', async () => {
    const source = await rig.upload(new URL(import.meta.url).pathname, { name: 'source' })
    const pull = { MediaUrl: source.MediaUrl, MediaName: 'pulled', SessionId: 'pull-1', Procedure: 'flow' }
    const { TaskId } = await rig.call('PullUpload', pull)
    expect(await codeOf(rig.call('PullUpload', pull))).toBe('InvalidParameterValue.SessionId')
    const { PullUploadTask } = await finished(rig.call, TaskId)
    expect(PullUploadTask).toMatchObject({ Status: 'FINISH', ErrCode: 0, SessionId: 'pull-1' })
    expect(PullUploadTask.ProcedureTaskId).toContain('procedurev2')
    await finished(rig.call, PullUploadTask.ProcedureTaskId)
    const { FileId } = PullUploadTask
    const infos = await rig.call('DescribeMediaInfos', { FileIds: [FileId, '1'] })
    expect(infos.NotExistFileIdSet).toEqual(['1'])
    expect(infos.MediaInfoSet[0]).toMatchObject({ FileId, BasicInfo: { Name: 'pulled' } })
    expect(infos.MediaInfoSet[0].TranscodeInfo.TranscodeSet).toHaveLength(1)
    await rig.call('DeleteMedia', { FileId })
    expect(await codeOf(rig.call('DeleteMedia', { FileId }))).toBe('ResourceNotFound')
    const missing = await rig.call('PullUpload', { MediaUrl: `${rig.endpoint}/media/none.mp4` })
    expect((await finished(rig.call, missing.TaskId)).PullUploadTask).toMatchObject({
      ErrCode: 60_000,
      FileId: '',
    })
  })

  test('event configuration never shows its SignKey', async () => {
    await rig.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: '', SignKey: 'abc123' })
    expect(await rig.call('DescribeEventConfig')).toEqual({
      Mode: 'PUSH',
      NotificationUrl: '',
      UploadMediaCompleteEventSwitch: 'OFF',
      DeleteMediaCompleteEventSwitch: 'OFF',
      PersistenceCompleteEventSwitch: 'OFF',
      RequestId: expect.any(String),
    })
    expect((await rig.call('DescribeSubAppIds')).TotalCount).toBe(1)
  })
})

describe('and the documented errors', () => {
  test.each([
    [{ ProcedureName: 'none' }, 'InvalidParameterValue.ProcedureName'],
    [{ ProcedureName: undefined }, 'MissingParameter'],
    [{ FileId: '123' }, 'InvalidParameterValue.FileId'],
    [{ FileId: undefined }, 'InvalidParameterValue'],
    [{ SubAppId: -1 }, 'InvalidParameterValue.SubAppId'],
    [{ SubAppId: 7 }, 'InvalidParameterValue.FileId'],
    [{ TasksPriority: 11 }, 'InvalidParameterValue'],
    [{ TasksNotifyMode: 'Sometimes' }, 'InvalidParameterValue'],
    [{ SessionContext: 'x'.repeat(1001) }, 'InvalidParameterValue.SessionContextTooLong'],
    [{ SessionId: 'x'.repeat(51) }, 'InvalidParameterValue.SessionIdTooLong'],
    [{ Unheard: 1 }, 'UnknownParameter'],
  ])('ProcessMediaByProcedure with %j: %s', async (change, code) => {
    const request = { FileId: await rig.empty(), ProcedureName: 'flow', ...change }
    expect(await codeOf(rig.call('ProcessMediaByProcedure', request))).toBe(code)
  })

  test('an unknown task, an unknown action, wrong keys, a wrong clock', async () => {
    expect(await codeOf(rig.call('DescribeTaskDetail', { TaskId: 'none' }))).toBe(
      'InvalidParameterValue.TaskId',
    )
    expect(await codeOf(rig.call('RemoveWatermark'))).toBe('InvalidAction')
    const wrongKey = sdkCall(rig.endpoint, { secretId: 'AKIDlocal', secretKey: 'wrong' })
    expect(await codeOf(wrongKey('DescribeTasks'))).toBe('AuthFailure.SignatureFailure')
    const wrongId = sdkCall(rig.endpoint, { secretId: 'AKIDwrong', secretKey: 'wrong' })
    expect(await codeOf(wrongId('DescribeTasks'))).toBe('AuthFailure.SecretIdNotFound')
    rig.clock.advance(301_000)
    expect(await codeOf(rig.call('DescribeTasks'))).toBe('AuthFailure.SignatureExpire')
    rig.clock.advance(-301_000)
  })

  test('beyond 100 calls in a second: RequestLimitExceeded, and the next second is free again', async () => {
    const limited = await startRig({ clock: new EmulatorClock({ frozen: true }) })
    try {
      const codes = await Promise.all(
        Array.from({ length: 103 }, () => codeOf(limited.call('DescribeTasks'))),
      )
      expect(codes.filter((code) => code === 'RequestLimitExceeded')).toHaveLength(3)
      limited.clock.advance(1000)
      expect(await codeOf(limited.call('DescribeTasks'))).toBe('no error')
    } finally {
      await limited.close()
    }
  })

  test('every answer is HTTP 200 and exactly application/json', async () => {
    const response = await fetch(rig.endpoint, { method: 'POST', body: '{}' })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(await response.json()).toMatchObject({
      Response: { Error: { Code: 'AuthFailure.InvalidAuthorization' }, RequestId: expect.any(String) },
    })
  })
})
