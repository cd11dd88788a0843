import { findBinaries } from './binaries.js'
import { runFfmpeg } from './ffmpeg.js'

/** A clip that ffmpeg generates, without a download. */
export interface TestClip {
  /** Length, in seconds. */
  readonly seconds: number
  /** Pixels, even. */
  readonly width: number
  /** Height, in pixels. */
  readonly height: number
  /** Frames per second. */
  readonly fps: number
}

/** Generates a moving picture with sound: H.264 and AAC in MP4. @param options.signal - aborts it */
export async function makeTestClip(
  path: string,
  { seconds, width, height, fps }: TestClip,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { ffmpeg } = await findBinaries()
  const picture = `testsrc2=size=${width}x${height}:rate=${fps}:duration=${seconds}`
  const sound = `sine=frequency=440:beep_factor=4:duration=${seconds}`
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']
  const args = [
    '-f',
    'lavfi',
    '-i',
    picture,
    '-f',
    'lavfi',
    '-i',
    sound,
    ...video,
    '-c:a',
    'aac',
    '-shortest',
    path,
  ]
  await runFfmpeg(ffmpeg, args, options)
}
