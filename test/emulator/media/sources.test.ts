import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeTestClip } from '../../../src/emulator/index.js'
import { look, type MediaRig, runFfmpeg, startMediaRig } from './rig.js'

// ffmpeg on a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

let rig: MediaRig
let clip: string
beforeAll(async () => {
  rig = await startMediaRig()
  clip = join(rig.folder, 'clip.mp4')
  await makeTestClip(clip, { seconds: 4, width: 320, height: 180, fps: 25 })
})
afterAll(() => rig.close())

const everything = {
  TranscodeTaskSet: [{ Definition: 100010 }],
  AnimatedGraphicTaskSet: [{ Definition: 20000, StartTimeOffset: 0, EndTimeOffset: 1 }],
  SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['100%'] }],
  SampleSnapshotTaskSet: [{ Definition: 10 }],
  ImageSpriteTaskSet: [{ Definition: 10 }],
  CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Time', PositionValue: 0 }],
  AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
}

async function make(name: string, ...args: string[]): Promise<string> {
  const path = join(rig.folder, name)
  await runFfmpeg(...args, path)
  return path
}

describe('unusual sources', () => {
  test('without sound', async () => {
    const silent = await make('silent.mp4', '-i', clip, '-an', '-c', 'copy')
    const made = await rig.process(silent, everything)
    expect(made.map(({ Status }) => Status)).toEqual(Array(7).fill('SUCCESS'))
    expect((await look(made[0].Output.Url)).codecs).toEqual(['h264'])
    const [sound] = await rig.process(silent, { TranscodeTaskSet: [{ Definition: 1110 }] })
    expect(sound).toMatchObject({ Status: 'FAIL', ErrCodeExt: 'SourceFileError.ContentUnsupported' })
  })

  test('turned by 90 degrees, as telephones do: the outputs stand upright', async () => {
    // Said in one way up to ffmpeg 5, in another since.
    const turned = await make('turned.mp4', '-i', clip, '-c', 'copy', '-metadata:s:v:0', 'rotate=90')
    const isTurned = (await look(turned)).rotated
    if (!isTurned) await make('turned.mp4', '-display_rotation', '90', '-i', clip, '-c', 'copy')
    const [transcoded, streams] = await rig.process(turned, {
      TranscodeTaskSet: [{ Definition: 100010 }],
      AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
    })
    expect(await look(transcoded.Output.Url)).toMatchObject({ width: 360, height: 640 })
    expect(streams.Output.SubStreamSet).toMatchObject([{ Width: 180, Height: 320 }])
  })

  test('two frames a second, with sound that lasts longer than the picture', async () => {
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=322x242:rate=2:duration=3']
    const sound = ['-f', 'lavfi', '-i', 'sine=duration=5']
    const slow = await make('slow.mp4', ...picture, ...sound, '-pix_fmt', 'yuv420p')
    const made = await rig.process(slow, everything)
    expect(made.map(({ Status }) => Status)).toEqual(Array(7).fill('SUCCESS'))
    const urls = [...made[3].Output.ImageUrlSet, made[2].Output.PicInfoSet[0].Url]
    for (const url of urls) expect(await look(url)).toMatchObject({ width: 322, height: 242 })
  })
})

describe('broken files end in the documented codes', () => {
  test.each([
    ['text', () => Buffer.from('this is not a video')],
    ['an mp4 whose index is cut off', () => readFileSync(clip).subarray(0, 20_000)],
    ['nothing', () => Buffer.alloc(0)],
  ])('%s: ContentMalformed', async (name, content) => {
    const path = join(rig.folder, `${name}.mp4`)
    writeFileSync(path, content())
    const made = await rig.process(path, everything)
    for (const result of made) {
      expect(result).toMatchObject({
        Status: 'FAIL',
        ErrCodeExt: 'SourceFileError.ContentMalformed',
        ErrCode: 60_000,
        Output: null,
      })
      expect(result.Message).not.toContain(rig.folder)
    }
  })

  test('an mp4 whose pictures are cut off: ContentMalformed, not half a film', async () => {
    const whole = await make('whole.mp4', '-i', clip, '-c', 'copy', '-movflags', '+faststart')
    const path = join(rig.folder, 'half.mp4')
    const bytes = readFileSync(whole)
    writeFileSync(path, bytes.subarray(0, bytes.length / 2))
    const [made] = await rig.process(path, { TranscodeTaskSet: [{ Definition: 100010 }] })
    expect(made).toMatchObject({ Status: 'FAIL', ErrCodeExt: 'SourceFileError.ContentMalformed' })
  })

  test('sound alone: NoVideoMedia, except for sound', async () => {
    const sound = await make('sound.m4a', '-i', clip, '-vn', '-c', 'copy')
    const made = await rig.process(sound, everything)
    expect(made.map(({ ErrCodeExt }) => ErrCodeExt)).toEqual(Array(7).fill('SourceFileError.NoVideoMedia'))
    const [transcoded] = await rig.process(sound, { TranscodeTaskSet: [{ Definition: 1110 }] })
    expect(transcoded.Status).toBe('SUCCESS')
  })
})

test('impossible input ends in the documented codes', async () => {
  const made = await rig.process(clip, {
    TranscodeTaskSet: [{ Definition: 99 }, { Definition: 100010, StartTimeOffset: 3, EndTimeOffset: 2 }],
    SnapshotByTimeOffsetTaskSet: [
      { Definition: 10, ExtTimeOffsetSet: ['99s'] },
      { Definition: 10, ExtTimeOffsetSet: ['soon'] },
    ],
    AdaptiveDynamicStreamingTaskSet: [{ Definition: 11 }],
  })
  expect(made.map(({ ErrCodeExt, ErrCode }) => [ErrCodeExt, ErrCode])).toEqual([
    ['InvalidInput.DefinitionNotExist', 40_000],
    ['InvalidInput.InvalidTimeOffset', 40_000],
    ['InvalidInput.InvalidTimeOffset', 40_000],
    ['InvalidInput.InvalidTimeOffset', 40_000],
    ['InvalidInput.ConfigurationUnsupported', 40_000],
  ])
})
