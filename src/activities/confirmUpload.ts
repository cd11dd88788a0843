import { ApplicationFailure } from '@temporalio/common'
import { msOf } from '../contract/duration.js'
import type { VodError } from '../contract/errors.js'
import { announcedUpload } from '../contract/inputs.js'
import { filled, isName, type Json, object, text, textOf } from '../contract/json.js'
import { isIsoTime } from '../contract/patterns.js'
import { markOf } from '../contract/seal/sourceMark.js'
import { hour, minute } from '../contract/time.js'
import {
  type AnnouncedUpload,
  type ConfirmedMedia,
  type ConfirmedUpload,
  defaultMaxAgeMs,
  noSuchMediaType,
  type UploadMatch,
} from '../contract/upload.js'
import { valid } from '../contract/valid.js'
import { incompleteAnswer } from '../vod/incompleteAnswer.js'
import type { ActivityContext } from './context.js'
import { retentionMsOrEndless } from './executions.js'
import { askAgain, toFailure } from './failure.js'
import { activityInfo, cancellationSignal } from './sdk.js'

const noSuchMedia = 'VOD has no such media file; its next NewFileUpload event applies the rule again'

/** The waits before VOD is asked again, in ms, because it may not show a new file immediately. */
const waits = [1_000, 3_000, 10_000]

/**
 * Asks VOD about a file that an event named. Events are not authenticated, so the rule uses only VOD's own description of the file.
 * A file that a step made is ignored. Otherwise a pipeline would run, and be billed, twice.
 */
export function confirmUpload({ clientFor, macKeys }: ActivityContext) {
  return async (upload: AnnouncedUpload): Promise<ConfirmedUpload> => {
    const { attempt } = activityInfo()
    const { FileId, SubAppId, account = 'default', match = {} } = upload
    try {
      valid(announcedUpload, upload)
    } catch (error) {
      throw toFailure(error, { attempt })
    }
    const client = await clientFor(account)
    const request = { FileIds: [FileId], Filters: ['basicInfo'], SubAppId }
    const { MediaInfoSet } = await client
      .call('DescribeMediaInfos', request, { signal: cancellationSignal() })
      .catch((error: unknown) => {
        throw toFailure(error, { attempt })
      })
    const shown = MediaInfoSet.find((media) => media.FileId === FileId)
    if (!shown) throw notShown(attempt)
    const lacking = lackingIn(shown)
    if (lacking !== undefined) throw toFailure(incomplete(lacking), { attempt, nonRetryable: false })
    const { SourceType, ...found } = foundIn(shown)
    const media = { FileId, ...found }
    const reason = madeBy(found.SourceContext) ?? mismatch(media, match) ?? (await tooOld(media, upload))
    return reason === undefined ? { kind: 'confirmed', media } : { kind: 'ignored', reason }

    function madeBy(SourceContext: string | undefined): string | undefined {
      if (SourceContext !== undefined && markOf(SourceContext, macKeys)) return 'a step made it'
      return SourceType === 'VideoProcessing' ? 'processing made it' : undefined
    }
  }
}

function notShown(attempt: number): ApplicationFailure {
  const wait = waits[attempt - 1]
  if (wait === undefined) return ApplicationFailure.nonRetryable(noSuchMedia, noSuchMediaType)
  return askAgain('VOD does not show the media file yet', wait)
}

/** Returns the missing member that shows when a media file was made, or whether a step made it. VOD may write a context as null. */
function lackingIn(shown: Json): string | undefined {
  const basic = object(shown.BasicInfo) ?? {}
  const source = object(basic.SourceInfo) ?? {}
  if (!isIsoTime(textOf(basic.CreateTime))) return 'CreateTime'
  if (!isName(source.SourceType)) return 'SourceType'
  const { SourceContext } = source
  return SourceContext === null || typeof SourceContext === 'string' ? undefined : 'SourceContext'
}

/** The media file is read again until the answer is complete. */
function incomplete(member: string): VodError {
  return incompleteAnswer('DescribeMediaInfos', `BasicInfo of the media file has no readable ${member}`)
}

function foundIn(shown: Json): Omit<ConfirmedMedia, 'FileId'> & { SourceType: string } {
  const basic = Object(shown.BasicInfo) as Json
  const source = Object(basic.SourceInfo) as Json
  return {
    // A name that was cut by whoever uploaded may end with half a character, which no payload can hold.
    Name: text(basic.Name).toWellFormed(),
    ClassId: Number(basic.ClassId ?? 0),
    Category: textOf(basic.Category),
    ...filled({ StoragePath: textOf(basic.StoragePath), SourceContext: textOf(source.SourceContext) }),
    SourceType: textOf(source.SourceType),
    CreateTime: textOf(basic.CreateTime),
  }
}

/** Once Temporal has deleted a run, its id can start again. The margin is for clocks, which differ by at most 5 minutes. */
const marginMs = 10 * minute

async function tooOld(
  { CreateTime }: ConfirmedMedia,
  { maxAge = defaultMaxAgeMs, announcedAt }: AnnouncedUpload,
): Promise<string | undefined> {
  const longest = Math.min(msOf(maxAge), (await retentionMsOrEndless()) - marginMs)
  const age = announcedAt - Date.parse(CreateTime)
  if (age <= longest) return undefined
  const hours = Math.round((longest / hour) * 10) / 10
  return `it was made at ${CreateTime}, more than ${hours} hours before its event; a batch finds such files`
}

function mismatch(
  { Name, StoragePath = '', SourceContext = '', ClassId, Category }: ConfirmedMedia,
  {
    namePrefix = '',
    storagePathPrefix = '',
    sourceContextPrefix = '',
    ClassIds,
    Categories = ['Video'],
  }: UploadMatch,
): string | undefined {
  if (!Name.startsWith(namePrefix)) return `its Name does not start with "${namePrefix}"`
  if (!StoragePath.startsWith(storagePathPrefix))
    return `its StoragePath does not start with "${storagePathPrefix}"`
  if (!SourceContext.startsWith(sourceContextPrefix)) return 'its SourceContext does not match this rule'
  if (ClassIds && !ClassIds.includes(ClassId)) return `its ClassId is ${ClassId}`
  if (!Categories.some((one) => one === Category)) return `its Category is ${Category || 'unknown'}`
  return undefined
}
