import { get } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeTestClip } from '../../../src/emulator/index.js'
import { look, type MediaRig, runFfmpeg, startMediaRig } from './rig.js'

// ffmpeg on a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const seconds = 12
let rig: MediaRig
let clip: string
beforeAll(async () => {
  rig = await startMediaRig()
  clip = join(rig.folder, 'clip.mp4')
  await makeTestClip(clip, { seconds, width: 960, height: 540, fps: 25 })
})
afterAll(() => rig.close())

const textOf = async (url: string) => (await fetch(url)).text()

describe('every output is playable and of the asked size', () => {
  test('Transcode: MP4, HLS, and sound alone', async () => {
    const definitions = [100010, 100030, 100210, 1110, 1010]
    const made = await rig.process(clip, {
      TranscodeTaskSet: definitions.map((Definition) => ({ Definition })),
    })
    const seen = await Promise.all(made.map(({ Output }) => look(Output.Url)))
    const picture = (width: number, height: number) => ({ width, height, codecs: ['aac', 'h264'] })
    expect(seen).toMatchObject([
      picture(640, 360),
      picture(1280, 720),
      picture(640, 360),
      { width: 0, codecs: ['aac'] },
      { width: 0, codecs: ['mp3'] },
    ])
    for (const [n, { Output }] of made.entries()) {
      expect(seen[n]?.seconds).toBeCloseTo(seconds, 0)
      expect(Output).toMatchObject({
        Width: seen[n]?.width,
        Height: seen[n]?.height,
        Definition: definitions[n],
      })
    }
    expect(seen[0]?.frames).toBe(seconds * 25)
  })

  test('Transcode of a part', async () => {
    const part = { Definition: 100010, StartTimeOffset: 2, EndTimeOffset: 5 }
    const [made] = await rig.process(clip, { TranscodeTaskSet: [part] })
    expect((await look(made.Output.Url)).seconds).toBeCloseTo(3, 0)
  })

  test('AdaptiveDynamicStreaming: a master, and every variant decodes with its RESOLUTION', async () => {
    const [{ Output }] = await rig.process(clip, { AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }] })
    const master = await textOf(Output.Url)
    const variants = [...master.matchAll(/BANDWIDTH=(\d+),RESOLUTION=(\d+)x(\d+)\n(\S+)/g)]
    expect(variants.map(([, , , height]) => Number(height))).toEqual([240, 480])
    for (const [n, [, , width, height, name]] of variants.entries()) {
      const seen = await look(new URL(name as string, Output.Url).href)
      expect(seen).toMatchObject({ width: Number(width), height: Number(height), codecs: ['aac', 'h264'] })
      expect(seen.frames / 24).toBeCloseTo(seconds, 0)
      expect(Output.SubStreamSet[n]).toMatchObject({ Width: seen.width, Height: seen.height })
    }
    await runFfmpeg('-xerror', '-i', Output.Url, '-map', '0', '-f', 'null', '-')
  })

  test('AnimatedGraphics: GIF and WebP', async () => {
    const range = { StartTimeOffset: 1, EndTimeOffset: 4 }
    const [gif, webp] = await rig.process(clip, {
      AnimatedGraphicTaskSet: [
        { Definition: 20000, ...range },
        { Definition: 20001, ...range },
      ],
    })
    expect(await look(gif.Output.Url)).toMatchObject({ width: 960, height: 540, codecs: ['gif'], frames: 6 })
    expect((await textOf(webp.Output.Url)).slice(0, 4)).toBe('RIFF')
  })

  test('ImageSprites: each WebVTT rectangle lies inside the sheet, and they cover the whole time', async () => {
    const [{ Output }] = await rig.process(clip, { ImageSpriteTaskSet: [{ Definition: 10 }] })
    expect(Output).toMatchObject({ TotalCount: 2, Width: 142, Height: 80 })
    const vtt = await textOf(Output.WebVttUrl)
    const cues = [...vtt.matchAll(/(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g)]
    expect(cues.map(([, from, to]) => [from, to])).toEqual([
      ['00:00:00.000', '00:00:10.000'],
      ['00:00:10.000', expect.stringMatching(/^00:00:12/)],
    ])
    for (const [, , , sheet, x, y, width, height] of cues) {
      const url = new URL(sheet as string, Output.WebVttUrl).href
      expect(Output.ImageUrlSet).toContain(url)
      const seen = await look(url)
      expect(Number(x) + Number(width)).toBeLessThanOrEqual(seen.width)
      expect(Number(y) + Number(height)).toBeLessThanOrEqual(seen.height)
    }
  })

  test('snapshots and cover have the size of the source', async () => {
    const [times, samples, cover] = await rig.process(clip, {
      SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['0s', '50%', '100%'] }],
      SampleSnapshotTaskSet: [{ Definition: 10 }],
      CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Percent', PositionValue: 30 }],
    })
    const pictures: { TimeOffset: number; Url: string }[] = times.Output.PicInfoSet
    expect(pictures.map(({ TimeOffset }) => Math.round(TimeOffset / 1000))).toEqual([0, 6, 12])
    expect(samples.Output.ImageUrlSet).toHaveLength(10)
    const urls = [...pictures.map(({ Url }) => Url), ...samples.Output.ImageUrlSet, cover.Output.CoverUrl]
    for (const url of urls)
      expect(await look(url)).toMatchObject({ width: 960, height: 540, codecs: ['mjpeg'] })
  })
})

test('outputs are served in ranges', async () => {
  const [{ Output }] = await rig.process(clip, { TranscodeTaskSet: [{ Definition: 100010 }] })
  const response = await fetch(Output.Url, { headers: { range: 'bytes=4-7' } })
  expect(response.status).toBe(206)
  expect(response.headers.get('content-range')).toBe(`bytes 4-7/${Output.Size}`)
  expect(await response.text()).toBe('ftyp')
  const { hostname, port } = new URL(rig.endpoint)
  for (const path of ['/media/../media', '/media/%2e%2e/journal.jsonl']) {
    const status = await new Promise((resolve) => {
      get({ hostname, port, path }, (answer) => resolve(answer.resume().statusCode))
    })
    expect(status).toBe(403)
  }
})
