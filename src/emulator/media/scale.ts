import type { MediaMetaData } from './contract.js'

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * The source's picture as it is shown, brought to this short side, in its own aspect ratio. Telephones film lying
 * down and say "turn it"; ffmpeg does. Encoders want even sizes.
 */
export function scaledTo(shortSide: number, meta: MediaMetaData): Size {
  const lying = Number(meta.Rotate) % 180 !== 0
  const [Width, Height] = lying
    ? [Number(meta.Height), Number(meta.Width)]
    : [Number(meta.Width), Number(meta.Height)]
  const factor = shortSide / Math.min(Width, Height)
  return { width: even(Width * factor), height: even(Height * factor) }
}

function even(length: number): number {
  return Math.max(2, Math.round(length / 2) * 2)
}

/** H.264 and AAC as every preset has them; fast, because this is not an encoder farm. */
export function h264({ kbps, fps }: { kbps: number; fps: number }): string[] {
  const rate = ['-b:v', `${kbps}k`, '-maxrate', `${kbps}k`, '-bufsize', `${2 * kbps}k`]
  return ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...rate, '-r', `${fps}`]
}

export function aac(kbps: number): string[] {
  return ['-c:a', 'aac', '-b:a', `${kbps}k`, '-ar', '44100', '-ac', '2']
}
