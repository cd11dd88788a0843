import { z } from 'zod'
import type { Context } from '../context.js'
import type { EditType, EmulatorMedia } from '../model.js'
import { parse } from '../request.js'
import { withSession } from '../tasks/session.js'
import { refuseLongSessionContext, refuseLongSessionId, submissionFields } from '../tasks/submission.js'
import { newTask } from '../tasks/submit.js'
import { ApiError } from '../wire/apiError.js'

const { SubAppId, SessionContext, SessionId, ExtInfo, TasksPriority } = submissionFields
const fields = { SubAppId, SessionContext, SessionId }
const offset = z.number().min(0).optional()
const OutputConfig = z
  .looseObject({ MediaName: z.string().optional(), ClassId: z.int().optional() })
  .optional()

const EditRequest = z.strictObject({
  InputType: z.enum(['File', 'Stream']),
  FileInfos: z
    .array(z.strictObject({ FileId: z.string(), StartTimeOffset: offset, EndTimeOffset: offset }))
    .default([]),
  StreamInfos: z.array(z.unknown()).optional(),
  Definition: z.int().optional(),
  ProcedureName: z.string().default(''),
  OutputConfig,
  ...fields,
  ExtInfo,
  TasksPriority,
})

const SplitRequest = z.strictObject({
  FileId: z.string(),
  Segments: z
    .array(
      z.strictObject({
        StartTimeOffset: offset,
        EndTimeOffset: offset,
        ProcedureName: z.string().default(''),
        OutputConfig,
      }),
    )
    .min(1)
    .max(100),
  ...fields,
  TasksPriority,
})

const VideoItem = z.looseObject({
  SourceMedia: z.string(),
  SourceMediaStartTime: offset,
  Duration: offset,
})

const ComposeRequest = z.strictObject({
  Tracks: z
    .array(
      z.looseObject({
        Type: z.string(),
        TrackItems: z.array(z.looseObject({ Type: z.string(), VideoItem: VideoItem.nullish() })),
      }),
    )
    .min(1),
  Output: z.looseObject({ FileName: z.string(), Container: z.string().default('mp4') }),
  Canvas: z.unknown().optional(),
  ...fields,
})

/** A media file that an edit creates: its pieces, its name, and the task flow that starts on it. */
export interface EditPlan {
  readonly name: string
  readonly ClassId: number
  readonly ProcedureName: string
  readonly pieces: readonly { readonly FileId: string; readonly from: number; readonly to?: number }[]
}

export async function editMedia(context: Context, given: unknown) {
  const request = parse(EditRequest, given)
  return submit(context, { TaskType: 'EditMedia', request }, () => {
    if (request.InputType === 'Stream') throw cannot('edits files only, no streams')
    if (request.FileInfos.length === 0) throw new ApiError('InvalidParameterValue', 'FileInfos is empty.')
    const files = request.FileInfos.map(({ FileId }) => fileOf(context, request, FileId))
    const pieces = request.FileInfos.map(({ FileId, StartTimeOffset = 0, EndTimeOffset }) => ({
      FileId,
      from: StartTimeOffset,
      ...(EndTimeOffset ? { to: EndTimeOffset } : {}),
    }))
    const { MediaName, ClassId = 0 } = request.OutputConfig ?? {}
    return [
      {
        name: MediaName ?? `${files[0]?.Name} edited`,
        ClassId,
        ProcedureName: request.ProcedureName,
        pieces,
      },
    ]
  })
}

export async function splitMedia(context: Context, given: unknown) {
  const request = parse(SplitRequest, given)
  return submit(context, { TaskType: 'SplitMedia', request }, () => {
    const { FileId } = request
    const file = fileOf(context, request, FileId)
    return request.Segments.map(
      ({ StartTimeOffset = 0, EndTimeOffset, ProcedureName, OutputConfig }, index) => ({
        name: OutputConfig?.MediaName ?? `${file.Name} ${index + 1}`,
        ClassId: OutputConfig?.ClassId ?? 0,
        ProcedureName,
        pieces: [{ FileId, from: StartTimeOffset, ...(EndTimeOffset ? { to: EndTimeOffset } : {}) }],
      }),
    )
  })
}

export async function composeMedia(context: Context, given: unknown) {
  const request = parse(ComposeRequest, given)
  return submit(context, { TaskType: 'ComposeMedia', request }, () => {
    const [track, ...others] = request.Tracks
    if (others.length > 0 || track?.Type !== 'Video') throw cannot('composes one track of videos')
    const items = track.TrackItems.map(({ Type, VideoItem: item }) => {
      if (Type !== 'Video' || !item) throw cannot('composes video items only')
      return item
    })
    if (items.length === 0) throw new ApiError('InvalidParameterValue', 'Tracks has no items.')
    if (request.Output.Container !== 'mp4') throw cannot('composes MP4 only')
    const pieces = items.map(({ SourceMedia, SourceMediaStartTime = 0, Duration }) => {
      const { FileId } = fileOf(context, request, SourceMedia)
      return {
        FileId,
        from: SourceMediaStartTime,
        ...(Duration ? { to: SourceMediaStartTime + Duration } : {}),
      }
    })
    return [{ name: request.Output.FileName, ClassId: 0, ProcedureName: '', pieces }]
  })
}

interface EditFields {
  readonly TaskType: EditType
  readonly request: {
    readonly SubAppId?: number | undefined
    readonly SessionId: string
    readonly SessionContext: string
    readonly TasksPriority?: number
    readonly FileId?: string
  }
}

function submit(context: Context, { TaskType, request }: EditFields, plan: () => EditPlan[]) {
  const { SessionId, SessionContext, TasksPriority = 0, FileId } = request
  refuseLongSessionId(request)
  return withSession(
    context,
    { action: TaskType, SessionId },
    {
      validate() {
        refuseLongSessionContext(request)
        return plan()
      },
      accept(plans) {
        const task = newTask(context, {
          file: FileId === undefined ? undefined : context.media.get(FileId),
          SubAppId: request.SubAppId ?? context.defaultSubAppId,
          TaskType,
          options: { TasksPriority, TasksNotifyMode: '', SessionContext, SessionId },
          given: { Input: { ...request, plans } },
        })
        context.scheduler.enqueue(task)
        return { TaskId: task.TaskId }
      },
    },
  )
}

/** Finds a media file by its FileId or its URL in this VOD. */
function fileOf(
  context: Context,
  { SubAppId: app }: { readonly SubAppId?: number | undefined },
  media: string,
): EmulatorMedia {
  const file = context.media.get(media) ?? context.media.all().find(({ MediaUrl }) => MediaUrl === media)
  if (file?.SubAppId === (app ?? context.defaultSubAppId)) return file
  throw new ApiError('InvalidParameterValue.FileId', 'The FileId does not exist.')
}

function cannot(what: string): ApiError {
  return new ApiError('UnsupportedOperation', `The local VOD ${what}.`)
}
