import { accountAlias } from '../vod/account.js'
import { refuse } from './refuse.js'

/**
 * Refuses what is misspelt beside the request, before anything is scheduled: without its `idempotencyKey` a step would be new work, and
 * one of an account that nobody has would wait for ever on a queue that no worker polls. The rest is parsed by the activity.
 *
 * @throws ApplicationFailure of type `InvalidInput`.
 */
export function checkOptions(input: object, known: Readonly<Record<string, true>>): void {
  for (const field of Object.keys(input)) {
    if (Object.hasOwn(known, field)) continue
    const remedy =
      'request' in known && /^[A-Z]/.test(field)
        ? 'the fields of VOD belong in request'
        : 'check its spelling'
    throw refuse(`${field}: is not known; ${remedy}`)
  }
  const { account } = input as { account?: unknown }
  if (account !== undefined && !(typeof account === 'string' && accountAlias.test(account)))
    throw refuse('account: must be 1 to 32 lower-case letters, digits or hyphens')
}
