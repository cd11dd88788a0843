import type { Vodflow } from 'vodflow'
import type { Episode, publishEpisode } from './workflows.js'

/** Starts the pipeline of an episode, or returns its existing run, running or ended. A new cut of the episode needs a new id. */
export function startEpisode(vodflow: Vodflow, episode: Episode) {
  return vodflow.start<typeof publishEpisode>('publishEpisode', {
    id: `episode/${episode.id}`,
    taskQueue: 'episodes',
    args: [episode],
  })
}
