/** No zod here: workflows may import this file. */

/** VOD takes so many characters of SourceContext (PullUpload, "Input Parameters"). */
export const maxSourceContext = 250

const prefix = 'vf1.'
const separator = '|'
/** Prefix, 40 characters of SessionId, separator. */
export const sourceMarkLength = prefix.length + 40 + separator.length

/** What a pull leaves on the media that it makes. */
export interface SourceMark {
  readonly SessionId: string
  /** What was asked for under an idempotencyKey, see `fingerprintOf`. */
  readonly asked?: string
}

/**
 * The SourceContext of a pull: VOD keeps it with the media, so that a pull whose answer was lost is found by the media it made.
 * The caller's own SourceContext stands behind it, and the fingerprint goes where there is room.
 */
export function markedSource({ SessionId, asked = '' }: SourceMark, SourceContext = ''): string {
  const own = SourceContext === '' ? '' : `${separator}${SourceContext}`
  const marked = `${prefix}${SessionId}.${asked}${own}`
  return asked === '' || marked.length > maxSourceContext ? `${prefix}${SessionId}${own}` : marked
}

/** The mark of the step that made the media; undefined for media that no step has made. */
export function markOf(SourceContext: string): SourceMark | undefined {
  if (!SourceContext.startsWith(prefix)) return undefined
  const [mark = ''] = SourceContext.slice(prefix.length).split(separator, 1)
  const [SessionId = '', asked] = mark.split('.', 2)
  return { SessionId, ...(asked === undefined ? {} : { asked }) }
}
