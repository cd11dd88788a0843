import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmulatorClock } from '../clock.js'
import type { EmulatorFaults } from '../faults.js'
import { type MediaToolbox, SubTaskFailure } from '../media/index.js'
import type { EmulatorMedia, EmulatorSubTask, EmulatorTask } from '../model.js'
import { moderationFails, olderOutput, reviewOutput } from '../moderation.js'
import { iso } from '../responses.js'
import { day } from '../time.js'
import { type EditOptions, edit } from './edit.js'

export interface WorkOptions {
  readonly edit: EditOptions
  readonly clock: EmulatorClock
  readonly faults: EmulatorFaults
  readonly toolbox: MediaToolbox
  readonly fileOf: (task: EmulatorTask) => EmulatorMedia | undefined
  /** Absolute path and URL of the folder for the outputs of a task. */
  readonly placeFor: (task: EmulatorTask) => { readonly path: string; readonly url: string }
  readonly sourceOf: (file: EmulatorMedia) => string
  /** How long a moderation task takes, ms. */
  readonly reviewMs: number
  /** Called when a sub-task has ended, which TasksNotifyMode Change announces. */
  readonly onChange: (task: EmulatorTask) => void
  readonly setCover: (file: EmulatorMedia, CoverUrl: string) => void
  /** Called when an output was added to the media file. */
  readonly touched: (file: EmulatorMedia) => void
}

/** Number of sub-tasks of one task that run at the same time. */
const parallel = 2

/** Returns a function that does the work of a task and writes the result into the task. */
export function createWork(options: WorkOptions) {
  return async (task: EmulatorTask, signal: AbortSignal): Promise<void> => {
    if (task.TaskType === 'ReviewAudioVideo') return review(task, signal, options)
    if (task.TaskType !== 'Procedure') return edit(task, signal, options.edit)
    const left = [...task.subTasks.filter(({ Status }) => Status === 'PROCESSING')]
    const lane = async () => {
      for (let sub = left.shift(); sub && !signal.aborted; sub = left.shift()) {
        await runSubTask(task, sub, { signal, options })
        if (left.length > 0 && !signal.aborted) options.onChange(task)
      }
    }
    await Promise.all(Array.from({ length: parallel }, lane))
  }
}

async function review(
  task: EmulatorTask,
  signal: AbortSignal,
  { clock, reviewMs, fileOf, placeFor }: WorkOptions,
): Promise<void> {
  await clock.sleep(reviewMs, signal)
  if (signal.aborted) return
  const file = fileOf(task)
  if (!file?.MetaData) {
    task.ErrCodeExt = file ? 'SourceFileError.ContentMalformed' : 'SourceFileError.DownloadNotAccessible'
    task.Message = file ? 'the source is not a media file' : 'the media file is gone'
    return
  }
  const name = file.Name
  if (moderationFails(name)) {
    task.ErrCodeExt = 'InternalError'
    task.Message = 'internal error'
    return
  }
  const { path, url } = placeFor(task)
  const contents = (task.Input.ReviewContents ?? ['Media']) as string[]
  const expireTime = iso(clock.now() + day)
  task.Output = reviewOutput({ name, contents, segmentFileUrl: `${url}/segments.json`, expireTime })
  if (task.Output.SegmentSetFileUrl !== '') {
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'segments.json'), JSON.stringify(task.Output.SegmentSet))
  }
  task.Message = 'SUCCESS'
}

async function runSubTask(
  task: EmulatorTask,
  sub: EmulatorSubTask,
  { signal, options }: { signal: AbortSignal; options: WorkOptions },
): Promise<void> {
  const { clock, faults, toolbox, fileOf, placeFor, sourceOf, setCover } = options
  sub.beganAt = clock.now()
  try {
    const file = fileOf(task)
    const fault = faults.strike('failSubTask', sub.Type)
    if (fault) throw new SubTaskFailure(fault.code, 'a scripted fault')
    if (!file) throw new SubTaskFailure('SourceFileError.DownloadNotAccessible', 'the media file is gone')
    if (sub.set === 'MediaProcessResultSet') {
      const { path, url } = placeFor(task)
      mkdirSync(path, { recursive: true })
      const onProgress = (percent: number) => {
        sub.Progress = Math.max(sub.Progress, Math.min(99, Math.round(percent)))
      }
      const Type = sub.Type as Parameters<MediaToolbox['run']>[0]['Type']
      const job = {
        Type,
        Input: sub.Input,
        source: sourceOf(file),
        outDir: path,
        baseUrl: url,
        onProgress,
        signal,
      }
      sub.Output = (await toolbox.run(job)).Output as Record<string, unknown>
      if (typeof sub.Output.CoverUrl === 'string') setCover(file, sub.Output.CoverUrl)
      options.touched(file)
    }
    if (sub.set === 'AiContentReviewResultSet') sub.Output = olderModeration(file, sub.Type)
    sub.Status = 'SUCCESS'
    sub.Message = 'SUCCESS'
  } catch (error) {
    if (signal.aborted) return
    const failure =
      error instanceof SubTaskFailure ? error : new SubTaskFailure('InternalError', 'internal error')
    sub.Status = 'FAIL'
    sub.ErrCodeExt = failure.ErrCodeExt
    sub.ErrCode = failure.ErrCode
    sub.Message = failure.message
  }
  sub.Progress = 100
  sub.finishedAt = clock.now()
}

function olderModeration({ MetaData, Name }: EmulatorMedia, Type: string): Record<string, unknown> {
  if (!MetaData)
    throw new SubTaskFailure('SourceFileError.ContentMalformed', 'the source is not a media file')
  if (moderationFails(Name)) throw new SubTaskFailure('InternalError', 'internal error')
  return olderOutput(Name, Type)
}
