import { asyncActions } from '../contract/actions.js'
import type { PullSearch, PullSearchResult } from '../contract/activities.js'
import { filled, type Json, textOf } from '../contract/json.js'
import type { TaskReading } from '../contract/outcome.js'
import { isFileId } from '../contract/patterns.js'
import type { MacKeys } from '../contract/seal/macKeys.js'
import { markOf } from '../contract/seal/sourceMark.js'
import { maxSkewMs, toleranceOf } from '../vod/clockSkew.js'
import type { ActivityContext } from './context.js'
import { askAgain, toFailure } from './failure.js'
import { refuseOtherRequest } from './otherRequest.js'
import { activityInfo, cancellationSignal, heartbeat } from './sdk.js'

/** The position of the search. An attempt reads one page, so the position is carried from attempt to attempt. */
interface PullSearchPosition {
  readonly Offset: number
  readonly search: number
  /** The oldest media file that this search has found. A later copy may have the same SourceContext. */
  readonly found?: FoundMedia | undefined
}

interface FoundMedia {
  readonly reading: TaskReading
  readonly asked?: string | undefined
}

const start: PullSearchPosition = { Offset: 0, search: 0 }

const pageSize = 100
/** The largest number of results that VOD shows of one search ("SearchMedia", Offset). */
const maxResults = 5_000
/** VOD does not answer "duplicate" for an older send. */
const { dedupWindowMs } = asyncActions.PullUpload

/**
 * Finds the media file that an earlier send of a PullUpload made. VOD lists no pulls, but keeps the SourceContext, whose mark contains
 * the SessionId. Large files take long to pull, so the search is repeated until `giveUpAfter` has passed.
 */
export function findPulled({ clientFor, macKeys }: ActivityContext) {
  return async (pull: PullSearch): Promise<PullSearchResult> => {
    const { attempt, heartbeatDetails, scheduledTimestampMs, currentAttemptScheduledTimestampMs } =
      activityInfo()
    // Both times are from Temporal's clock, which may differ from this machine's.
    const elapsed = currentAttemptScheduledTimestampMs - scheduledTimestampMs
    const position = (heartbeatDetails as PullSearchPosition | undefined) ?? start
    const { MediaInfoSet } = await page(position).catch((error) => {
      // The media of a send must not be lost to a wrong key or policy that an operator will fix.
      throw toFailure(error, { attempt, nonRetryable: false })
    })
    const found = oldest(position.found, MediaInfoSet.flatMap(foundIn))
    const Offset = position.Offset + pageSize
    const isOldest = found && pull.sentSince !== undefined
    if (!isOldest && MediaInfoSet.length === pageSize && Offset < maxResults) {
      heartbeat({ ...position, Offset, found } satisfies PullSearchPosition)
      throw askAgain(`${Offset} media files read`, 1)
    }
    if (found) {
      refuseOtherRequest(pull.keyed, found.asked, `the media file ${found.reading.FileId}`)
      return { reading: found.reading }
    }
    const wait = pull.waits[position.search] ?? pull.waits.at(-1) ?? pull.giveUpAfter
    if (elapsed + wait > pull.giveUpAfter) return {}
    heartbeat({ Offset: 0, search: position.search + 1 } satisfies PullSearchPosition)
    throw askAgain(`search ${position.search + 1} found nothing`, wait)

    async function page({ Offset, search }: PullSearchPosition) {
      const client = await clientFor(pull.account)
      const request = {
        SubAppId: pull.SubAppId,
        CreateTime: {
          After: new Date((pull.sentSince ?? Date.now() - dedupWindowMs) - toleranceOf(search)).toISOString(),
          Before: new Date(Date.now() + maxSkewMs).toISOString(),
        },
        // If the time of the send is unknown, the latest media are the most likely.
        Sort: {
          Field: 'CreateTime',
          Order: pull.sentSince === undefined ? ('Desc' as const) : ('Asc' as const),
        },
        Offset,
        Limit: pageSize,
      }
      return client.call('SearchMedia', request, { signal: cancellationSignal() })
    }

    function foundIn(media: Json & { readonly FileId: string }): FoundMedia[] {
      const mark = markedBy(media, macKeys)
      if (mark?.SessionId !== pull.SessionId || !isFileId(media.FileId)) return []
      const { asked } = mark
      return [{ reading: readingOf(media, pull.SessionId), asked }]
    }
  }
}

function oldest(known: FoundMedia | undefined, more: readonly FoundMedia[]): FoundMedia | undefined {
  const madeAt = ({ reading }: FoundMedia) => Date.parse(reading.CreateTime ?? '')
  return [...(known ? [known] : []), ...more].sort((one, other) => madeAt(one) - madeAt(other))[0]
}

/** Returns the same reading as the task's own detail. The media file exists, so the pull succeeded. */
function readingOf(media: Json & { readonly FileId: string }, SessionId: string): TaskReading {
  const { FileId } = media
  const { CreateTime, MediaUrl } = basicOf(media)
  const Url = textOf(MediaUrl)
  const TaskType = 'PullUpload'
  return {
    TaskType,
    Status: 'FINISH',
    ...filled({ CreateTime: textOf(CreateTime), FinishTime: textOf(CreateTime) }),
    SessionId,
    FileId,
    parts: [
      {
        Type: TaskType,
        status: 'succeeded',
        Output: { FileId },
        urls: Url === '' ? [] : [Url],
      },
    ],
    newFileIds: [FileId],
  }
}

function markedBy(media: Json, macKeys: MacKeys) {
  return markOf(textOf(sourceOf(media).SourceContext), macKeys)
}

function basicOf(media: Json): Json {
  return Object(media.BasicInfo) as Json
}

function sourceOf(media: Json): Json {
  return Object(basicOf(media).SourceInfo) as Json
}
