import type { KeyedRequest } from '../contract/activities.js'
import { differingFields } from '../contract/fingerprint.js'
import { refused } from './failure.js'

/**
 * Refuses the result of another request under the same idempotencyKey.
 *
 * @param asked - fingerprint of the request that made `made`; undefined where it is not known.
 * @throws ApplicationFailure of type `InvalidInput` that names the fields that differ.
 */
export function refuseOtherRequest(
  keyed: KeyedRequest | undefined,
  asked: string | undefined,
  made: string,
): void {
  if (!keyed || asked === undefined) return
  const fields = differingFields(asked, keyed.request)
  if (fields.length === 0) return
  throw refused(
    'idempotencyKey',
    `"${keyed.idempotencyKey}" was used for another request, which made ${made}, and it differs in ${fields.join(', ')}`,
    'give this request a key of its own',
  )
}
