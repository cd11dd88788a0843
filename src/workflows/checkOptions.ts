import { accountAlias } from '../vod/account.js'
import { refuse } from './refuse.js'

/**
 * Refuses misspelled options and impossible account aliases before anything is scheduled. Without its `idempotencyKey` a step would be new
 * work, and no worker polls the queue of such an alias. The activity parses the rest.
 *
 * @throws ApplicationFailure of type `InvalidInput`.
 */
export function checkOptions(input: object, known: Readonly<Record<string, true>>): void {
  for (const field of Object.keys(input)) {
    if (Object.hasOwn(known, field)) continue
    throw refuse(`${field}: is not known; ${remedyFor(field, known)}`)
  }
  const { account } = input as { account?: unknown }
  if (account !== undefined && !(typeof account === 'string' && accountAlias.test(account)))
    throw refuse('account: must be 1 to 32 lower-case letters, digits or hyphens')
}

/** Other languages write names otherwise: `idempotency_key`, `IdempotencyKey`. */
function remedyFor(field: string, known: Readonly<Record<string, true>>): string {
  const bare = (name: string) => name.replaceAll(/[^A-Za-z]/g, '').toLowerCase()
  const meant = Object.keys(known).find((name) => bare(name) === bare(field))
  if (meant !== undefined) return `write ${meant}`
  return 'request' in known && /^[A-Z]/.test(field)
    ? 'the fields of VOD belong in request'
    : 'check its spelling'
}
