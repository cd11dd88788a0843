import type { MediaAddress, MediaOutputs } from '../contract/activities.js'
import { mediaOutputsOf } from '../vod/mediaOutputs.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { activityInfo, cancellationSignal } from './sdk.js'

/** What a media file has: readable long after VOD has stopped to show the task that made it. */
export function readMediaOutputs({ clientFor }: ActivityContext) {
  return async ({ account, SubAppId, FileId }: MediaAddress): Promise<MediaOutputs> => {
    const { attempt } = activityInfo()
    try {
      const client = await clientFor(account)
      const request = { FileIds: [FileId], SubAppId }
      const { MediaInfoSet } = await client.call('DescribeMediaInfos', request, {
        signal: cancellationSignal(),
      })
      const media = MediaInfoSet.find((info) => info.FileId === FileId)
      return { outputs: media ? mediaOutputsOf(media) : [] }
    } catch (error) {
      throw toFailure(error, { attempt })
    }
  }
}
