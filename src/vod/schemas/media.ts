import { z } from 'zod'
import { emptyResponse, list, RequestId, SubAppId, text } from './common.js'

const FileId = z
  .string('must be a string; as a number it loses digits')
  .min(1, 'is empty; give the id of a media file')

export const PullUploadRequest = z.strictObject({
  MediaUrl: z.string().min(1, 'is empty; give the URL of the media'),
  MediaType: z.string().optional(),
  MediaName: z.string().optional(),
  CoverUrl: z.string().optional(),
  Procedure: z.string().optional(),
  ExpireTime: z.string().optional(),
  StorageRegion: z.string().optional(),
  ClassId: z.int().optional(),
  SessionContext: z.string().max(1_000).optional(),
  SessionId: z.string().max(50).optional(),
  ExtInfo: z.string().optional(),
  SourceContext: z.string().max(250).optional(),
  MediaStoragePath: z.string().optional(),
  SubAppId: SubAppId.optional(),
})

export const PullUploadResponse = z.looseObject({ TaskId: text, ...RequestId })

export const DescribeMediaInfosRequest = z.strictObject({
  FileIds: z.array(FileId).min(1).max(20, 'has more than 20 ids; ask in several calls').optional(),
  Filters: z.array(z.string()).optional(),
  SubAppId: SubAppId.optional(),
})

/** An id that does not exist is not an error. */
export const DescribeMediaInfosResponse = z.looseObject({
  MediaInfoSet: list(z.looseObject({ FileId: z.string() })),
  NotExistFileIdSet: list(z.string()),
  ...RequestId,
})

export const DeleteMediaRequest = z.strictObject({
  FileId,
  DeleteParts: z.array(z.looseObject({ Type: z.string() })).optional(),
  SubAppId: SubAppId.optional(),
})

export const DeleteMediaResponse = emptyResponse
