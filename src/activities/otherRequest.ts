import type { KeyedRequest } from '../contract/activities.js'
import { differingFields } from '../contract/fingerprint.js'
import { refused } from './failure.js'

/**
 * Refuses the result of another request under the same idempotencyKey.
 *
 * @param asked - the fingerprint of the request that made `made`; undefined if it is unknown
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
    'use another key for this request',
  )
}
