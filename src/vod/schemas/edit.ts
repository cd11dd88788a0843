import { z } from 'zod'
import { FileId, templateName } from './ids.js'
import { submission, TasksPriority } from './submission.js'

/** In seconds. */
const offset = z.number().optional()

/** Cuts and joins media files, or a live stream, one after another. */
export const EditMediaRequest = z.strictObject({
  InputType: z.enum(['File', 'Stream']),
  FileInfos: z.array(z.looseObject({ FileId, StartTimeOffset: offset, EndTimeOffset: offset })).optional(),
  StreamInfos: z.array(z.looseObject({ StreamId: z.string() })).optional(),
  Definition: z.int().optional(),
  ProcedureName: templateName.optional(),
  OutputConfig: z.looseObject({}).optional(),
  ...submission,
  TasksPriority,
})

/** Composes tracks of video, audio and pictures. */
export const ComposeMediaRequest = z.strictObject({
  Tracks: z
    .array(z.looseObject({ Type: z.string(), TrackItems: z.array(z.looseObject({ Type: z.string() })) }))
    .min(1),
  Output: z.looseObject({ FileName: z.string() }),
  Canvas: z.looseObject({}).optional(),
  SubAppId: submission.SubAppId,
  SessionContext: submission.SessionContext,
  SessionId: submission.SessionId,
})

/** Cuts one media file into several. */
export const SplitMediaRequest = z.strictObject({
  FileId,
  Segments: z
    .array(
      z.looseObject({
        StartTimeOffset: offset,
        EndTimeOffset: offset,
        ProcedureName: templateName.optional(),
      }),
    )
    .min(1)
    .max(100),
  SubAppId: submission.SubAppId,
  SessionContext: submission.SessionContext,
  SessionId: submission.SessionId,
  TasksPriority,
})
