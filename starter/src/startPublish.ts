import type { Vodflow } from 'vodflow'
import type { publish } from './workflows.js'

/**
 * Starts the pipeline of a media file once. A second start returns the existing run, even after it has ended, and is refused if an argument
 * differs. Another `take` is another run, and VOD bills it again.
 */
export function startPublish(vodflow: Vodflow, FileId: string, take?: string) {
  return vodflow.start<typeof publish>('publish', {
    id: ['publish', FileId, ...(take === undefined ? [] : [take])].join('/'),
    taskQueue: 'pipelines',
    args: [FileId, 'TranscodeAndSnapshot'],
  })
}
