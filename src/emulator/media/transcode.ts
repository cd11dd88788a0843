import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SubTaskFailure, type SubTaskOutput } from './contract.js'
import { type TranscodeDefinition, transcodeDefinitions } from './definitions.js'
import { runFfmpeg } from './ffmpeg.js'
import type { Job } from './job.js'
import { probe } from './probe.js'
import { aac, h264, scaledTo } from './scale.js'

/** One file, or one HLS playlist, of a preset definition. */
export async function transcode(job: Job): Promise<SubTaskOutput> {
  const { binaries, Input, outDir, baseUrl, source, meta, signal } = job
  const Definition = Number(Input.Definition)
  const definition = transcodeDefinitions.get(Definition)
  if (!definition)
    throw new SubTaskFailure(
      'InvalidInput.DefinitionNotExist',
      `transcode definition ${Definition} does not exist`,
    )
  if (definition.video && !meta.VideoStreamSet?.length) {
    throw new SubTaskFailure('SourceFileError.NoVideoMedia', 'the source has no video')
  }
  const from = Number(Input.StartTimeOffset ?? 0)
  const to = Number(Input.EndTimeOffset ?? 0) || Number(meta.Duration)
  if (from >= to)
    throw new SubTaskFailure('InvalidInput.InvalidTimeOffset', 'StartTimeOffset is not before EndTimeOffset')
  const name = `v.f${Definition}.${definition.container === 'hls' ? 'm3u8' : definition.container}`
  const path = join(outDir, name)
  const range = ['-ss', `${from}`, '-t', `${to - from}`]
  const segments =
    definition.container === 'hls'
      ? hlsSegments(join(outDir, `v.f${Definition}_%03d.ts`))
      : ['-movflags', '+faststart']
  const container = definition.container === 'mp3' ? [] : segments
  await runFfmpeg(
    binaries.ffmpeg,
    [...range, '-i', source, ...encoding(definition, job), ...container, path],
    {
      signal,
      onSeconds: (seconds) => job.onProgress((seconds / (to - from)) * 100),
    },
  )
  const made = await probe(binaries.ffprobe, path)
  const { VideoStreamSet, AudioStreamSet, Bitrate, Height, Width, Duration, Container } = made
  return {
    Output: {
      Url: `${baseUrl}/${name}`,
      Definition,
      Bitrate,
      Height,
      Width,
      Size: await sizeOf(outDir, `v.f${Definition}`),
      Duration,
      Md5: await md5Of(path),
      Container,
      VideoStreamSet,
      AudioStreamSet,
      DigitalWatermarkType: 'None',
      CopyRightWatermarkText: '',
    },
  }
}

function encoding({ video, audioKbps, container, remux }: TranscodeDefinition, { meta }: Job): string[] {
  if (remux) return ['-c', 'copy']
  const audio = meta.AudioStreamSet?.length
    ? container === 'mp3'
      ? ['-c:a', 'libmp3lame', '-b:a', `${audioKbps}k`]
      : aac(audioKbps)
    : ['-an']
  if (!video) return ['-vn', ...audio]
  const { width, height } = scaledTo(video.shortSide, meta)
  return [
    '-vf',
    `scale=${width}:${height},setsar=1`,
    ...h264({ kbps: video.kbps, fps: 25 }),
    '-g',
    '250',
    ...audio,
  ]
}

function hlsSegments(pattern: string): string[] {
  return ['-f', 'hls', '-hls_time', '10', '-hls_list_size', '0', '-hls_segment_filename', pattern]
}

/** Bytes of everything that belongs to an output: a playlist's segments count. */
export async function sizeOf(folder: string, prefix: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix))
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

export async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
