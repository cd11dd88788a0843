import { ActivityFailure, isCancellation, TemporalFailure, workflowInfo } from '@temporalio/workflow'
import type { SubmitAction } from '../../contract/actions.js'
import { type ItemEnded, itemId } from '../../contract/batch.js'
import { keyOfStep } from '../../contract/defaultKey.js'
import { stepInput } from '../../contract/inputs.js'
import { itemCanceled, itemEndedOf, itemFailed } from '../../contract/itemEnded.js'
import type { BatchWork } from '../../contract/itemWork.js'
import { joinAttempts } from '../../contract/joinAttempts.js'
import { textOf } from '../../contract/json.js'
import type { Outcome } from '../../contract/outcome.js'
import { proceduresOf } from '../../contract/procedures.js'
import { maxAttempts, notRepaired, repairOf } from '../../contract/repair.js'
import { runType } from '../../contract/runNames.js'
import type { StepFunction, StepInput } from '../../contract/stepInput.js'
import { notifyBatch } from '../batch/notifyBatch.js'
import { refuse, requireValid } from '../refuse.js'
import { ownIdentity } from '../run/identity.js'
import { cancelledSteps, isTaken, requireInbox } from '../run/inbox.js'
import { returnOrThrow } from './returnOrThrow.js'
import { runStep } from './runStep.js'
import type { SubmitRequest } from './state.js'

/** A request as it came. The workflow has checked the fields that it reads; the submit activity parses the whole. */
type Raw = Readonly<Record<string, unknown>>

/** What an action shall do in a workflow: submit, wait, and repair if that is asked for. */
export function submitStep<A extends SubmitAction>(action: A): StepFunction<StepInput<A>> {
  return ((input: StepInput<A>) => {
    try {
      requireInbox(`the step of ${action}`)
      requireValid(input, stepInput)
      const key = keyFor(action, input)
      checkReport(input)
      const send = { action, input } as SubmitRequest
      return input.report === undefined ? step(send, key) : reported(input.report, send, key)
    } catch (error) {
      return Promise.reject(error)
    }
  }) as StepFunction<StepInput<A>>
}

/** @throws what is wrong with the input, or with where the step is called. */
function keyFor<A extends SubmitAction>(action: A, input: StepInput<A>): string {
  const { key: given, idempotencyKey, request } = input
  if (idempotencyKey === undefined && ownIdentity().name === undefined)
    throw refuse('cronSchedule', cron, useSchedule)
  const key = keyOfStep(action, { key: given, idempotencyKey, request: request as Raw })
  if (isTaken(key)) {
    throw refuse('key', `"${key}" names another step of this run already`, 'name a key for this one')
  }
  return key
}

/** Only the run that a batch has started for an item may tell it how that ended: a batch believes it. */
function checkReport({ report, request }: StepInput): void {
  if (report === undefined) return
  const { workflowId, workflowType } = workflowInfo()
  if (workflowType === runType && workflowId === itemId(report, textOf((request as Raw).FileId))) return
  throw refuse('report', 'is for the runs that a batch starts', 'leave it out')
}

const cron = 'nothing tells what this tick may be billed for from what an earlier one was'
const useSchedule = 'use a Temporal Schedule instead, or give an idempotencyKey for each tick'

/** A step. Most have one attempt, and no promise more than its own. */
function step(send: SubmitRequest, key: string): Promise<Outcome> {
  const end = (outcome: Outcome) => returnOrThrow(outcome, send.input)
  return send.input.onPartial === 'repair'
    ? whole(send, key).then(end)
    : attempt(send, { key, number: 1, end })
}

/** Every attempt of a step. */
function whole(send: SubmitRequest, key: string): Promise<Outcome> {
  const first = attempt(send, { key, number: 1 })
  return send.input.onPartial === 'repair' ? first.then((outcome) => repaired(send, { key, outcome })) : first
}

/** Tells a batch how the step ended, whichever way. */
async function reported(batch: string, send: SubmitRequest, key: string): Promise<Outcome> {
  const { FileId: given, ProcedureName, SubAppId } = send.input.request as Raw
  const FileId = textOf(given)
  const of = { account: send.input.account ?? 'default', ProcedureName, SubAppId } as BatchWork
  const outcome = await whole(send, key).catch(async (error: unknown) => {
    if (error instanceof TemporalFailure) await notifyBatch(batch, { ...endedBy(error, { FileId, key }), of })
    throw error
  })
  await notifyBatch(batch, { ...itemEndedOf(FileId, outcome), of })
  return returnOrThrow(outcome, send.input)
}

function endedBy(error: TemporalFailure, { FileId, key }: { FileId: string; key: string }): ItemEnded {
  if (isCancellation(error)) return itemCanceled(FileId, error.message, cancelledSteps(key))
  const cause = error instanceof ActivityFailure ? error.cause : error
  return itemFailed(FileId, cause ?? error)
}

interface AttemptOptions {
  readonly key: string
  readonly number: number
  /** What the promise comes to; default: the outcome. */
  readonly end?: (outcome: Outcome) => Outcome
}

function attempt(send: SubmitRequest, { key, number, end }: AttemptOptions): Promise<Outcome> {
  const { account = 'default', callbacks = true, delays } = send.input
  const request = send.input.request as Raw
  return runStep({
    origin: { kind: 'submit', send },
    account,
    SubAppId: request.SubAppId as number | undefined,
    key,
    attempt: number,
    callbacks: callbacks && request.TasksNotifyMode !== 'None',
    flows: flowsOf(request),
    delays: delays,
    FileId: textOf(request.FileId),
    SessionContext: textOf(request.SessionContext),
    end,
  })
}

/** Task flows that a request asks for on the media that it makes. */
function flowsOf(request: Raw): number {
  return Object.values(proceduresOf(request) ?? {}).reduce((total, count) => total + count, 0)
}

/** Submits what failed once more, as long as that is worth it. */
async function repaired(
  send: SubmitRequest,
  { key, outcome }: { key: string; outcome: Outcome },
): Promise<Outcome> {
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
      return { ...joined, reason: `${joined.reason} The repair was refused: ${error.message}` }
    }
  }
  const unrepaired = notRepaired(joined)
  return unrepaired === '' ? joined : { ...joined, reason: `${joined.reason} ${unrepaired}` }
}

/** The same media, caller's context and priority, fewer sub-tasks. */
function partsOf(
  { input }: SubmitRequest,
  { FileId, MediaProcessTask }: { FileId: string; MediaProcessTask: unknown },
): SubmitRequest {
  const { SubAppId, TasksPriority, TasksNotifyMode, SessionContext } = input.request as Raw
  const kept = Object.entries({ SubAppId, TasksPriority, TasksNotifyMode, SessionContext })
  const request = {
    FileId,
    MediaProcessTask,
    ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
  }
  return { action: 'ProcessMedia', input: { ...input, request } } as SubmitRequest
}
