import { ApplicationFailure, isCancellation, TemporalFailure } from '@temporalio/workflow'
import { defaultKey } from '../vod/defaultKey.js'
import type { StepDelays } from '../vod/delays.js'
import { joinAttempts } from '../vod/joinAttempts.js'
import type { Outcome } from '../vod/outcome.js'
import { maxAttempts, repairOf } from '../vod/repair.js'
import type { RunInput } from '../vod/runInput.js'
import { isTaken, openInbox } from './inbox.js'
import { runStep } from './runStep.js'
import type { Send } from './step/state.js'

/**
 * Starts a task flow on a media file and waits until every task it makes has ended. VOD is paid at most
 * once for each attempt, whatever happens; there is one, unless `onPartial` asks to repair. A workflow of its own (start it by this name), or a step to await inside
 * another workflow.
 *
 * @param input - the request with the API's own field names, and how to wait; see {@link RunInput}.
 *   It is parsed by the first activity, so that a run can be started from anywhere.
 * @returns what became of it. A moderation verdict does not change `status`.
 * @throws ApplicationFailure when VOD, or the parser before it, refuses the request: nothing was made.
 *   Its type is the class of the error, its details hold code, RequestId and remedy. With `onPartial: 'fail'` also,
 *   of type `Partial` and with the outcome as its detail, when only some sub-tasks succeeded.
 * @throws CancelledFailure when cancelled; the memo `vodflow.cancelled` says what was stopped and what
 *   goes on: VOD can abort only a WAITING task.
 */
export async function processMediaByProcedure(input: RunInput): Promise<Outcome> {
  openInbox()
  if (typeof input?.request !== 'object' || input.request === null) {
    throw refuse('request: missing; give { request: { ProcedureName, FileId } } as the first argument')
  }
  const key = input.key ?? defaultKey(input.request)
  if (isTaken(key)) {
    throw refuse(
      `key: "${key}" names another step of this run already, and VOD would answer with that one's task; name a key`,
    )
  }
  const first = await attempt(input, { key, number: 1, send: { action: 'ProcessMediaByProcedure', input } })
  const outcome = input.onPartial === 'repair' ? await repaired(input, { key, outcome: first }) : first
  if (input.onPartial === 'fail' && outcome.status === 'partial') {
    throw ApplicationFailure.nonRetryable(outcome.reason, 'Partial', outcome)
  }
  return outcome
}

function attempt(
  { request, account = 'default', events = true, delays }: RunInput,
  { key, number, send }: { key: string; number: number; send: Send },
): Promise<Outcome> {
  return runStep({
    origin: { kind: 'submit', send },
    account,
    SubAppId: request.SubAppId,
    key,
    attempt: number,
    events: events && request.TasksNotifyMode !== 'None',
    delays: delays as Partial<StepDelays> | undefined,
    FileId: request.FileId ?? '',
    SessionContext: request.SessionContext ?? '',
  })
}

/** Submits what failed once more, as long as that is worth it. */
async function repaired(
  input: RunInput,
  { key, outcome }: { key: string; outcome: Outcome },
): Promise<Outcome> {
  let joined = outcome
  for (let number = 2; number <= maxAttempts; number++) {
    const repair = repairOf(joined)
    if (repair.kind === 'none') break
    const send: Send =
      repair.kind === 'whole'
        ? { action: 'ProcessMediaByProcedure', input }
        : { action: 'ProcessMedia', input, FileId: repair.FileId, MediaProcessTask: repair.MediaProcessTask }
    try {
      joined = joinAttempts(joined, repair, await attempt(input, { key, number, send }))
    } catch (error) {
      // What the earlier attempts did is there, and paid for: a refused repair must not hide it.
      if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error
      return { ...joined, reason: `${joined.reason} The repair was refused: ${error.message}` }
    }
  }
  return joined
}

function refuse(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput')
}
