import { z } from 'zod'
import type { Context } from '../context.js'
import type { EmulatorMedia, EmulatorSubTask, EmulatorTask } from '../model.js'
import { parse, SubAppId } from '../request.js'
import { mediaBasicInfo, taskBody } from '../responses.js'
import { withSession } from '../tasks/session.js'
import { newTask } from '../tasks/submit.js'
import { ApiError } from '../wire/apiError.js'
import { processMediaByProcedure } from './processMediaByProcedure.js'

const DescribeRequest = z.strictObject({
  FileIds: z.array(z.string()).max(20).default([]),
  Filters: z.array(z.string()).optional(),
  SubAppId,
})

/** Outputs stay readable here after the 72 hours of their task. An unknown id is not an error. */
export function describeMediaInfos(context: Context, given: unknown) {
  const request = parse(DescribeRequest, given)
  const app = request.SubAppId ?? context.defaultSubAppId
  const files = request.FileIds.map((FileId) => context.media.get(FileId)).filter(
    (file) => file?.SubAppId === app,
  ) as EmulatorMedia[]
  return {
    MediaInfoSet: mediaInfos(context, files),
    NotExistFileIdSet: request.FileIds.filter((FileId) => !files.some((file) => file.FileId === FileId)),
  }
}

/** Reads the tasks only once, because there may be many. */
export function mediaInfos({ tasks }: Context, files: readonly EmulatorMedia[]) {
  const done = new Map(files.map(({ FileId }): [string, EmulatorTask[]] => [FileId, []]))
  for (const task of tasks.all()) if (task.Status === 'FINISH') done.get(task.FileId)?.push(task)
  return files.map((file) => mediaInfo(file, done.get(file.FileId) ?? []))
}

function mediaInfo(file: EmulatorMedia, done: readonly EmulatorTask[]) {
  const outputs = (Type: string) =>
    done.flatMap(({ subTasks }) =>
      subTasks
        .filter(
          (sub: EmulatorSubTask) => sub.Type === Type && sub.Status === 'SUCCESS' && !isDeleted(file, sub),
        )
        .map(({ Output }) => Output),
    )
  const review = done.filter((task: EmulatorTask) => task.TaskType === 'ReviewAudioVideo').at(-1)
  return {
    FileId: file.FileId,
    BasicInfo: mediaBasicInfo(file),
    MetaData: file.MetaData,
    TranscodeInfo: { TranscodeSet: outputs('Transcode') },
    AnimatedGraphicsInfo: { AnimatedGraphicsSet: outputs('AnimatedGraphics') },
    SampleSnapshotInfo: { SampleSnapshotSet: outputs('SampleSnapshot') },
    ImageSpriteInfo: { ImageSpriteSet: outputs('ImageSprites') },
    SnapshotByTimeOffsetInfo: { SnapshotByTimeOffsetSet: outputs('SnapshotByTimeOffset') },
    AdaptiveDynamicStreamingInfo: { AdaptiveDynamicStreamingSet: outputs('AdaptiveDynamicStreaming') },
    KeyFrameDescInfo: null,
    MiniProgramReviewInfo: null,
    SubtitleInfo: null,
    ReviewInfo: review ? { MediaReviewInfo: review.Output, CoverReviewInfo: null } : null,
  }
}

function isDeleted({ deleted }: EmulatorMedia, { Type, Output, finishedAt }: EmulatorSubTask): boolean {
  return deleted.some(
    (part) =>
      part.Type === Type &&
      (part.Definition === 0 || part.Definition === Output?.Definition) &&
      finishedAt <= part.before,
  )
}

/** Parts of a media file that can be deleted, with the sub-task type that creates them. */
const parts: Readonly<Record<string, string>> = {
  TranscodeFiles: 'Transcode',
  AdaptiveDynamicStreamingFiles: 'AdaptiveDynamicStreaming',
}

const DeleteRequest = z.strictObject({
  FileId: z.string(),
  DeleteParts: z.array(z.strictObject({ Type: z.string(), Definition: z.int().default(0) })).default([]),
  SubAppId,
})

