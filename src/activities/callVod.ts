import { ApplicationFailure } from '@temporalio/common'
import type { VodCall } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { isAllowedByDefault, type SyncKind, syncKindOf } from '../contract/syncActions.js'
import type { VodClient } from '../vod/client.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { beforeSend, isFirstAttempt, proveRefused, provesRefusal } from './firstAttempt.js'
import { activityInfo, cancellationSignal } from './sdk.js'

/** Temporal warns above 512 KiB, and a history keeps every answer. */
const maxAnswerBytes = 256 * 1024

/**
 * Any action that is not a step, under its own name as activity type. Which of them a worker does is its own choice: whoever
 * can start workflows could otherwise delete the library.
 *
 * A write without an idempotency key is sent again only where the failure proves that nothing was done.
 */
export function callVod({ clientFor, allow }: ActivityContext) {
  return async (call: VodCall): Promise<Readonly<Record<string, unknown>>> => {
    const { activityType: action, attempt } = activityInfo()
    requireActionName(action)
    const { account, request } = call
    const client = await clientFor(account)
    requireAllowed(action, client, allow)
    const kind = syncKindOf(action)
    const first = isFirstAttempt()
    if (kind === 'write' && !first) {
      throw refuse(
        'ambiguous',
        `${action}: an earlier attempt got no answer and may have been done; look before you do it again`,
      )
    }
    if (kind === 'write') await beforeSend()
    try {
      return bounded(action, await client.send(action, request, { signal: cancellationSignal() }))
    } catch (error) {
      if (!first && isDone(action, error)) return {}
      if (error instanceof VodError && kind === 'write' && provesRefusal(error)) proveRefused()
      throw toFailure(error, { attempt, nonRetryable: isFinal(error, kind) })
    }
  }
}

/** @throws ApplicationFailure for an activity of a later version of vodflow. It is retried, so that a newer worker can take it. */
function requireActionName(action: string): void {
  if (!/^[a-z]/.test(action)) return
  const message = `this worker knows no activity "${action}"; it is older than the workflow code: update it`
  throw ApplicationFailure.create({ message, type: 'WorkerTooOld' })
}

function requireAllowed(action: string, client: VodClient, allow: readonly string[]): void {
  if (!client.knows(action))
    throw refuse('UnknownAction', `${action} is not an action of VOD; check its spelling`)
  if (isAllowedByDefault(action) || allow.includes(action)) return
  const remedy = `add it to its \`allow\` (npx vodflow worker --allow ${action})`
  throw refuse('NotAllowed', `${action} is not allowed on this worker; ${remedy}`)
}

/** What is refused for good; and a write of which nobody knows whether it was done. */
function isFinal(error: unknown, kind: SyncKind): boolean {
  if (error instanceof ApplicationFailure) return true
  if (!(error instanceof VodError)) return error instanceof Error && error.name === 'InvalidInputError'
  return error.class === 'permanent' || (kind === 'write' && !provesRefusal(error))
}

/** Gone after an attempt that got no answer: that attempt has done it. */
function isDone(action: string, error: unknown): boolean {
  return action === 'DeleteMedia' && error instanceof VodError && error.code.startsWith('ResourceNotFound')
}

function bounded(action: string, answer: Readonly<Record<string, unknown>>) {
  const bytes = Buffer.byteLength(JSON.stringify(answer))
  if (bytes <= maxAnswerBytes) return answer
  throw new VodError({
    action,
    code: 'ResponseSizeLimitExceeded',
    problem: `the answer has ${bytes} bytes, and a history has room for ${maxAnswerBytes}; ask for less, e.g. with Limit or Filters`,
  })
}

function refuse(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type)
}
