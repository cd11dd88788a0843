/** No zod here: workflows may import this file. */

const prefix = 'vf1.'
const separator = '|'
/** Prefix, 40 characters of SessionId, separator. */
export const sourceMarkLength = prefix.length + 40 + separator.length

/**
 * The SourceContext of a pull: VOD keeps it with the media, so that a pull whose answer was lost is found by the media it made.
 * The caller's own SourceContext stands behind it.
 */
export function markedSource(SessionId: string, SourceContext = ''): string {
  return SourceContext === '' ? `${prefix}${SessionId}` : `${prefix}${SessionId}${separator}${SourceContext}`
}

/** The SessionId of the step that made the media; undefined for media that no step has made. */
export function markOf(SourceContext: string): string | undefined {
  if (!SourceContext.startsWith(prefix)) return undefined
  return SourceContext.slice(prefix.length).split(separator, 1)[0]
}
