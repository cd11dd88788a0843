import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SubTaskFailure, type SubTaskOutput } from './contract.js'
import {
  animatedDefinitions,
  animatedFps,
  samplePercent,
  snapshotDefinition,
  spriteDefinition,
} from './definitions.js'
import { runFfmpeg } from './ffmpeg.js'
import type { Job } from './job.js'
import { probe } from './probe.js'
import { md5Of } from './transcode.js'

const quality = ['-q:v', '3']

/** Takes pictures at given times: "5s", "10%", or the older TimeOffsetSet in ms. */
export async function snapshotByTimeOffset(job: Job): Promise<SubTaskOutput> {
  const Definition = definitionOf(job, snapshotDefinition)
  const duration = pictureSeconds(job)
  const given = (job.Input.ExtTimeOffsetSet ?? []) as string[]
  const older = ((job.Input.TimeOffsetSet ?? []) as number[]).map((ms) => ms / 1000)
  const times = given.length > 0 ? given.map((offset) => secondsOf(offset, duration)) : older
  if (times.length === 0)
    throw new SubTaskFailure('InvalidInput.InvalidTimeOffset', 'the request has no time')
  const PicInfoSet = []
  for (const [index, time] of times.entries()) {
    const name = `snapshotByTimeOffset.${Definition}.${index}.jpg`
    const at = withinPicture(time, job)
    await still(job, at, name)
    job.onProgress(((index + 1) / times.length) * 100)
    PicInfoSet.push({
      TimeOffset: Math.round(at * 1000),
      Url: `${job.baseUrl}/${name}`,
      WaterMarkDefinition: [],
    })
  }
  return { Output: { Definition, PicInfoSet } }
}

/** Takes a picture every 10 % of the media. */
export async function sampleSnapshot(job: Job): Promise<SubTaskOutput> {
  const Definition = definitionOf(job, snapshotDefinition)
  const duration = pictureSeconds(job)
  const ImageUrlSet = []
  for (let percent = 0; percent < 100; percent += samplePercent) {
    const name = `sampleSnapshot.${Definition}.${percent / samplePercent}.jpg`
    await still(job, withinPicture((percent / 100) * duration, job), name)
    job.onProgress(percent + samplePercent)
    ImageUrlSet.push(`${job.baseUrl}/${name}`)
  }
  return {
    Output: {
      Definition,
      SampleType: 'Percent',
      Interval: samplePercent,
      ImageUrlSet,
      WaterMarkDefinition: [],
    },
  }
}

export async function coverBySnapshot(job: Job): Promise<SubTaskOutput> {
  const Definition = definitionOf(job, snapshotDefinition)
  const { PositionType = 'Time', PositionValue = 0 } = job.Input
  const offset = PositionType === 'Percent' ? `${PositionValue}%` : `${PositionValue}s`
  const name = `cover.${Definition}.jpg`
  await still(job, withinPicture(secondsOf(offset, pictureSeconds(job)), job), name)
  return { Output: { CoverUrl: `${job.baseUrl}/${name}` } }
}

/** Creates sheets of 10 by 10 small pictures, one every 10 s, and a WebVTT file with their positions. */
export async function imageSprites(job: Job): Promise<SubTaskOutput> {
  const { width, height, columns, rows, everySeconds } = spriteDefinition
  const Definition = definitionOf(job, spriteDefinition.id)
  const duration = pictureSeconds(job)
  const prefix = `imageSprite.${Definition}`
  const filter = `fps=1/${everySeconds}:round=up,scale=${width}:${height},tile=${columns}x${rows}`
  const args = ['-i', job.source, '-vf', filter, '-an', '-vsync', '0', ...quality, '-start_number', '0']
  await runFfmpeg(job.binaries.ffmpeg, [...args, `${prefix}_%d.jpg`], {
    cwd: job.outDir,
    signal: job.signal,
    onSeconds: (seconds) => job.onProgress((seconds / duration) * 100),
  })
  const sheets = (await readdir(job.outDir)).filter(
    (name) => name.startsWith(`${prefix}_`) && name.endsWith('.jpg'),
  ).length
  const TotalCount = Math.max(1, Math.min(sheets * columns * rows, Math.ceil(duration / everySeconds)))
  const cues = Array.from({ length: TotalCount }, (_, n) => {
    const cell = n % (columns * rows)
    const x = (cell % columns) * width
    const y = Math.floor(cell / columns) * height
    const sheet = Math.floor(n / (columns * rows))
    const end = Math.min(duration, (n + 1) * everySeconds)
    return `${clock(n * everySeconds)} --> ${clock(end)}\n${prefix}_${sheet}.jpg#xywh=${x},${y},${width},${height}\n`
  })
  await writeFile(join(job.outDir, `${prefix}.vtt`), `WEBVTT\n\n${cues.join('\n')}`)
  const ImageUrlSet = Array.from({ length: sheets }, (_, n) => `${job.baseUrl}/${prefix}_${n}.jpg`)
  return {
    Output: {
      Definition,
      Height: height,
      Width: width,
      TotalCount,
      ImageUrlSet,
      WebVttUrl: `${job.baseUrl}/${prefix}.vtt`,
    },
  }
}

