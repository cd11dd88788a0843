import type { MediaAddress, MediaOutputs } from '../contract/activities.js'
import { mediaOutputsOf } from '../vod/mediaOutputs.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { activityInfo, cancellationSignal } from './sdk.js'

/** Reads the outputs of a media file. VOD shows them long after it has stopped showing their task. */
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
