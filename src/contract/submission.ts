import type { SubmitAction } from './actions.js'
import type { PackedSubmission, Submission } from './activities.js'
import { keyOfStep } from './defaultKey.js'

/** Returns a submission without the members that can be derived from the others, for its activity and the history. */
export function packed<A extends SubmitAction>(
  action: A,
  { input, runId, chain, identity, key, attempt, sent }: Submission<A>,
): PackedSubmission<A> {
  const isOwn = identity.fresh && identity.name === runId && identity.doubtUntil === undefined
  return {
    input,
    runId,
    ...(chain === runId ? {} : { chain }),
    ...(isOwn ? {} : { identity }),
    ...(isKeyOfTexts(action, input) && key === keyIn(action, input) ? {} : { key }),
    ...(attempt === 1 ? {} : { attempt }),
    ...(sent === undefined ? {} : { sent }),
  }
}

/** The reverse of {@link packed}. */
export function unpacked<A extends SubmitAction>(
  action: A,
  { input, runId, chain = runId, identity, key, attempt = 1, sent }: PackedSubmission<A>,
): Submission<A> {
  return {
    input,
    runId,
    chain,
    identity: identity ?? { name: runId, fresh: true },
    key: key ?? keyIn(action, input),
    attempt,
    sent,
  }
}

type Input = Submission['input']

function keyIn(action: SubmitAction, { key, idempotencyKey, request }: Input): string {
  return keyOfStep(action, { key, idempotencyKey, request: { ...request } })
}

/** A key of texts is the same in the workflow and in its activity with any data converter. The hash of a whole request may differ. */
function isKeyOfTexts(action: SubmitAction, { key, idempotencyKey }: Input): boolean {
  return key !== undefined || idempotencyKey !== undefined || action === 'ProcessMediaByProcedure'
}
