import { createHash, randomBytes } from 'node:crypto'
import type { Outcome } from 'vodflow'

/** Returns the URL of the playlist of an adaptive stream, for a player. */
export function playlistOf({ tasks }: Pick<Outcome, 'tasks'>): string | undefined {
  const made = tasks.flatMap((task) => task.parts).filter(({ status }) => status === 'succeeded')
  const stream = made.find(({ Type }) => Type === 'AdaptiveDynamicStreaming')
  // If there are several URLs, `Output` has each by its name.
  return stream && String(stream.Output.Url ?? stream.urls[0])
}

export interface PlaybackOptions {
  /** The key of Key Hotlink Protection, from VOD's console. Keep it on the server. */
  readonly key: string
  readonly expires: Date
  /** Seconds that may be watched. Default: all. */
  readonly preview?: number
  /** Makes each URL unique. Default: random. */
  readonly us?: string
}

/** Signs a URL of VOD's, so that it plays until it expires. */
export function signPlaybackUrl(
  url: string,
  { key, expires, preview, us = randomBytes(5).toString('hex') }: PlaybackOptions,
): string {
  const signed = new URL(url)
  const directory = signed.pathname.slice(0, signed.pathname.lastIndexOf('/') + 1)
  const t = Math.floor(expires.getTime() / 1_000).toString(16)
  const exper = preview === undefined ? '' : String(preview)
  const sign = createHash('md5').update(`${key}${directory}${t}${exper}${us}`).digest('hex')
  // VOD wants them in this order.
  signed.search = new URLSearchParams({ t, ...(exper ? { exper } : {}), us, sign }).toString()
  return signed.href
}
