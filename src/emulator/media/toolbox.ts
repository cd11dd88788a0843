import { adaptiveDynamicStreaming } from './adaptive.js'
import { findBinaries } from './binaries.js'
import type { MediaToolbox, SubTaskOutput, SubTaskType } from './contract.js'
import {
  animatedGraphics,
  coverBySnapshot,
  imageSprites,
  sampleSnapshot,
  snapshotByTimeOffset,
} from './images.js'
import type { Job } from './job.js'
import { joinPieces } from './join.js'
import { probe } from './probe.js'
import { transcode } from './transcode.js'

const works: Readonly<Record<SubTaskType, (job: Job) => Promise<SubTaskOutput>>> = {
  Transcode: transcode,
  AnimatedGraphics: animatedGraphics,
  SnapshotByTimeOffset: snapshotByTimeOffset,
  SampleSnapshot: sampleSnapshot,
  ImageSprites: imageSprites,
  CoverBySnapshot: coverBySnapshot,
  AdaptiveDynamicStreaming: adaptiveDynamicStreaming,
}

/** Creates a toolbox that processes media with ffmpeg. @throws Error that says how to install ffmpeg if it is missing */
export async function createMediaToolbox(
  options: { ffmpegPath?: string; ffprobePath?: string } = {},
): Promise<MediaToolbox> {
  const binaries = await findBinaries(options)
  return {
    probe: (path) => probe(binaries.ffprobe, path),
    join: (pieces, options) => joinPieces(binaries, pieces, options),
    async run(job) {
      const meta = await probe(binaries.ffprobe, job.source)
      return works[job.Type]({ ...job, binaries, meta })
    },
  }
}
