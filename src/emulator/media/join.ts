import type { Binaries } from './binaries.js'
import { type JoinOptions, type Piece, SubTaskFailure } from './contract.js'
import { runFfmpeg } from './ffmpeg.js'
import { probe } from './probe.js'
import { aac, h264 } from './scale.js'

const fps = 25
const kbps = 1_500
/** Longest side of the result, limited for speed. */
const longest = 1_280

/** Joins pieces. Scales each one to the size of the first and adds silence if it has no sound, because only equal streams can be joined. */
export async function joinPieces(
  { ffmpeg, ffprobe }: Binaries,
  pieces: readonly Piece[],
  { path, signal }: JoinOptions,
): Promise<void> {
  const metas = await Promise.all(pieces.map(({ source }) => probe(ffprobe, source)))
  if (metas.some(({ VideoStreamSet }) => !VideoStreamSet?.length))
    throw new SubTaskFailure('SourceFileError.NoVideoMedia', 'a source has no video')
  const [first] = metas
  const factor = Math.min(1, longest / Math.max(Number(first?.Width), Number(first?.Height)))
  const [width, height] = [first?.Width, first?.Height].map(
    (side) => 2 * Math.round((Number(side) * factor) / 2),
  )
  const spans = pieces.map(({ from, to }, index) => {
    const end = Math.min(to ?? Number.POSITIVE_INFINITY, Number(metas[index]?.Duration))
    if (from < 0 || from >= end)
      throw new SubTaskFailure(
        'InvalidInput.InvalidTimeOffset',
        'the start is not before the end of the source',
      )
    return { from, seconds: end - from }
  })
  const inputs = pieces.flatMap(({ source }, index) => {
    const { from = 0, seconds = 0 } = spans[index] ?? {}
    return ['-ss', `${from}`, '-t', `${seconds}`, '-i', source]
  })
  const silence = ['-f', 'lavfi', '-i', 'anullsrc=channel_layout=stereo:sample_rate=44100']
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2,setsar=1,fps=${fps}`
  const streams = pieces.map((_, index) => {
    const seconds = spans[index]?.seconds ?? 0
    const sound = metas[index]?.AudioStreamSet?.length ? `${index}:a` : `${pieces.length}:a`
    const audio = `[${sound}]aresample=44100,aformat=channel_layouts=stereo,atrim=duration=${seconds},asetpts=PTS-STARTPTS[a${index}]`
    return `[${index}:v]${fit},setpts=PTS-STARTPTS[v${index}];${audio}`
  })
  const joined = `${pieces.map((_, index) => `[v${index}][a${index}]`).join('')}concat=n=${pieces.length}:v=1:a=1[v][a]`
  const graph = [...streams, joined].join(';')
  const encoding = [...h264({ kbps, fps }), ...aac(96), '-movflags', '+faststart']
  await runFfmpeg(
    ffmpeg,
    [...inputs, ...silence, '-filter_complex', graph, '-map', '[v]', '-map', '[a]', ...encoding, path],
    { signal },
  )
}
