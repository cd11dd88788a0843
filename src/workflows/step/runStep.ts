import { upsertMemo, workflowInfo } from '@temporalio/workflow'
import { defaultDelays, type StepDelays } from '../../contract/delays.js'
import { durationsIn } from '../../contract/duration.js'
import type { Outcome } from '../../contract/outcome.js'
import { memoFields, submitTypes } from '../../contract/runNames.js'
import { ownIdentity } from '../run/identity.js'
import { canceledSteps, openStep } from '../run/inbox.js'
import { afterLocalReads } from '../run/localReads.js'
import { drive } from './drive.js'
import { measureStep } from './metrics.js'
import { progressOf } from './progressOf.js'
import type { Origin } from './state.js'

export interface StepOptions {
  readonly origin: Origin
  readonly account: string
  readonly SubAppId: number | undefined
  readonly key: string
  readonly attempt: number
  /** Events can reach this step. */
  readonly callbacks: boolean
  /** The number of task flows that the request asks for on its new media. */
  readonly flows: number
  readonly delays: StepDelays | undefined
  readonly FileId: string
  readonly SessionContext: string
  /** Returns or throws the result of the promise. Default: the outcome. */
  readonly end?: ((outcome: Outcome) => Outcome) | undefined
}

/** Runs one attempt of a step in this workflow. */
export function runStep(options: StepOptions): Promise<Outcome> {
  const { account, SubAppId, key, attempt, origin, callbacks, flows, delays, FileId, SessionContext, end } =
    options
  const { listen, receive, show, close } = openStep(key, attempt)
  const { firstExecutionRunId: chain, runId, workflowType } = workflowInfo()
  const isRunOfStep = submitTypes.has(workflowType)
  const identity = ownIdentity()
  const measure = measureStep(origin, { key, attempt })
  const subApp = SubAppId === undefined ? {} : { SubAppId }
  return drive({
    afterLocalReads,
    address: { account, ...subApp, chain, runId, identity, key, attempt, isRunOfStep },
    start: {
      origin,
      identity,
      attempt,
      callbacks,
      flows,
      delays: durationsIn('delays', delays, defaultDelays),
      jitter: Math.random() * 2 - 1,
      FileId,
      SessionContext,
    },
    listen(listener) {
      listen({
        ...listener,
        onHint(hint) {
          measure.hinted(hint)
          listener.onHint(hint)
        },
      })
    },
    onState(state) {
      show(progressOf(state))
    },
    onSessionId: receive,
    onCanceled() {
      upsertMemo({ [memoFields.canceled]: canceledSteps() })
    },
    onOutcome(outcome) {
      close()
      measure.ended(outcome)
      return end ? end(outcome) : outcome
    },
    onFailure(error) {
      close(error)
      measure.endedWithout(error)
    },
  })
}
