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
import type { ReportsToBatch, StepFunction, StepInput } from '../../contract/stepInput.js'
import { notifyBatch } from '../batch/notifyBatch.js'
import { refuse, requireValid } from '../refuse.js'
import { ownIdentity } from '../run/identity.js'
import { canceledSteps, isTaken } from '../run/inbox.js'
import { refusedHere } from '../run/readOnly.js'
import { returnOrThrow } from './returnOrThrow.js'
import { runStep } from './runStep.js'
import type { SubmitRequest } from './state.js'

/** An unparsed request. The workflow has checked the fields that it reads; the submit activity parses the whole request. */
type Raw = Readonly<Record<string, unknown>>

/** Returns the step of an action: it submits, waits, and repairs if the input asks for it. */
export function submitStep<A extends SubmitAction, Known = unknown>(
  action: A,
): StepFunction<StepInput<A>, Known> {
  return ((input: StepInput<A> & ReportsToBatch) => {
    try {
      const name = `the step of ${action}`
      const refused = refusedHere(name)
      if (refused) return refused
      requireValid(input, stepInput)
      const key = keyFor(action, input)
      checkReport(input)
      const send = { action, input } as SubmitRequest
      return input.report === undefined
        ? everyAttempt(send, key, (outcome) => returnOrThrow(outcome, input))
        : reported(input.report, send, key)
    } catch (error) {
      return Promise.reject(error)
    }
  }) as StepFunction<StepInput<A>, Known>
}

/** @throws ApplicationFailure if the key is taken, or if nothing names the work. */
function keyFor<A extends SubmitAction>(action: A, input: StepInput<A>): string {
  const { key: given, idempotencyKey, request } = input
  if (idempotencyKey === undefined && ownIdentity().name === undefined)
    throw refuse('cronSchedule', cron, useSchedule)
  const key = keyOfStep(action, { key: given, idempotencyKey, request: request as Raw })
  if (isTaken(key)) {
    throw refuse('key', `"${key}" is the key of another step of this run`, 'pass another key')
  }
  return key
}

/** A batch believes the report of an item, so only the run that the batch started for the item may report. */
function checkReport({ report, request }: StepInput & ReportsToBatch): void {
  if (report === undefined) return
  const { workflowId, workflowType } = workflowInfo()
  if (workflowType === runType && workflowId === itemId(report, textOf((request as Raw).FileId))) return
  throw refuse('report', 'is only for runs that a batch starts', 'leave it out')
}

const cron = 'makes the work of one tick indistinguishable from that of another'
const useSchedule = 'use a Temporal Schedule instead, or pass an idempotencyKey for each tick'

/** Runs every attempt of a step. Most steps have one and need no further promise. */
function everyAttempt(
  send: SubmitRequest,
  key: string,
  end = (outcome: Outcome): Outcome => outcome,
): Promise<Outcome> {
  if (send.input.onPartial !== 'repair') return attempt(send, { key, number: 1, end })
  return attempt(send, { key, number: 1 })
    .then((outcome) => repaired(send, { key, outcome }))
    .then(end)
}

/** Runs a step and reports its end to a batch, including a failure. */
async function reported(batch: string, send: SubmitRequest, key: string): Promise<Outcome> {
  const { FileId: given, ProcedureName, SubAppId } = send.input.request as Raw
  const FileId = textOf(given)
  const of = { account: send.input.account ?? 'default', ProcedureName, SubAppId } as BatchWork
  const outcome = await everyAttempt(send, key).catch(async (error: unknown) => {
    if (error instanceof TemporalFailure) await notifyBatch(batch, { ...endedBy(error, { FileId, key }), of })
    throw error
  })
  await notifyBatch(batch, { ...itemEndedOf(FileId, outcome), of })
  return returnOrThrow(outcome, send.input)
}

function endedBy(error: TemporalFailure, { FileId, key }: { FileId: string; key: string }): ItemEnded {
  if (isCancellation(error)) return itemCanceled(FileId, error.message, canceledSteps(key))
  const cause = error instanceof ActivityFailure ? error.cause : error
  return itemFailed(FileId, cause ?? error)
}

interface AttemptOptions {
  readonly key: string
  readonly number: number
  /** Returns or throws the result of the promise. Default: the outcome. */
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
    delays,
    FileId: textOf(request.FileId),
    SessionContext: textOf(request.SessionContext),
    end,
  })
}

/** Returns the number of task flows that a request asks for on its new media. */
function flowsOf(request: Raw): number {
  return Object.values(proceduresOf(request) ?? {}).reduce((total, count) => total + count, 0)
}

/** Submits failed parts again, as long as a repair may succeed. */
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
      // The outputs of the earlier attempts exist and are billed, so a refused repair must not hide them.
      if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error
      return { ...joined, reason: `${joined.reason} The repair was refused: ${error.message}` }
    }
  }
  const unrepaired = notRepaired(joined)
  return unrepaired === '' ? joined : { ...joined, reason: `${joined.reason} ${unrepaired}` }
}

/** Returns a request for the failed sub-tasks only, with the same media, context and priority. */
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
