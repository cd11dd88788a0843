import { ApplicationFailure, createNexusServiceClient } from '@temporalio/workflow'
import type { Outcome } from 'vodflow/workflows'
import { type Job, mediaEndpoint, mediaService } from './service.js'

/** The other team's workflow. It knows only the service, and nothing about VOD, its keys or the media team's namespace. */
export async function publishVideo(input: Job): Promise<Outcome> {
  const media = createNexusServiceClient({ endpoint: mediaEndpoint, service: mediaService })
  const outcome = await media.executeOperation('processMediaByProcedure', input, {
    // When canceled, it ends as soon as the media team has received the request. The default would wait for the end of the job.
    cancellationType: 'WAIT_CANCELLATION_REQUESTED',
  })
  if (outcome.status !== 'succeeded')
    throw ApplicationFailure.nonRetryable(`the video is ${outcome.status}: ${outcome.reason}`)
  return outcome
}
