import { shortened, shortFingerprintLength } from '../fingerprint.js'
import { sessionIdLength } from '../identity.js'
import { maxSourceContext } from '../patterns.js'
import { isMacOf, macLength, macOf } from './mac.js'
import { type MacKeys, maxKeyIdLength } from './macKeys.js'

const version = 'vf1'
/** The end of a mark, in which it cannot occur. */
const separator = '|'
/** The longest mark in the 250 characters of a SourceContext: version, key id, SessionId, fingerprint, MAC and separator. */
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

/** The mark of a pull on its new media file. */
export interface SourceMark {
  readonly SessionId: string
  /** The fingerprint of a request with an idempotencyKey, see `fingerprintOf`. */
  readonly asked?: string
}

/**
 * Returns the SourceContext of a pull. VOD keeps it with the media file, so a pull whose answer was lost can be found by its new media
 * file. The caller's own SourceContext follows the mark. The fingerprint is shortened if there is no room. Anyone who uploads can choose
 * a SourceContext, so the mark has a MAC: an upload rule ignores media that a step made.
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

/** Returns the mark of the step that made the media file, or undefined if the SourceContext has no valid mark. */
export function markOf(SourceContext: string, keys: MacKeys): SourceMark | undefined {
  const [mark = ''] = SourceContext.split(separator, 1)
  const [name, keyId, SessionId = '', asked = '', mac = '', ...rest] = mark.split('.')
  const key = keys.verify.find(({ id }) => id === keyId)
  if (name !== version || !key || rest.length > 0) return undefined
  if (!isMacOf(mac, purposeOf(`${name}.${keyId}.${SessionId}.${asked}`), key.secret)) return undefined
  return { SessionId, ...(asked === '' ? {} : { asked }) }
}

/** The prefix prevents the use of another MAC with the same key, such as that of a token, as the MAC of a mark. */
function purposeOf(sealed: string): string {
  return `source|${sealed}`
}
