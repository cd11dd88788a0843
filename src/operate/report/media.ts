export type MediaKind = 'picture' | 'video' | 'sound'

/** Returns the kind of a file that a browser shows or plays. Browsers do not play a playlist without a script. */
export function mediaKindOf(url: string): MediaKind | undefined {
  const path = (url.split(/[?#]/)[0] ?? '').toLowerCase()
  if (/\.(jpe?g|png|gif|webp)$/.test(path)) return 'picture'
  if (/\.(mp4|webm)$/.test(path)) return 'video'
  return /\.(mp3|m4a|aac)$/.test(path) ? 'sound' : undefined
}

/** Returns the URL if it is http or https, because a history can contain anything. */
export function webAddress(url: string): URL | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed : undefined
}
