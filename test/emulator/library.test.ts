import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, finished, type Rig, startRig } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.close())

const infoOf = async (FileId: string) =>
  (await rig.call('DescribeMediaInfos', { FileIds: [FileId] })).MediaInfoSet[0]

describe('SearchMedia', () => {
  test('pages, in the order of CreateTime, and counts all', async () => {
    const made: string[] = []
    for (let number = 0; number < 25; number++) made.push(await rig.empty('page'))
    const page = (Offset: number) =>
      rig.call('SearchMedia', {
        NamePrefixes: ['page'],
        Sort: { Field: 'CreateTime', Order: 'Asc' },
        Offset,
        Limit: 10,
      })
    const pages = [await page(0), await page(10), await page(20)]
    expect(pages.map(({ MediaInfoSet }) => MediaInfoSet.length)).toEqual([10, 10, 5])
    expect(pages.every(({ TotalCount }) => TotalCount === 25)).toBe(true)
    const found = pages.flatMap(({ MediaInfoSet }) =>
      MediaInfoSet.map(({ FileId }: { FileId: string }) => FileId),
    )
    expect(new Set(found)).toEqual(new Set(made))
  })

  test('shows no more than 5,000 of one search', async () => {
    expect(await codeOf(rig.call('SearchMedia', { Offset: 4_995, Limit: 10 }))).toBe('InvalidParameterValue')
  })

  test('a range of time has both its ends in it', async () => {
    const FileId = await rig.empty('moment')
    const { CreateTime } = (await infoOf(FileId)).BasicInfo
    const search = { NamePrefixes: ['moment'], CreateTime: { After: CreateTime, Before: CreateTime } }
    expect((await rig.call('SearchMedia', search)).TotalCount).toBeLessThanOrEqual(1)
    expect((await rig.call('SearchMedia', { ...search, CreateTime: { After: CreateTime } })).TotalCount).toBe(
      1,
    )
  })
})

describe('ModifyMediaInfo', () => {
  test('names, describes, tags', async () => {
    const FileId = await rig.empty()
    await rig.call('ModifyMediaInfo', { FileId, Name: 'new', Description: 'words', AddTags: ['a', 'b'] })
    await rig.call('ModifyMediaInfo', { FileId, AddTags: ['c', 'a'], DeleteTags: ['b'] })
    expect((await infoOf(FileId)).BasicInfo).toMatchObject({
      Name: 'new',
      Description: 'words',
      TagSet: ['a', 'c'],
    })
  })

  test('refuses what is not there, and what it does not know', async () => {
    expect(await codeOf(rig.call('ModifyMediaInfo', { FileId: '404' }))).toBe('InvalidParameterValue.FileId')
    expect(await codeOf(rig.call('ModifyMediaInfo', { FileId: '404', Nam: 'x' }))).toBe('UnknownParameter')
  })
})

test('UpdateTime follows what is done to a media file', async () => {
  const clocked = await startRig()
  const FileId = await clocked.empty()
  const updated = async () =>
    (await clocked.call('DescribeMediaInfos', { FileIds: [FileId] })).MediaInfoSet[0].BasicInfo.UpdateTime
  const times = [await updated()]
  clocked.clock.advance(60_000)
  await clocked.call('ModifyMediaInfo', { FileId, Name: 'later' })
  times.push(await updated())
  clocked.clock.advance(60_000)
  const { TaskId } = await clocked.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'flow' })
  await finished(clocked.call, TaskId)
  times.push(await updated())
  expect(new Set(times).size).toBe(3)
  expect(times).toEqual(times.toSorted())
  await clocked.close()
})

test('DeleteMedia with parts: those outputs are gone, new ones are shown', async () => {
  const FileId = await rig.empty()
  const process = async () => {
    const { TaskId } = await rig.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'flow' })
    await finished(rig.call, TaskId)
  }
  const outputs = async () => (await infoOf(FileId)).TranscodeInfo.TranscodeSet.length
  await process()
  expect(await outputs()).toBe(1)
  await rig.call('DeleteMedia', { FileId, DeleteParts: [{ Type: 'TranscodeFiles', Definition: 100010 }] })
  expect(await outputs()).toBe(0)
  await process()
  expect(await outputs()).toBe(1)
  expect(await codeOf(rig.call('DeleteMedia', { FileId, DeleteParts: [{ Type: 'Nothing' }] }))).toBe(
    'UnsupportedOperation',
  )
})

test('DescribeTasks lists what the real one lists: no pull, no split, no composition', async () => {
  const FileId = await rig.empty()
  const { MediaUrl } = (await infoOf(FileId)).BasicInfo
  const Tracks = [{ Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem: { SourceMedia: FileId } }] }]
  const made = await Promise.all([
    rig.call('PullUpload', { MediaUrl }),
    rig.call('EditMedia', { InputType: 'File', FileInfos: [{ FileId }] }),
    rig.call('SplitMedia', { FileId, Segments: [{ StartTimeOffset: 0, EndTimeOffset: 1 }] }),
    rig.call('ComposeMedia', { Tracks, Output: { FileName: 'x' } }),
    rig.call('ReviewAudioVideo', { FileId }),
  ])
  for (const { TaskId } of made) await finished(rig.call, TaskId)
  const { TaskSet } = await rig.call('DescribeTasks', { Limit: 100 })
  const types = new Set(TaskSet.map(({ TaskType }: { TaskType: string }) => TaskType))
  expect([...types].filter((type) => type !== 'Procedure').sort()).toEqual(['EditMedia', 'ReviewAudioVideo'])
})

test('every new action knows a SessionId again, and says no more than that', async () => {
  const FileId = await rig.empty()
  const Segments = [{ StartTimeOffset: 0, EndTimeOffset: 1 }]
  const requests: [string, object][] = [
    ['EditMedia', { InputType: 'File', FileInfos: [{ FileId }] }],
    ['SplitMedia', { FileId, Segments }],
    ['ReviewAudioVideo', { FileId }],
  ]
  for (const [action, request] of requests) {
    const once = { ...request, SessionId: `once-${action}` }
    expect(await codeOf(rig.call(action, once))).toBe('no error')
    expect(await codeOf(rig.call(action, once))).toBe('InvalidParameterValue.SessionId')
  }
})

describe('PUT upload', () => {
  const put = async (name: string) => {
    const response = await fetch(`${rig.adminUrl}/upload/${name}`, { method: 'PUT', body: 'film' })
    return { status: response.status, body: (await response.json()) as { FileId?: string; error?: string } }
  }

  test('gives the media the name of the file', async () => {
    const { body } = await put(encodeURIComponent('a film.mp4'))
    expect((await infoOf(body.FileId ?? '')).BasicInfo).toMatchObject({ Name: 'a film' })
  })

  test.each([
    ['one of too many bytes', 'ä'.repeat(121)],
    ['one whose ending is as long', `.${'x'.repeat(240)}`],
    ['one with a null character', 'a\0.mp4'],
    ['a folder', '/'],
    ['the folder above', 'a/..'],
  ])('refuses %s by words, without a path of this machine', async (_, name) => {
    expect(await put(encodeURIComponent(name))).toEqual({
      status: 400,
      body: { error: 'this is not a file name; use one of at most 240 bytes, e.g. clip.mp4' },
    })
  })
})
