import { writeFile } from 'node:fs/promises'
import type { EmulatorClock } from '../clock.js'
import type { MediaMetaData, MediaToolbox, SubTaskOutput, SubTaskType } from './contract.js'

/** The metadata that the instant toolbox returns for every source. */
const meta: MediaMetaData = {
  Size: 1_000_000,
  Container: 'mov,mp4,m4a,3gp,3g2,mj2',
  Bitrate: 800_000,
  Height: 720,
  Width: 1280,
  Duration: 10,
  Rotate: 0,
  VideoStreamSet: [
    {
      Bitrate: 700_000,
      Height: 720,
      Width: 1280,
      Codec: 'h264',
      Fps: 25,
      CodecTag: '',
      DynamicRangeInfo: { Type: 'SDR', HDRType: '' },
    },
  ],
  AudioStreamSet: [{ Bitrate: 100_000, SamplingRate: 44_100, Codec: 'aac' }],
  VideoDuration: 10,
  AudioDuration: 10,
  Md5: '',
}

/**
 * Creates a toolbox without ffmpeg. Every sub-task succeeds after `ms` of the local VOD's own clock, with one URL that leads nowhere. It is
 * for tests and measurements of thousands of jobs, where media do not matter.
 */
export function instantToolbox(clock: EmulatorClock, ms: number): MediaToolbox {
  return {
    probe: async () => meta,
    async join(_, { path, signal }) {
      await clock.sleep(ms, signal)
      await writeFile(path, '')
    },
    async run({ Type, Input, baseUrl, onProgress, signal }) {
      await clock.sleep(ms, signal)
      onProgress(100)
      const Url = `${baseUrl}/${Type}.${Input.Definition ?? 0}`
      return { Output: outputOf(Type, Number(Input.Definition ?? 0), Url) }
    },
  }
}

/** The URL where VOD writes it in an Output of this Type. */
function outputOf(Type: SubTaskType, Definition: number, Url: string): SubTaskOutput['Output'] {
  switch (Type) {
    case 'CoverBySnapshot':
      return { CoverUrl: Url }
    case 'SnapshotByTimeOffset':
      return { Definition, PicInfoSet: [{ TimeOffset: 0, Url, WaterMarkDefinition: [] }] }
    case 'SampleSnapshot':
    case 'ImageSprites':
      return { Definition, ImageUrlSet: [Url] }
    default:
      return { Definition, Url }
  }
}
