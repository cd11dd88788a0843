import {
  callVod,
  composeMedia,
  type Outcome,
  processMediaByProcedure,
  requireSuccess,
  splitMedia,
} from 'vodflow/workflows'

/** A moment of the game, in seconds. */
export interface Highlight {
  readonly from: number
  readonly to: number
}

/** Cuts the best moments out of a game, joins them, and makes the reel ready to be played. */
export async function highlightReel(
  game: string,
  highlights: readonly Highlight[],
  ProcedureName: string,
): Promise<Outcome> {
  const Segments = highlights.map(({ from, to }) => ({ StartTimeOffset: from, EndTimeOffset: to }))
  const split = requireSuccess(await splitMedia({ request: { FileId: game, Segments } }))

  const TrackItems = split.newFileIds.map((SourceMedia) => ({ Type: 'Video', VideoItem: { SourceMedia } }))
  const reel = await composeMedia({
    request: {
      Tracks: [{ Type: 'Video', TrackItems }],
      Output: { FileName: 'highlights', Container: 'mp4' },
    },
  })
  // A compose task whose end is unknown may still read the pieces.
  if (reel.status !== 'unknown' && reel.status !== 'detached')
    await Promise.all(split.newFileIds.map((FileId) => callVod('DeleteMedia', { FileId })))
  const { FileId } = requireSuccess(reel)
  return requireSuccess(await processMediaByProcedure({ request: { FileId, ProcedureName } }))
}
