import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow'
import type { SubmitAction } from '../../contract/actions.js'
import { attemptsOf } from '../../contract/attempts.js'
import { type ItemEnded, itemId } from '../../contract/batch.js'
import { keyOfStep } from '../../contract/defaultKey.js'
import type { StepDelays } from '../../contract/delays.js'
import { itemCanceled, itemEndedOf, itemFailed } from '../../contract/itemEnded.js'
import type { BatchWork } from '../../contract/itemWork.js'
import { joinAttempts } from '../../contract/joinAttempts.js'
import type { Outcome } from '../../contract/outcome.js'
import { maxAttempts, repairOf } from '../../contract/repair.js'
import { runType } from '../../contract/runNames.js'
import type { StepInput } from '../../contract/stepInput.js'
import { notifyBatch } from '../batch/notifyBatch.js'
import { refuse } from '../refuse.js'
import { requireValid } from '../run/check.js'
import { ownIdentity } from '../run/identity.js'
import { cancelledSteps, isTaken, requireInbox } from '../run/inbox.js'
import { stepInput } from '../run/inputs.js'
import { runStep } from './runStep.js'
import type { Send } from './state.js'

/** A request as it came. The workflow has checked the fields that it reads; the submit activity parses the whole. */
type Raw = Readonly<Record<string, unknown>>

/** What an action shall do in a workflow: submit, wait, and repair if that is asked for. */
export function submitStep<A extends SubmitAction>(action: A): (input: StepInput<A>) => Promise<Outcome> {
  return (input) => {
    try {
      requireInbox(`the step of ${action}`)
      requireValid(input ?? {}, stepInput)
      const key = keyFor(action, input)
      checkReport(input)
      const send = { action, input } as Send
      return input.report === undefined ? whole(send, key) : reported(input.report, send, key)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

/** @throws what is wrong with the input, or with where the step is called. */
function keyFor<A extends SubmitAction>(action: A, input: StepInput<A>): string {
  const { key: given, idempotencyKey, request } = input
  if (idempotencyKey === undefined && ownIdentity().name === undefined) throw refuse(cron)
  const key = keyOfStep(action, { key: given, idempotencyKey, request: request as Raw })
  if (isTaken(key)) {
    throw refuse(`key: "${key}" names another step of this run already; name a key for this one`)
  }
  return key
}

/** Only the run that a batch has started for an item may tell it how that ended: a batch believes it. */
function checkReport({ report, request }: StepInput): void {
  if (report === undefined) return
  const { workflowId, workflowType } = workflowInfo()
  if (workflowType === runType && workflowId === itemId(report, textOf((request as Raw).FileId))) return
  throw refuse('report: is for the runs that a batch starts; leave it out')
}

const cron =
  'cronSchedule: nothing tells what this tick may be billed for from what an earlier one was; use a Temporal Schedule instead, or give an idempotencyKey for each tick'

/** Type of the failure of a step with `onPartial: 'fail'`; its detail is the outcome. */
const partial = 'Partial'

/** Every attempt of a step. Most have one, and no promise more than its own. */
function whole(send: Send, key: string): Promise<Outcome> {
  const first = attempt(send, { key, number: 1 })
  switch (send.input.onPartial) {
    case 'repair':
      return first.then((outcome) => repaired(send, { key, outcome }))
    case 'fail':
      return first.then(failIfPartial)
    default:
      return first
  }
}

function failIfPartial(outcome: Outcome): Outcome {
  if (outcome.status !== 'partial') return outcome
  throw ApplicationFailure.nonRetryable(outcome.reason, partial, outcome)
}

/** Tells a batch how the step ended, whichever way. */
async function reported(batch: string, send: Send, key: string): Promise<Outcome> {
  const { FileId: given, ProcedureName, SubAppId } = send.input.request as Raw
  const FileId = textOf(given)
  const of = { account: send.input.account ?? 'default', ProcedureName, SubAppId } as BatchWork
  try {
    const outcome = await whole(send, key)
    await notifyBatch(batch, { ...itemEndedOf(FileId, outcome), of })
    return outcome
  } catch (error) {
    if (error instanceof TemporalFailure) await notifyBatch(batch, { ...endedBy(error, { FileId, key }), of })
    throw error
  }
}

function endedBy(error: TemporalFailure, { FileId, key }: { FileId: string; key: string }): ItemEnded {
  if (isCancellation(error)) return itemCanceled(FileId, error.message, cancelledSteps(key))
  const cause = error instanceof ActivityFailure ? error.cause : error
  return itemFailed(FileId, cause ?? error)
}

function attempt(send: Send, { key, number }: { key: string; number: number }): Promise<Outcome> {
  const { account = 'default', events = true, delays } = send.input
  const request = send.input.request as Raw
  return runStep({
    origin: { kind: 'submit', send },
    account,
    SubAppId: request.SubAppId as number | undefined,
    key,
    attempt: number,
    events: events && request.TasksNotifyMode !== 'None',
    flows: flowsOf(request),
    delays: delays as Partial<StepDelays> | undefined,
    FileId: textOf(request.FileId),
    SessionContext: textOf(request.SessionContext),
  })
}

/** Task flows that a request asks for on the media that it makes. */
function flowsOf({ Procedure, ProcedureName, InputType, Segments }: Raw): number {
  if (Array.isArray(Segments))
    return Segments.filter((segment) => textOf(Object(segment).ProcedureName) !== '').length
  const edited = InputType === undefined ? '' : textOf(ProcedureName)
  return textOf(Procedure) !== '' || edited !== '' ? 1 : 0
}

/** Submits what failed once more, as long as that is worth it. */
async function repaired(send: Send, { key, outcome }: { key: string; outcome: Outcome }): Promise<Outcome> {
  let joined = outcome
  for (let number = 2; number <= maxAttempts; number++) {
    const repair = repairOf(joined)
    if (repair.kind === 'none') break
    try {
      const again = repair.kind === 'whole' ? send : partsOf(send, repair)
      joined = joinAttempts(joined, repair, await attempt(again, { key, number }))
    } catch (error) {
      // What the earlier attempts did is there, and paid for: a refused repair must not hide it.
      if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error
      const attempts = attemptsOf(joined)
      return { ...joined, attempts, reason: `${joined.reason} The repair was refused: ${error.message}` }
    }
  }
  return joined
}

/** The same media, caller's context and priority, fewer sub-tasks. */
function partsOf(
  { input }: Send,
  { FileId, MediaProcessTask }: { FileId: string; MediaProcessTask: unknown },
): Send {
  const { SubAppId, TasksPriority, TasksNotifyMode, SessionContext } = input.request as Raw
  const kept = Object.entries({ SubAppId, TasksPriority, TasksNotifyMode, SessionContext })
  const request = {
    FileId,
    MediaProcessTask,
    ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
  }
  return { action: 'ProcessMedia', input: { ...input, request } } as Send
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
