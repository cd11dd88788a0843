import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { makeTestClip } from '../../src/emulator/index.js'
import { runEmulatorCommand } from './commandLine.js'
import { codeOf, finished, sdkCall } from './rig.js'

// ffmpeg on a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const folder = mkdtempSync(join(tmpdir(), 'vodflow-restart-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a kill loses nothing that was answered for, and a task under way comes to its end', async () => {
  const clip = join(folder, 'clip.mp4')
  // Long enough that the kill comes before the end.
  await makeTestClip(clip, { seconds: 8, width: 640, height: 360, fps: 25 })
  const flags = ['--port', '0', '--data', join(folder, 'vod')]

  const first = await runEmulatorCommand(flags)
  const call = sdkCall(first.endpoint)
  await call('CreateProcedureTemplate', {
    Name: 'kept',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100030 }, { Definition: 100010 }] },
  })
  const { TaskId: pullTask } = await call('PullUpload', { MediaUrl: `file://${clip}`, SessionId: 'pull' })
  const { FileId } = (await finished(call, pullTask)).PullUploadTask
  const submit = { FileId, ProcedureName: 'kept', SessionId: 'once' }
  const { TaskId } = await call('ProcessMediaByProcedure', submit)
  for (;;) {
    if ((await call('DescribeTaskDetail', { TaskId })).Status === 'PROCESSING') break
  }
  await first.stop('SIGKILL')

  const second = await runEmulatorCommand(flags)
  try {
    const again = sdkCall(second.endpoint)
    expect(await codeOf(again('ProcessMediaByProcedure', submit))).toBe('InvalidParameterValue.SessionId')
    expect((await again('DescribeProcedureTemplates', { Names: ['kept'] })).TotalCount).toBe(1)
    const { ProcedureTask } = await finished(again, TaskId)
    expect(ProcedureTask.MediaProcessResultSet).toMatchObject([
      { TranscodeTask: { Status: 'SUCCESS', Output: { Height: 720 } } },
      { TranscodeTask: { Status: 'SUCCESS', Output: { Height: 360 } } },
    ])
    expect((await again('DescribeTasks', { FileId })).TaskSet).toHaveLength(1)
  } finally {
    expect(await second.stop('SIGTERM')).toBe(0)
  }
})
