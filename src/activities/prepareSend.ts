import { ApplicationFailure } from '@temporalio/common'
import { asyncActions, type SubmitAction } from '../contract/actions.js'
import type { Submission } from '../contract/activities.js'
import type { AppAddress } from '../contract/appAddress.js'
import { defaultDelays } from '../contract/delays.js'
import { msOf } from '../contract/duration.js'
import { InvalidInputError } from '../contract/errors.js'
import { fingerprintOf } from '../contract/fingerprint.js'
import { type ParsedInput, parseStepInput } from '../contract/parse/step.js'
import { markedSource } from '../contract/seal/sourceMark.js'
import { sealSessionContext } from '../contract/seal/token.js'
import type { VodClient } from '../vod/client.js'
import type { VodRequest } from '../vod/requests.js'
import type { ActivityContext } from './context.js'
import type { PendingSend } from './earlierSends.js'
import { type FailureDetails, toFailure } from './failure.js'
import { activityInfo } from './sdk.js'

/** A request that is ready to be sent, and its client. */
export interface PreparedSend<A extends SubmitAction> {
  readonly client: VodClient
  readonly app: AppAddress
  readonly request: VodRequest<A>
  /** The waits before it is sent again after a refusal whose reason passes by itself, in ms. */
  readonly waits: readonly number[]
}

/** A pending send of one action. */
interface SendingOf<A extends SubmitAction> extends PendingSend {
  readonly action: A
  readonly submission: Submission<A>
}

/**
 * Parses the request of a submit and adds its SessionId and its token.
 *
 * @returns the prepared request, or a failure if the request can never be sent, because its input is refused or vodflow has a bug. Every
 *   attempt would fail in the same way, and this one has sent nothing.
 */
export async function prepareSend<A extends SubmitAction>(
  context: ActivityContext,
  sending: SendingOf<A>,
): Promise<PreparedSend<A> | ApplicationFailure> {
  const { action, submission } = sending
  try {
    const parsed = parseStepInput(action, submission.input)
    const { SubAppId } = parsed.request as RequestFields
    const app = { account: parsed.account, ...(SubAppId ? { SubAppId } : {}) }
    const request = sealed(context, app, { ...sending, parsed })
    const waits = (parsed.delays?.refusals ?? defaultDelays.refusals).map(msOf)
    return { client: await context.clientFor(parsed.account), app, request, waits }
  } catch (error) {
    return error instanceof InvalidInputError ? toFailure(error, { attempt: 1 }) : bugIn(action, error)
  }
}

/** The fields that vodflow reads in the request of any action. */
interface RequestFields {
  readonly SubAppId?: number | undefined
  readonly SessionContext?: string | undefined
  readonly SourceContext?: string
}

function sealed<A extends SubmitAction>(
  { macKeys }: ActivityContext,
  app: AppAddress,
  { action, submission, parsed, SessionId }: SendingOf<A> & { readonly parsed: ParsedInput<A> },
): VodRequest<A> {
  const request = parsed.request as RequestFields
  const { workflowNamespace: namespace = '', workflowExecution } = activityInfo()
  const { workflowId = '' } = workflowExecution ?? {}
  const { chain } = submission
  const asked = parsed.idempotencyKey === undefined ? {} : { asked: fingerprintOf({ ...request }) }
  const address = { namespace, ...app, workflowId, chain, SessionId, ...asked }
  const SessionContext = sealSessionContext(address, macKeys, request.SessionContext)
  const mark =
    asyncActions[action].found === 'media'
      ? { SourceContext: markedSource({ SessionId, ...asked }, macKeys, request.SourceContext) }
      : {}
  return { ...request, ...mark, SessionId, SessionContext } as VodRequest<A>
}

/** Returns the failure for a bug. Nothing was made, as after a permanent refusal. */
function bugIn(action: SubmitAction, error: unknown): ApplicationFailure {
  const remedy = "report it to vodflow's maintainers with this message and its stack trace"
  const details: FailureDetails = { code: 'VodflowBug', requestId: '', action, remedy }
  const failure = ApplicationFailure.create({
    message: `${action}: vodflow has a bug: ${error}; nothing was sent; ${remedy}`,
    type: 'permanent',
    nonRetryable: true,
    details: [details],
  })
  // The error is not set as the cause, because the innermost failure decides whether this is a refusal.
  if (error instanceof Error && error.stack !== undefined) failure.stack = error.stack
  return failure
}
