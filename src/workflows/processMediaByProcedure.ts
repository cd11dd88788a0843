import { ApplicationFailure, setCurrentDetails, upsertMemo, workflowInfo } from '@temporalio/workflow'
import { defaultKey } from '../vod/defaultKey.js'
import { defaultDelays, type StepDelays } from '../vod/delays.js'
import type { Outcome } from '../vod/outcome.js'
import type { RunInput } from '../vod/runInput.js'
import { detailsOf } from './details.js'
import { isTaken, openInbox, openStep } from './inbox.js'
import type { Cancelled } from './progress.js'
import { drive } from './step/drive.js'
import { progressOf } from './step/progressOf.js'

/**
 * Starts a task flow on a media file and waits until every task it makes has ended. VOD is paid at most
 * once for it, whatever happens. A workflow of its own (start it by this name), or a step to await inside
 * another workflow.
 *
 * @param input - the request with the API's own field names, and how to wait; see {@link RunInput}.
 *   It is parsed by the first activity, so that a run can be started from anywhere.
 * @returns what became of it. A moderation verdict does not change `status`.
 * @throws ApplicationFailure when VOD, or the parser before it, refuses the request: nothing was made.
 *   Its type is the class of the error, its details hold code, RequestId and remedy.
 * @throws CancelledFailure when cancelled; the memo `vodflow.cancelled` says what was stopped and what
 *   goes on: VOD can abort only a WAITING task.
 */
export async function processMediaByProcedure(input: RunInput): Promise<Outcome> {
  openInbox()
  if (typeof input?.request !== 'object' || input.request === null) {
    throw refuse('request: missing; give { request: { ProcedureName, FileId } } as the first argument')
  }
  const { request, account = 'default', events = true } = input
  const key = input.key ?? defaultKey(request)
  if (isTaken(key)) {
    throw refuse(
      `key: "${key}" names another step of this run already, and VOD would answer with that one's task; name a key`,
    )
  }
  const attempt = 1
  const step = openStep(key, attempt)
  const { namespace, workflowId, firstExecutionRunId: chain } = workflowInfo()
  const subApp = request.SubAppId === undefined ? {} : { SubAppId: request.SubAppId }
  return drive({
    address: { input, account, ...subApp, namespace, workflowId, chain, key, attempt },
    start: {
      origin: { kind: 'submit' },
      attempt,
      events: events && request.TasksNotifyMode !== 'None',
      delays: { ...defaultDelays, ...(input.delays as Partial<StepDelays> | undefined) },
      jitter: Math.random() * 2 - 1,
      FileId: request.FileId ?? '',
      SessionContext: request.SessionContext ?? '',
    },
    listen: step.listen,
    onState(state) {
      const progress = progressOf(state)
      step.show(progress)
      setCurrentDetails(detailsOf(progress))
    },
    onCancelled(cancelled: Cancelled) {
      upsertMemo({ 'vodflow.cancelled': cancelled })
    },
  })
}

function refuse(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput')
}
