import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findBinaries } from '../../../src/emulator/media/binaries.js'
import { type Answer, finished, type Rig, startRig } from '../rig.js'

const { ffmpeg, ffprobe } = await findBinaries()
const exec = promisify(execFile)

export interface MediaRig extends Rig {
  readonly folder: string
  /** Processes the file, and gives back the results in the order of the template. */
  process(path: string, MediaProcessTask: Record<string, unknown>): Promise<Answer[]>
}

/** A local VOD with real ffmpeg. */
export async function startMediaRig(): Promise<MediaRig> {
  const rig = await startRig({ media: 'ffmpeg' })
  const folder = mkdtempSync(join(tmpdir(), 'vodflow-media-'))
  let count = 0
  return {
    ...rig,
    folder,
    async process(path, MediaProcessTask) {
      const ProcedureName = `media-${++count}`
      await rig.call('CreateProcedureTemplate', { Name: ProcedureName, MediaProcessTask })
      const { FileId } = await rig.upload(path)
      const { TaskId } = await rig.call('ProcessMediaByProcedure', { FileId, ProcedureName })
      const { ProcedureTask } = await finished(rig.call, TaskId)
      return ProcedureTask.MediaProcessResultSet.map(({ Type: _, ...members }: Record<string, unknown>) =>
        Object.values(members).find((member) => member !== null),
      )
    },
    async close() {
      await rig.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function runFfmpeg(...args: string[]): Promise<void> {
  await exec(ffmpeg, ['-v', 'error', '-y', ...args])
}

export interface Seen {
  readonly width: number
  readonly height: number
  readonly codecs: readonly string[]
  readonly seconds: number
  /** Decoded, every one. */
  readonly frames: number
  readonly rotated: boolean
}

/** Plays a playlist. Some builds of ffprobe crash on segments, so that they come as an MP4 of the same streams. */
async function joined(playlist: string): Promise<string> {
  await runFfmpeg('-xerror', '-i', playlist, '-f', 'null', '-')
  const path = join(tmpdir(), `vodflow-joined-${randomUUID()}.mp4`)
  await runFfmpeg('-i', playlist, '-c', 'copy', path)
  return path
}

/** What ffprobe sees behind a URL, of media or of a playlist of segments, when it decodes all of it. */
export async function look(address: string): Promise<Seen> {
  const whole = address.endsWith('.m3u8') ? await joined(address) : undefined
  const url = whole ?? address
  const args = ['-v', 'error', '-count_frames', '-show_streams', '-show_format', '-of', 'json', url]
  const { stdout, stderr } = await exec(ffprobe, args, { maxBuffer: 2 ** 26 })
  if (whole) await rm(whole)
  if (stderr !== '') throw new Error(`${url}: ${stderr}`)
  const { streams, format } = JSON.parse(stdout) as Answer
  const video = streams.find((stream: Answer) => stream.codec_type === 'video')
  return {
    width: video?.width ?? 0,
    height: video?.height ?? 0,
    codecs: streams.map((stream: Answer) => stream.codec_name).sort(),
    seconds: Number(format.duration),
    frames: Number(video?.nb_read_frames ?? 0),
    rotated: Boolean(video?.side_data_list ?? video?.tags?.rotate),
  }
}