export async function animatedGraphics(job: Job): Promise<SubTaskOutput> {
  const Definition = Number(job.Input.Definition)
  const Container = animatedDefinitions.get(Definition)
  if (!Container)
    throw new SubTaskFailure(
      'InvalidInput.DefinitionNotExist',
      `animated definition ${Definition} does not exist`,
    )
  const StartTimeOffset = Number(job.Input.StartTimeOffset ?? 0)
  const EndTimeOffset = Number(job.Input.EndTimeOffset ?? 0)
  if (StartTimeOffset >= EndTimeOffset) {
    throw new SubTaskFailure('InvalidInput.InvalidTimeOffset', 'StartTimeOffset is not before EndTimeOffset')
  }
  const name = `animatedGraphics.${Definition}.${Container}`
  const path = join(job.outDir, name)
  const range = ['-ss', `${StartTimeOffset}`, '-t', `${EndTimeOffset - StartTimeOffset}`]
  const codec = Container === 'webp' ? ['-c:v', 'libwebp'] : []
  await runFfmpeg(
    job.binaries.ffmpeg,
    [...range, '-i', job.source, '-vf', `fps=${animatedFps}`, ...codec, '-loop', '0', '-an', name],
    {
      cwd: job.outDir,
      signal: job.signal,
    },
  )
  const { Height, Width, Size, Bitrate } = await probe(job.binaries.ffprobe, path)
  const Md5 = await md5Of(path)
  return {
    Output: {
      Url: `${job.baseUrl}/${name}`,
      Definition,
      Container,
      Height,
      Width,
      Bitrate,
      Size,
      Md5,
      StartTimeOffset,
      EndTimeOffset,
    },
  }
}

/** Returns the duration of the picture, because the sound may last longer. */
function pictureSeconds({ meta }: Job): number {
  return Number(meta.VideoDuration) || Number(meta.Duration)
}

function withinPicture(seconds: number, job: Job): number {
  const [video] = job.meta.VideoStreamSet ?? []
  return withinMedia(seconds, { durationSeconds: pictureSeconds(job), fps: Number(video?.Fps) })
}

async function still(
  { binaries, source, outDir, signal }: Job,
  seconds: number,
  name: string,
): Promise<void> {
  const args = ['-ss', seconds.toFixed(3), '-i', source, '-frames:v', '1', ...quality, name]
  await runFfmpeg(binaries.ffmpeg, args, { cwd: outDir, signal })
}

/** Checks the definition, and that the source has a picture. */
function definitionOf({ Input, meta }: Job, known: number): number {
  if (Number(Input.Definition) !== known) {
    throw new SubTaskFailure(
      'InvalidInput.DefinitionNotExist',
      `definition ${Input.Definition} does not exist`,
    )
  }
  if (!meta.VideoStreamSet?.length)
    throw new SubTaskFailure('SourceFileError.NoVideoMedia', 'the source has no video')
  return known
}

/** Formats a time as WebVTT's hh:mm:ss.mmm. */
function clock(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23)
}

/** Parses a time of the API: "5s" or "10%". */
function secondsOf(offset: string, durationSeconds: number): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|%)$/.exec(offset) ?? []
  if (number === undefined)
    throw new SubTaskFailure('InvalidInput.InvalidTimeOffset', `"${offset}" is not a time like 5s or 10%`)
  return unit === '%' ? (Number(number) / 100) * durationSeconds : Number(number)
}

/** Keeps a time before the start of the last frame, because there is no picture at the very end. */
function withinMedia(
  seconds: number,
  { durationSeconds, fps }: { durationSeconds: number; fps: number },
): number {
  if (seconds > durationSeconds + 1) {
    throw new SubTaskFailure(
      'InvalidInput.InvalidTimeOffset',
      `${seconds} s is after the end of the media (${durationSeconds} s)`,
    )
  }
  return Math.max(0, Math.min(seconds, durationSeconds - Math.max(0.1, 1 / (fps || 1))))
}
