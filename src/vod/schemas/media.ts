import { z } from 'zod'
import { maxSourceContext } from '../../contract/patterns.js'
import { emptyResponse, list, RequestId, SubAppId, shownList } from './common.js'
import { FileId, storagePath, templateName } from './ids.js'
import { submission, TasksPriority } from './submission.js'

export const PullUploadRequest = z.strictObject({
  MediaUrl: z.string().min(1),
  MediaType: z.string().optional(),
  MediaName: z.string().optional(),
  CoverUrl: z.string().optional(),
  Procedure: templateName.optional(),
  ExpireTime: z.string().optional(),
  StorageRegion: z.string().optional(),
  ClassId: z.int().optional(),
  TasksPriority,
  SourceContext: z.string().max(maxSourceContext).optional(),
  MediaStoragePath: storagePath.optional(),
  ...submission,
})

export const DescribeMediaInfosRequest = z.strictObject({
  FileIds: z.array(FileId).min(1).max(20).optional(),
  Filters: z.array(z.string()).optional(),
  SubAppId: SubAppId.optional(),
})

/** VOD reports an id that does not exist in a list, not as an error. */
export const DescribeMediaInfosResponse = z.looseObject({
  MediaInfoSet: shownList(z.looseObject({ FileId: z.string() })),
  NotExistFileIdSet: list(z.string()),
  ...RequestId,
})

const TimeRange = z.strictObject({ After: z.string().optional(), Before: z.string().optional() })
const texts = z.array(z.string()).optional()

/** Only the conditions that vodflow uses are checked. */
export const SearchMediaRequest = z.looseObject({
  SubAppId: SubAppId.optional(),
  FileIds: z.array(FileId).optional(),
  CreateTime: TimeRange.optional(),
  Filters: texts,
  Sort: z.strictObject({ Field: z.string(), Order: z.enum(['Asc', 'Desc']) }).optional(),
  Offset: z.int().min(0).optional(),
  Limit: z.int().min(1).optional(),
})

export const SearchMediaResponse = z.looseObject({
  TotalCount: z.number(),
  MediaInfoSet: shownList(z.looseObject({ FileId: z.string() })),
  ...RequestId,
})

export const DeleteMediaRequest = z.strictObject({
  FileId,
  DeleteParts: z.array(z.looseObject({ Type: z.string() })).optional(),
  SubAppId: SubAppId.optional(),
})

export const DeleteMediaResponse = emptyResponse
