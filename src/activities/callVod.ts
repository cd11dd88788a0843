import { ApplicationFailure } from '@temporalio/common'
import type { VodCall } from '../contract/activities.js'
import { defaultDelays } from '../contract/delays.js'
import { VodError } from '../contract/errors.js'
import { isAllowedByDefault, type SyncKind, syncKindOf } from '../contract/syncActions.js'
import { second } from '../contract/time.js'
import type { VodClient } from '../vod/client.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import {
  beforeSend,
  isFirstAttempt,
  proveRefused,
  provesRefusal,
  repeatOf,
  waitToPass,
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
    const kind = syncKindOf(action)
    const first = isFirstAttempt()
    if (kind === 'write' && !first) throw mayBeDone(action)
    requireKnown(action, client, first)
    requireAllowed(action, allow, first)
    // A DeleteMedia is repeated too, and its proof must not outlive a send.
    if (kind !== 'read') await beforeSend()
    try {
      return bounded(action, await client.send(action, request, { signal: cancellationSignal() }))
    } catch (error) {
      if (!first && isDone(action, error)) return {}
      throw failedCall(error, { kind, first, attempt })
    }
  }
}

/** @throws ApplicationFailure for an activity of a later version of vodflow. It is retried, so that a newer worker can run it. */
function requireActionName(action: string): void {
  if (!/^[a-z]/.test(action)) return
  const message = `this worker has no activity "${action}", because it is older than the workflow code; update it`
  throw ApplicationFailure.create({ message, type: 'WorkerTooOld' })
}

/** @param first - no earlier attempt can have done anything */
function requireKnown(action: string, client: VodClient, first: boolean): void {
  if (client.knows(action)) return
  const remedy = 'check its spelling, or update the worker'
  refuseHere('UnknownAction', `${action} is not an action that this worker knows; ${remedy}`, first)
}

function requireAllowed(action: string, allow: readonly string[], first: boolean): void {
  if (isAllowedByDefault(action) || allow.includes(action)) return
  const remedy = `add it to its \`allow\` (npx vodflow worker --allow ${action})`
  refuseHere('NotAllowed', `${action} is not allowed on this worker; ${remedy}`, first)
}

/** The waits before an action that this worker refuses is tried again: another worker of the account may know it and allow it. */
const waitsForOther: readonly number[] = Array(15).fill(second)

function refuseHere(type: string, message: string, first: boolean): never {
  const refusal = { message, type, details: [] }
  const wait = waitToPass(refusal, { waits: waitsForOther, proven: first })
  throw ApplicationFailure.create({
    ...refusal,
    nonRetryable: wait === undefined,
    nextRetryDelay: wait,
  })
}

function mayBeDone(action: string): ApplicationFailure {
  const message = `${action}: an earlier attempt got no answer and may have succeeded; check before you call it again`
  return ApplicationFailure.nonRetryable(message, 'ambiguous')
}

interface FailedCall {
  readonly kind: SyncKind
  /** No earlier attempt can have done anything. */
  readonly first: boolean
  readonly attempt: number
}

function failedCall(error: unknown, { kind, first, attempt }: FailedCall): ApplicationFailure {
  const failure = toFailure(error, { attempt, nonRetryable: isFinal(error, kind) })
  if (!(error instanceof VodError)) return failure
  if (kind === 'write' && provesRefusal(error)) proveRefused()
  if (!error.passes) return failure
  const refusal = { message: failure.message, type: error.class, details: failure.details ?? [] }
  return repeatOf(refusal, { waits: defaultDelays.refusals, proven: first }) ?? failure
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
