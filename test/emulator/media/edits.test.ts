import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeTestClip } from '../../../src/emulator/index.js'
import { finished, type Rig, startRig } from '../rig.js'
import { runFfmpeg } from './rig.js'

// ffmpeg on a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

let rig: Rig
/** Ten seconds of 640x360 with sound; five seconds of 320x320 without. */
const ids = { wide: '', silent: '', text: '' }
beforeAll(async () => {
  rig = await startRig({ media: 'ffmpeg' })
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-edits-'))
  const [wide, square, silent] = ['wide', 'square', 'silent'].map((name) => join(folder, `${name}.mp4`)) as [
    string,
    string,
    string,
  ]
  await makeTestClip(wide, { seconds: 10, width: 640, height: 360, fps: 25 })
  await makeTestClip(square, { seconds: 5, width: 320, height: 320, fps: 25 })
  await runFfmpeg('-i', square, '-an', '-c:v', 'copy', silent)
  ids.wide = (await rig.upload(wide, { name: 'wide' })).FileId
  ids.silent = (await rig.upload(silent, { name: 'silent' })).FileId
  ids.text = await rig.empty('not a film')
})
afterAll(() => rig.close())

const mediaOf = async (FileId: string) =>
  (await rig.call('DescribeMediaInfos', { FileIds: [FileId] })).MediaInfoSet[0]

test('EditMedia joins parts of different films: the size of the first, sound or silence', async () => {
  const FileInfos = [
    { FileId: ids.wide, StartTimeOffset: 2, EndTimeOffset: 5 },
    { FileId: ids.silent, StartTimeOffset: 1, EndTimeOffset: 3 },
  ]
  const { TaskId } = await rig.call('EditMedia', {
    InputType: 'File',
    FileInfos,
    OutputConfig: { MediaName: 'joined' },
  })
  const { EditMediaTask } = await finished(rig.call, TaskId)
  expect(EditMediaTask).toMatchObject({ Status: 'FINISH', ErrCode: 0, ErrCodeExt: '', ProcedureTaskId: '' })
  const { BasicInfo, MetaData } = await mediaOf(EditMediaTask.Output.FileId)
  expect(BasicInfo).toMatchObject({ Name: 'joined', SourceInfo: { SourceType: 'VideoProcessing' } })
  expect(MetaData).toMatchObject({ Width: 640, Height: 360, AudioStreamSet: [{ Codec: 'aac' }] })
  expect(MetaData.Duration).toBeCloseTo(5, 0)
})

test('SplitMedia: each segment is a film of its own length', async () => {
  const Segments = [
    { StartTimeOffset: 0, EndTimeOffset: 2 },
    { StartTimeOffset: 4, EndTimeOffset: 7, OutputConfig: { MediaName: 'the middle' } },
    { StartTimeOffset: 9 },
  ]
  const { TaskId } = await rig.call('SplitMedia', { FileId: ids.wide, Segments })
  const { SplitMediaTask } = await finished(rig.call, TaskId)
  const made = await Promise.all(
    SplitMediaTask.FileInfoSet.map(({ Output }: { Output: { FileId: string } }) => mediaOf(Output.FileId)),
  )
  expect(made.map(({ BasicInfo }) => BasicInfo.Name)).toEqual(['wide 1', 'the middle', 'wide 3'])
  expect(made.map(({ MetaData }) => Math.round(MetaData.Duration))).toEqual([2, 3, 1])
})

test('ComposeMedia: items one after another, by id or by URL', async () => {
  const { BasicInfo } = await mediaOf(ids.silent)
  const TrackItems = [
    { Type: 'Video', VideoItem: { SourceMedia: ids.wide, SourceMediaStartTime: 8, Duration: 1 } },
    { Type: 'Video', VideoItem: { SourceMedia: BasicInfo.MediaUrl, Duration: 2 } },
  ]
  const request = { Tracks: [{ Type: 'Video', TrackItems }], Output: { FileName: 'composed' } }
  const { TaskId } = await rig.call('ComposeMedia', request)
  const { ComposeMediaTask } = await finished(rig.call, TaskId)
  expect(ComposeMediaTask.Output).toMatchObject({ MediaName: 'composed' })
  expect(ComposeMediaTask.MetaData.Duration).toBeCloseTo(3, 0)
})

test.each([
  ['what is not a film', () => ({ FileId: ids.text }), 'SourceFileError.ContentMalformed'],
  [
    'a start behind the end',
    () => ({ FileId: ids.wide, StartTimeOffset: 20 }),
    'InvalidInput.InvalidTimeOffset',
  ],
])('%s ends the task with an error, and makes nothing', async (_, info, ErrCodeExt) => {
  const before = (await rig.call('SearchMedia', {})).TotalCount
  const { TaskId } = await rig.call('EditMedia', { InputType: 'File', FileInfos: [info()] })
  const { EditMediaTask } = await finished(rig.call, TaskId)
  expect(EditMediaTask).toMatchObject({ ErrCodeExt, Output: null })
  expect(EditMediaTask.ErrCode).toBeGreaterThan(0)
  expect((await rig.call('SearchMedia', {})).TotalCount).toBe(before)
})
