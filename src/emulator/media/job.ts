import type { Binaries } from './binaries.js'
import type { MediaMetaData, SubTaskJob } from './contract.js'

/** A sub-task with the metadata of its source. */
export interface Job extends SubTaskJob {
  readonly binaries: Binaries
  readonly meta: MediaMetaData
}
