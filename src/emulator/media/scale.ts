import type { MediaMetaData } from './contract.js'

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * Returns the size of the displayed picture, scaled to this short side with its aspect ratio. Phones record sideways with a rotation flag,
 * which ffmpeg applies. Encoders need even sizes.
 */
export function scaledTo(shortSide: number, meta: MediaMetaData): Size {
  const isSideways = Number(meta.Rotate) % 180 !== 0
  const [Width, Height] = isSideways
    ? [Number(meta.Height), Number(meta.Width)]
    : [Number(meta.Width), Number(meta.Height)]
  const factor = shortSide / Math.min(Width, Height)
  return { width: even(Width * factor), height: even(Height * factor) }
}

function even(length: number): number {
  return Math.max(2, Math.round(length / 2) * 2)
}

/** Returns the H.264 arguments of every preset. Speed matters here, not quality. */
export function h264({ kbps, fps }: { kbps: number; fps: number }): string[] {
  const rate = ['-b:v', `${kbps}k`, '-maxrate', `${kbps}k`, '-bufsize', `${2 * kbps}k`]
  return ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...rate, '-r', `${fps}`]
}

export function aac(kbps: number): string[] {
  return ['-c:a', 'aac', '-b:a', `${kbps}k`, '-ar', '44100', '-ac', '2']
}
