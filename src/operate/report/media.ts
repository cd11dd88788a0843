export type MediaKind = 'picture' | 'video' | 'sound'

/** What a browser shows or plays by itself; of a playlist it does not. */
export function mediaKindOf(url: string): MediaKind | undefined {
  const path = (url.split(/[?#]/)[0] ?? '').toLowerCase()
  if (/\.(jpe?g|png|gif|webp)$/.test(path)) return 'picture'
  if (/\.(mp4|webm)$/.test(path)) return 'video'
  return /\.(mp3|m4a|aac)$/.test(path) ? 'sound' : undefined
}

/** The address, if it is one on the web: a history may hold anything. */
export function webAddress(url: string): URL | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed : undefined
}
