import { ApplicationFailure } from '@temporalio/common'
import type { VodCall } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { isAllowedByDefault, type SyncKind, syncKindOf } from '../contract/syncActions.js'
import { second } from '../contract/time.js'
import type { VodClient } from '../vod/client.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import {
  beforeSend,
  countPassing,
  isFirstAttempt,
  passingRefusals,
  proveRefused,
  provesRefusal,
} from './firstAttempt.js'
import { activityInfo, cancellationSignal } from './sdk.js'

/** Temporal warns about payloads above 512 KiB, and a history keeps every answer. */
const maxAnswerBytes = 256 * 1024

/**
 * Calls any action that is not a step. The name of the action is the activity type. Each worker has a list of allowed actions, because
 * otherwise anyone who can start workflows could delete the library.
 *
 * A write without an idempotency key is retried only if the failure proves that nothing was done.
 */
export function callVod({ clientFor, allow }: ActivityContext) {
  return async (call: VodCall): Promise<Readonly<Record<string, unknown>>> => {
    const { activityType: action, attempt } = activityInfo()
    requireActionName(action)
    const { account, request } = call
    const client = await clientFor(account)
    requireKnown(action, client)
    const kind = syncKindOf(action)
    const first = isFirstAttempt()
    if (kind === 'write' && !first) {
      throw refuse(
        'ambiguous',
        `${action}: an earlier attempt got no answer and may have succeeded; check before you call it again`,
      )
    }
    requireAllowed(action, allow, first)
    // A DeleteMedia is repeated too, and its proof must not outlive a send.
    if (kind !== 'read') await beforeSend()
    try {
      return bounded(action, await client.send(action, request, { signal: cancellationSignal() }))
    } catch (error) {
      if (!first && isDone(action, error)) return {}
      if (error instanceof VodError && kind === 'write' && provesRefusal(error)) proveRefused()
      throw toFailure(error, { attempt, nonRetryable: isFinal(error, kind) })
    }
  }
}

/** @throws ApplicationFailure for an activity of a later version of vodflow. It is retried, so that a newer worker can run it. */
function requireActionName(action: string): void {
  if (!/^[a-z]/.test(action)) return
  const message = `this worker has no activity "${action}", because it is older than the workflow code; update it`
  throw ApplicationFailure.create({ message, type: 'WorkerTooOld' })
}

function requireKnown(action: string, client: VodClient): void {
  if (!client.knows(action))
    throw refuse('UnknownAction', `${action} is not an action of VOD; check its spelling`)
}

/** An action that this worker does not allow is tried again so often, a second apart: another worker of the account may allow it. */
const mostRefusals = 15

/** @param first - no earlier attempt can have done anything */
function requireAllowed(action: string, allow: readonly string[], first: boolean): void {
  if (isAllowedByDefault(action) || allow.includes(action)) return
  const remedy = `add it to its \`allow\` (npx vodflow worker --allow ${action})`
  const last = {
    message: `${action} is not allowed on this worker; ${remedy}`,
    type: 'NotAllowed',
    details: [],
  }
  const nonRetryable = (passingRefusals()?.count ?? 0) >= mostRefusals
  if (!nonRetryable) countPassing(last, { proven: first })
  throw ApplicationFailure.create({ ...last, nonRetryable, nextRetryDelay: second })
}

/** Returns true for a permanent refusal, and for a write that may have been done. */
function isFinal(error: unknown, kind: SyncKind): boolean {
  if (error instanceof ApplicationFailure) return true
  if (!(error instanceof VodError)) return error instanceof Error && error.name === 'InvalidInputError'
  return error.class === 'permanent' || (kind === 'write' && !provesRefusal(error))
}

/** If the media file is gone after an attempt without an answer, that attempt deleted it. */
function isDone(action: string, error: unknown): boolean {
  return action === 'DeleteMedia' && error instanceof VodError && error.vodCode.startsWith('ResourceNotFound')
}

function bounded(action: string, answer: Readonly<Record<string, unknown>>) {
  const bytes = Buffer.byteLength(JSON.stringify(answer))
  if (bytes <= maxAnswerBytes) return answer
  throw new VodError({
    action,
    code: 'ResponseSizeLimitExceeded',
    problem: `the answer has ${bytes} bytes, and a history can hold ${maxAnswerBytes}; ask for less, e.g. with Limit or Filters`,
  })
}

function refuse(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type)
}
