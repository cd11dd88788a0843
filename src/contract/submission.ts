import type { SubmitAction } from './actions.js'
import type { PackedSubmission, Submission } from './activities.js'
import { keyOfStep } from './defaultKey.js'

/** A submission without what follows from the rest of it: as its activity is given it, and as it stands in the history. */
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

/** What was {@link packed}. */
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

/** Texts are the same in the workflow and in its activity, whatever the data converter. The hash of a whole request may not be. */
function isKeyOfTexts(action: SubmitAction, { key, idempotencyKey }: Input): boolean {
  return key !== undefined || idempotencyKey !== undefined || action === 'ProcessMediaByProcedure'
}
