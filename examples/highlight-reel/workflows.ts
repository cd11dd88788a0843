import { ApplicationFailure } from '@temporalio/workflow'
import { callVod, composeMedia, type Outcome, processMediaByProcedure, splitMedia } from 'vodflow/workflows'

/** A moment of the game, in seconds. */
export interface Highlight {
  readonly from: number
  readonly to: number
}

/** Cuts the best moments out of a game, joins them, and makes the reel ready to be played. */
export async function highlightReel(
  FileId: string,
  highlights: readonly Highlight[],
  ProcedureName: string,
): Promise<Outcome> {
  const Segments = highlights.map(({ from, to }) => ({ StartTimeOffset: from, EndTimeOffset: to }))
  const split = await splitMedia({ request: { FileId, Segments } })
  if (split.status !== 'succeeded')
    throw ApplicationFailure.nonRetryable(`the game was not cut: ${split.reason}`)

  const TrackItems = split.newFileIds.map((SourceMedia) => ({ Type: 'Video', VideoItem: { SourceMedia } }))
  const reel = await composeMedia({
    request: {
      Tracks: [{ Type: 'Video', TrackItems }],
      Output: { FileName: 'highlights', Container: 'mp4' },
    },
  })
  // The pieces are of no use any more, whatever came of the reel.
  await Promise.all(split.newFileIds.map((FileId) => callVod('DeleteMedia', { FileId })))
  const [reelId] = reel.newFileIds
  if (reelId === undefined) throw ApplicationFailure.nonRetryable(`the reel was not made: ${reel.reason}`)
  return processMediaByProcedure({ request: { FileId: reelId, ProcedureName } })
}
