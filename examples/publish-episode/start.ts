import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Vodflow } from 'vodflow'
import type { Episode, publishEpisode } from './workflows.js'

/**
 * Starts the pipeline of an episode, or returns its existing run, running or ended. Only the id identifies the work, so the title and a
 * signed URL may differ in a second start. A new cut of the episode needs a new id.
 */
export async function startEpisode({ client }: Vodflow, episode: Episode) {
  const workflowId = `episode/${episode.id}`
  try {
    return await client.workflow.start<typeof publishEpisode>('publishEpisode', {
      workflowId,
      workflowIdReusePolicy: 'REJECT_DUPLICATE', // even after the run has ended
      taskQueue: 'episodes',
      args: [episode],
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    return client.workflow.getHandle<typeof publishEpisode>(workflowId)
  }
}
