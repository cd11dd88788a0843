import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SubTaskFailure, type SubTaskOutput } from './contract.js'
import { type TranscodeDefinition, transcodeDefinitions } from './definitions.js'
import { runFfmpeg } from './ffmpeg.js'
import type { Job } from './job.js'
import { probe } from './probe.js'
import { aac, h264, scaledTo } from './scale.js'

/** Creates one file or HLS playlist of a preset definition. */
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
  if (!definition.video && !definition.remux && !meta.AudioStreamSet?.length) {
    throw new SubTaskFailure('SourceFileError.ContentUnsupported', 'the source has no sound')
  }
  const from = Number(Input.StartTimeOffset ?? 0)
  const to = Number(Input.EndTimeOffset ?? 0) || Number(meta.Duration)
  if (from >= to)
    throw new SubTaskFailure('InvalidInput.InvalidTimeOffset', 'StartTimeOffset is not before EndTimeOffset')
  const name = `v.f${Definition}.${definition.container === 'hls' ? 'm3u8' : definition.container}`
  const path = join(outDir, name)
  const range = ['-ss', `${from}`, '-t', `${to - from}`]
  const segments =
    definition.container === 'hls' ? hlsSegments(`v.f${Definition}_%03d.ts`) : ['-movflags', '+faststart']
  const container = definition.container === 'mp3' ? [] : segments
  await runFfmpeg(
    binaries.ffmpeg,
    [...range, '-i', source, ...encoding(definition, job), ...container, name],
    {
      cwd: outDir,
      signal,
      onSeconds: (seconds) => job.onProgress((seconds / (to - from)) * 100),
    },
  )
  const Size = await sizeOf(outDir, `v.f${Definition}`)
  const made = await (definition.container === 'hls'
    ? probePlaylist(job, path)
    : probe(binaries.ffprobe, path))
  const { VideoStreamSet, AudioStreamSet, Height, Width, Bitrate, Duration, Container } = made
  return {
    Output: {
      Url: `${baseUrl}/${name}`,
      Definition,
      Bitrate,
      Height,
      Width,
      Size,
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

/** Probes a playlist as one MP4, because some builds of ffprobe, e.g. the one on npm, crash on playlists and segments. */
async function probePlaylist({ binaries, outDir, signal }: Job, playlist: string) {
  const joined = join(outDir, `joined-${basename(playlist)}.mp4`)
  try {
    await runFfmpeg(binaries.ffmpeg, ['-i', playlist, '-c', 'copy', joined], { signal })
    return { ...(await probe(binaries.ffprobe, joined)), Container: 'hls' }
  } finally {
    await rm(joined, { force: true })
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

/** Returns the total bytes of an output, including the segments of a playlist. */
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