export function deleteMedia(context: Context, given: unknown) {
  const request = parse(DeleteRequest, given)
  const file = context.media.get(request.FileId)
  if (!file || file.SubAppId !== (request.SubAppId ?? context.defaultSubAppId)) {
    throw new ApiError('ResourceNotFound', 'The media file does not exist.')
  }
  const { DeleteParts } = request
  if (DeleteParts.some(({ Type }) => parts[Type] === undefined))
    throw new ApiError(
      'UnsupportedOperation',
      `The local VOD deletes whole media files, or of these ${Object.keys(parts).join(' and ')}.`,
    )
  if (DeleteParts.length === 0) {
    context.media.remove(file.FileId)
    context.library.remove(file)
  } else {
    const before = context.clock.now()
    const deleted = DeleteParts.map(({ Type, Definition }) => ({
      Type: parts[Type] as string,
      Definition,
      before,
    }))
    context.media.put(file.FileId, { ...file, deleted: [...file.deleted, ...deleted], updatedAt: before })
  }
  context.events.emit(file.SubAppId, {
    EventType: 'FileDeleted',
    FileDeleteEvent: {
      FileIdSet: [file.FileId],
      FileDeleteResultInfo: [{ FileId: file.FileId, DeleteParts }],
    },
  })
  return {}
}

const PullRequest = z.strictObject({
  MediaUrl: z.string().min(1),
  MediaType: z.string().optional(),
  MediaName: z.string().optional(),
  CoverUrl: z.string().optional(),
  Procedure: z.string().optional(),
  ExpireTime: z.string().optional(),
  StorageRegion: z.string().optional(),
  ClassId: z.int().optional(),
  TasksPriority: z.int().optional(),
  SessionContext: z.string().max(1000).default(''),
  SessionId: z.string().max(50).default(''),
  ExtInfo: z.string().optional(),
  SourceContext: z.string().max(250).default(''),
  MediaStoragePath: z.string().default(''),
  SubAppId,
})

/** Fetches a file from a URL. The task ends when the file has arrived or the fetch has failed. */
export async function pullUpload(context: Context, given: unknown) {
  const request = parse(PullRequest, given)
  const app = request.SubAppId ?? context.defaultSubAppId
  return withSession(
    context,
    { action: 'PullUpload', SessionId: request.SessionId },
    {
      validate() {
        if (!URL.canParse(request.MediaUrl))
          throw new ApiError('InvalidParameterValue', 'The value of parameter `MediaUrl` is not a URL.')
      },
      accept() {
        const options = {
          TasksPriority: 0,
          TasksNotifyMode: '',
          SessionContext: request.SessionContext,
          SessionId: request.SessionId,
        }
        const given = {
          SubAppId: app,
          Status: 'PROCESSING' as const,
          beganAt: context.clock.now(),
          Input: request,
        }
        const task = newTask(context, { file: undefined, TaskType: 'PullUpload', options, given })
        context.tasks.put(task.TaskId, task)
        context.background.start((signal) => pull(context, task, { request, signal }))
        return { TaskId: task.TaskId }
      },
    },
  )
}

/** Fetches again what a restart interrupted. */
export function resumePulls(context: Context): void {
  for (const task of context.tasks.all()) {
    if (task.TaskType === 'PullUpload' && task.Status === 'PROCESSING')
      context.background.start((signal) =>
        pull(context, task, { request: PullRequest.parse(task.Input), signal }),
      )
  }
}

interface Pull {
  readonly request: z.output<typeof PullRequest>
  readonly signal: AbortSignal
}

async function pull(context: Context, task: EmulatorTask, { request, signal }: Pull): Promise<void> {
  try {
    const { MediaName, SourceContext, MediaStoragePath, ClassId = 0 } = request
    const names = MediaName === undefined ? {} : { name: MediaName }
    const file = await context.library.pull(request.MediaUrl, {
      SubAppId: task.SubAppId,
      SourceContext,
      StoragePath: MediaStoragePath,
      ClassId,
      signal,
      ...names,
    })
    task.FileId = file.FileId
    if (request.Procedure) {
      const { SessionContext } = request
      const made = await processMediaByProcedure(context, {
        ProcedureName: request.Procedure,
        FileId: file.FileId,
        SubAppId: task.SubAppId,
        SessionContext,
      })
      task.Output = { ProcedureTaskId: made.TaskId, ReviewAudioVideoTaskId: made.ReviewAudioVideoTaskId }
    }
    task.Message = 'SUCCESS'
  } catch (error) {
    // An interrupted fetch has not failed. It starts again after a restart.
    if (signal.aborted) return
    task.ErrCode = 60_000
    task.Message = error instanceof Error ? error.message : 'the source cannot be fetched'
  }
  task.Status = 'FINISH'
  task.finishedAt = context.clock.now()
  context.tasks.put(task.TaskId, task)
  context.events.emit(task.SubAppId, {
    EventType: 'PullComplete',
    PullCompleteEvent: taskBody(task, context.media.get(task.FileId)),
  })
}
