import { canonicalJson } from './canonicalJson.js'
import { incidental } from './defaultKey.js'
import { digestOf } from './identity.js'

type Request = Readonly<Record<string, unknown>>

/** The characters for each field. They have 30 bits, so one difference in a billion goes unnoticed. */
const partLength = 6
const maxFields = 16

/**
 * Returns a fingerprint of a request, with 6 characters for each field. It travels with the task, so that another request with the same
 * idempotencyKey is detected. It omits fields that do not affect the tasks, and SubAppId, which is part of the name.
 */
export function fingerprintOf(request: Request): string {
  return partsOf(request)
    .slice(0, maxFields)
    .map(([, part]) => part)
    .join('')
}

const shortMark = '='
export const shortFingerprintLength = 12

/** Shortens a fingerprint for which there is no room. It shows that a request differs, but not in which fields. */
export function shortened(fingerprint: string): string {
  return `${shortMark}${digestOf(fingerprint)}`.slice(0, shortFingerprintLength)
}

/** Returns the fields in which a request differs from the one with this fingerprint. */
export function differingFields(fingerprint: string, request: Request): string[] {
  const asked = fingerprintOf(request)
  if (fingerprint === asked || fingerprint === shortened(asked)) return []
  if (fingerprint.startsWith(shortMark)) return ['an unknown field']
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
