import { z } from 'zod'
import type { Context } from '../context.js'
import type { EmulatorMedia } from '../model.js'
import { parse, SubAppId } from '../request.js'
import { ApiError } from '../wire/apiError.js'
import { mediaInfos } from './media.js'

const texts = z.array(z.string()).optional()
const time = z.string().refine((text) => Number.isFinite(Date.parse(text)), 'not an ISO time')

const SearchRequest = z.strictObject({
  SubAppId,
  FileIds: texts,
  Names: texts,
  NamePrefixes: texts,
  ClassIds: z.array(z.int()).optional(),
  Tags: texts,
  Categories: texts,
  SourceTypes: texts,
  CreateTime: z.strictObject({ After: time.optional(), Before: time.optional() }).optional(),
  Filters: texts,
  Sort: z.strictObject({ Field: z.literal('CreateTime'), Order: z.enum(['Asc', 'Desc']) }).optional(),
  Offset: z.int().min(0).default(0),
  Limit: z.int().min(1).default(10),
})

const maxResults = 5_000

/** Times are compared to the second, as they are shown. A range includes both ends. */
export function searchMedia(context: Context, given: unknown) {
  const request = parse(SearchRequest, given)
  const { Offset, Limit, CreateTime, Sort } = request
  if (Offset + Limit > maxResults)
    throw new ApiError('InvalidParameterValue', `Offset and Limit are ${maxResults} together at most.`)
  const app = request.SubAppId ?? context.defaultSubAppId
  const second = (at: number) => Math.floor(at / 1000) * 1000
  const after = CreateTime?.After ? second(Date.parse(CreateTime.After)) : Number.NEGATIVE_INFINITY
  const before = CreateTime?.Before ? Date.parse(CreateTime.Before) : Number.POSITIVE_INFINITY
  const oneOf = (wanted: readonly string[] | undefined, value: string) =>
    !wanted?.length || wanted.includes(value)
  const found = context.media
    .all()
    .filter(
      (file) =>
        file.SubAppId === app &&
        second(file.createdAt) >= after &&
        second(file.createdAt) <= before &&
        oneOf(request.FileIds, file.FileId) &&
        oneOf(request.Names, file.Name) &&
        (request.NamePrefixes?.some((prefix) => file.Name.startsWith(prefix)) ?? true) &&
        (!request.ClassIds?.length || request.ClassIds.includes(file.ClassId)) &&
        (!request.Tags?.length || request.Tags.some((tag) => file.Tags.includes(tag))) &&
        oneOf(request.SourceTypes, file.SourceType) &&
        oneOf(request.Categories, file.MetaData?.VideoStreamSet?.length ? 'Video' : 'Audio'),
    )
    .sort(
      (one, other) =>
        (Sort?.Order === 'Asc' ? 1 : -1) * (one.createdAt - other.createdAt || compare(one, other)),
    )
  return {
    TotalCount: found.length,
    MediaInfoSet: mediaInfos(context, found.slice(Offset, Offset + Limit)),
  }
}

function compare(one: EmulatorMedia, other: EmulatorMedia): number {
  return one.FileId < other.FileId ? -1 : 1
}

const ModifyRequest = z.strictObject({
  FileId: z.string(),
  SubAppId,
  Name: z.string().max(64).optional(),
  Description: z.string().max(128).optional(),
  ClassId: z.int().optional(),
  ExpireTime: z.string().optional(),
  AddTags: z.array(z.string()).max(16).optional(),
  DeleteTags: z.array(z.string()).max(16).optional(),
  ClearTags: z.literal(1).optional(),
})

export function modifyMediaInfo({ media, clock, defaultSubAppId }: Context, given: unknown) {
  const request = parse(ModifyRequest, given)
  const file = media.get(request.FileId)
  if (file?.SubAppId !== (request.SubAppId ?? defaultSubAppId))
    throw new ApiError('InvalidParameterValue.FileId', 'The FileId does not exist.')
  const { Name, Description, ClassId, ExpireTime, AddTags = [], DeleteTags = [], ClearTags } = request
  const kept = ClearTags ? [] : file.Tags.filter((tag) => !DeleteTags.includes(tag))
  media.put(file.FileId, {
    ...file,
    ...(Name === undefined ? {} : { Name }),
    ...(Description === undefined ? {} : { Description }),
    ...(ClassId === undefined ? {} : { ClassId }),
    ...(ExpireTime === undefined ? {} : { ExpireTime }),
    Tags: [...new Set([...kept, ...AddTags])],
    updatedAt: clock.now(),
  })
  return {}
}
