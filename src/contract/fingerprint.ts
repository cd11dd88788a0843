import { canonicalJson } from './canonicalJson.js'
import { incidental } from './defaultKey.js'
import { digestOf } from './identity.js'

type Request = Readonly<Record<string, unknown>>

/** Of each field; 30 bits, so that one difference in a billion goes unnoticed. */
const partLength = 6
const maxFields = 16

/**
 * What a request asks for, 6 characters a field: it travels with the task, so that another request under the same idempotencyKey is
 * noticed. Without what VOD does not act on, and without SubAppId, which belongs to the name.
 */
export function fingerprintOf(request: Request): string {
  return partsOf(request)
    .slice(0, maxFields)
    .map(([, part]) => part)
    .join('')
}

const shortMark = '='
export const shortFingerprintLength = 12

/** Of a fingerprint for which there is no room: tells whether a request is another one, and not in which fields. */
export function shortened(fingerprint: string): string {
  return `${shortMark}${digestOf(fingerprint)}`.slice(0, shortFingerprintLength)
}

/** The fields in which a request differs from the one with this fingerprint; empty: in none. */
export function differingFields(fingerprint: string, request: Request): string[] {
  const asked = fingerprintOf(request)
  if (fingerprint === asked || fingerprint === shortened(asked)) return []
  if (fingerprint.startsWith(shortMark)) return ['a field that is not known']
  const parts = partsOf(request)
  const before = new Set(fingerprint.match(new RegExp(`.{${partLength}}`, 'g')) ?? [])
  const changed = parts.filter(([, part]) => !before.has(part)).map(([field]) => field)
  return changed.length > 0 ? changed : ['a field that this request does not have']
}

function partsOf(request: Request): [field: string, part: string][] {
  return Object.entries(request)
    .filter(([field, value]) => !incidental.includes(field) && field !== 'SubAppId' && (value ?? '') !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, value]) => [field, digestOf(field, canonicalJson(value)).slice(0, partLength)])
}
