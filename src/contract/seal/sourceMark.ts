import { shortened, shortFingerprintLength } from '../fingerprint.js'
import { sessionIdLength } from '../identity.js'
import { maxSourceContext } from '../patterns.js'
import { isMacOf, macLength, macOf } from './mac.js'
import { type MacKeys, maxKeyIdLength } from './macKeys.js'

const version = 'vf1'
/** Cannot occur in a mark, so the first one ends it. */
const separator = '|'
/** What a mark takes at most of the 250 characters of a SourceContext: version, key id, SessionId, fingerprint, MAC, and a separator. */
export const sourceMarkLength =
  version.length +
  1 +
  maxKeyIdLength +
  1 +
  sessionIdLength +
  1 +
  shortFingerprintLength +
  1 +
  macLength +
  separator.length

/** What a pull leaves on the media that it makes. */
export interface SourceMark {
  readonly SessionId: string
  /** What was asked for under an idempotencyKey, see `fingerprintOf`. */
  readonly asked?: string
}

/**
 * The SourceContext of a pull: VOD keeps it with the media, so that a pull whose answer was lost is found by the media it made. The
 * caller's own SourceContext follows the mark, and the fingerprint is shortened where there is no room. Anyone who uploads chooses a
 * SourceContext, so the mark carries a MAC: an upload rule leaves alone what a step has made.
 */
export function markedSource(
  { SessionId, asked = '' }: SourceMark,
  keys: MacKeys,
  SourceContext = '',
): string {
  const marked = (fingerprint: string) => {
    const sealed = `${version}.${keys.sign.id}.${SessionId}.${fingerprint}`
    const mark = `${sealed}.${macOf(purposeOf(sealed), keys.sign.secret)}`
    return SourceContext === '' ? mark : `${mark}${separator}${SourceContext}`
  }
  const whole = marked(asked)
  return whole.length > maxSourceContext ? marked(asked && shortened(asked)) : whole
}

/** The mark of the step that made the media; undefined for media that no step has made, whatever its SourceContext says. */
export function markOf(SourceContext: string, keys: MacKeys): SourceMark | undefined {
  const [mark = ''] = SourceContext.split(separator, 1)
  const [name, keyId, SessionId = '', asked = '', mac = '', ...rest] = mark.split('.')
  const key = keys.verify.find(({ id }) => id === keyId)
  if (name !== version || !key || rest.length > 0) return undefined
  if (!isMacOf(mac, purposeOf(`${name}.${keyId}.${SessionId}.${asked}`), key.secret)) return undefined
  return { SessionId, ...(asked === '' ? {} : { asked }) }
}

/** A MAC of something else, such as a token of the same key, is none of a mark. */
function purposeOf(sealed: string): string {
  return `source|${sealed}`
}
