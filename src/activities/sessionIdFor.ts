import { ApplicationFailure } from '@temporalio/common'
import type { SubmitAction } from '../vod/actions.js'
import { sessionIdOf } from '../vod/identity.js'
import type { Submission } from './types.js'

/**
 * The SessionId of a submission.
 *
 * @throws ApplicationFailure when nothing names its work.
 */
export function sessionIdFor(action: SubmitAction, { input, identity, key, attempt }: Submission): string {
  const { idempotencyKey, account = 'default', request } = input
  const { SubAppId } = request as { readonly SubAppId?: number }
  if (idempotencyKey !== undefined) return sessionIdOf({ idempotencyKey, account, SubAppId, action, attempt })
  if (identity.name !== undefined) return sessionIdOf({ name: identity.name, key, attempt })
  throw ApplicationFailure.nonRetryable(
    'nothing names the work of this run; give an idempotencyKey',
    'InvalidInput',
  )
}
