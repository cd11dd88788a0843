import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SubTaskFailure, type SubTaskOutput } from './contract.js'
import { adaptiveDefinition, adaptiveStreams } from './definitions.js'
import { runFfmpeg } from './ffmpeg.js'
import type { Job } from './job.js'
import { aac, h264, scaledTo } from './scale.js'
import { sizeOf } from './transcode.js'

const fps = 24
const segmentSeconds = 4
const audioKbps = 64

/** Creates multi-bit-rate HLS: a master playlist, and a variant for each stream that is not larger than the source. */
export async function adaptiveDynamicStreaming(job: Job): Promise<SubTaskOutput> {
  const { binaries, Input, outDir, baseUrl, source, meta, signal } = job
  const Definition = Number(Input.Definition)
  if (Definition !== adaptiveDefinition) {
    const known = [11, 12, 13, 20].includes(Definition)
    throw known
      ? new SubTaskFailure(
          'InvalidInput.ConfigurationUnsupported',
          `adaptive definition ${Definition} is not imitated by the local VOD`,
        )
      : new SubTaskFailure(
          'InvalidInput.DefinitionNotExist',
          `adaptive definition ${Definition} does not exist`,
        )
  }
  if (!meta.VideoStreamSet?.length)
    throw new SubTaskFailure('SourceFileError.NoVideoMedia', 'the source has no video')
  const short = Math.min(Number(meta.Width), Number(meta.Height))
  const fitting = adaptiveStreams.filter(({ shortSide }) => shortSide <= short)
  const streams = (
    fitting.length > 0
      ? fitting
      : [{ ...adaptiveStreams[0], shortSide: short } as (typeof adaptiveStreams)[number]]
  ).map((stream) => ({
    ...stream,
    ...scaledTo(stream.shortSide, meta),
  }))
  const hasAudio = Boolean(meta.AudioStreamSet?.length)
  // All variants share one decode. Their key frames are at the same times, so that a player can switch.
  const split = `[0:v]split=${streams.length}${streams.map((_, n) => `[in${n}]`).join('')}`
  const scales = streams.map(({ width, height }, n) => `[in${n}]scale=${width}:${height},setsar=1[out${n}]`)
  const outputs = streams.flatMap(({ kbps }, n) => [
    ...['-map', `[out${n}]`, ...(hasAudio ? ['-map', '0:a:0'] : [])],
    ...h264({ kbps, fps }),
    ...['-g', `${fps * segmentSeconds}`, '-keyint_min', `${fps * segmentSeconds}`, '-sc_threshold', '0'],
    ...(hasAudio ? aac(audioKbps) : []),
    ...['-f', 'hls', '-hls_time', `${segmentSeconds}`, '-hls_list_size', '0'],
    ...['-hls_segment_filename', `adp.10_${n}_%03d.ts`, `adp.10_${n}.m3u8`],
  ])
  await runFfmpeg(
    binaries.ffmpeg,
    ['-i', source, '-filter_complex', [split, ...scales].join(';'), ...outputs],
    {
      cwd: outDir,
      signal,
      onSeconds: (seconds) => job.onProgress((seconds / Number(meta.Duration)) * 100),
    },
  )
  const master = streams.map(({ kbps, width, height }, n) => {
    const bandwidth = (kbps + (hasAudio ? audioKbps : 0)) * 1100
    return `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},RESOLUTION=${width}x${height}\nadp.10_${n}.m3u8`
  })
  await writeFile(join(outDir, 'adp.10.m3u8'), `#EXTM3U\n#EXT-X-VERSION:3\n${master.join('\n')}\n`)
  const SubStreamSet = await Promise.all(
    streams.map(async ({ width, height }, n) => ({
      Type: 'video',
      Width: width,
      Height: height,
      Size: await sizeOf(outDir, `adp.10_${n}`),
    })),
  )
  return {
    Output: {
      Definition,
      Package: 'HLS',
      DrmType: '',
      Url: `${baseUrl}/adp.10.m3u8`,
      Size: await sizeOf(outDir, 'adp.10'),
      DigitalWatermarkType: 'None',
      SubStreamSet,
      CopyRightWatermarkText: '',
      SubtitleSet: [],
      DefaultSubtitleId: '',
      DrmEncryptType: '',
    },
  }
}
