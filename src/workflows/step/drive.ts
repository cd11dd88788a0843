import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
} from '@temporalio/workflow'
import type { Outcome } from '../../vod/outcome.js'
import type { StepListener } from '../inbox.js'
import type { Cancelled } from '../progress.js'
import type { StepAddress } from './calls.js'
import { perform } from './perform.js'
import { begin, reduce } from './reduce.js'
import type { Effect, ReducerInput, Step, StepEvent, StepStart, StepState } from './state.js'

export interface Drive {
  readonly address: StepAddress
  readonly start: StepStart
  /** Gives the step what is sent to it. Called at once, before the first await. */
  readonly listen: (listener: StepListener) => void
  /** Called after every change. */
  readonly onState: (state: StepState) => void
  /** Called when a cancelled step knows what it stopped and what it leaves to VOD. */
  readonly onCancelled: (cancelled: Cancelled) => void
}

const everything = ['submit', 'search', 'read', 'readMedia', 'abort', 'markOverdue', 'wake'] as const

/** Runs the reducer: performs its effects, and feeds it what comes of them. Decides nothing. */
export async function drive({ address, start, listen, onState, onCancelled }: Drive): Promise<Outcome> {
  const caller = CancellationScope.current()
  if (caller.consideredCancelled) throw new CancelledFailure('cancelled before anything was sent')
  const inputs: ReducerInput[] = []
  const push = (event: StepEvent) => void inputs.push({ ...event, at: Date.now() })
  const cancelIfMeant = () => caller.consideredCancelled && push({ type: 'cancel' })
  listen({
    onHint: (hint) => push({ type: 'hint', hint }),
    onDetach: () => push({ type: 'detach' }),
  })
  caller.cancelRequested.catch(cancelIfMeant)

  // Cancelling takes several calls: they must outlive the caller's cancelled scope.
  return CancellationScope.nonCancellable(async () => {
    const running = new Map<CancellationScope, Effect['do']>()
    const stop = (...kinds: Effect['do'][]) => {
      for (const [scope, kind] of running) if (kinds.includes(kind)) scope.cancel()
    }
    let refusal: unknown
    const run = (effect: Effect, state: StepState) => {
      const scope = new CancellationScope()
      running.set(scope, effect.do)
      scope
        .run(() => perform(address, state, effect))
        .then(push, (error) => {
          if (!isCancellation(error)) refusal = error
        })
        .finally(() => running.delete(scope))
    }

    let [state, effects]: Step = begin(start, Date.now())
    for (;;) {
      onState(state)
      for (const effect of effects) {
        if (effect.do === 'finish' || effect.do === 'finishCancelled') stop(...everything)
        if (effect.do === 'finish') return effect.outcome
        if (effect.do === 'finishCancelled') {
          onCancelled(effect.cancelled)
          throw new CancelledFailure('cancelled; see what was stopped and what is left in the memo')
        }
        if (effect.do === 'wake') stop('wake')
        run(effect, state)
      }
      await condition(() => inputs.length > 0 || refusal !== undefined)
      if (refusal !== undefined) {
        stop(...everything)
        if (state.phase !== 'cancelling') throw reasonOf(refusal)
        const cancelled: Cancelled = { stopped: [], ended: [], left: [], submitUnanswered: false }
        onState({ ...state, phase: 'settled', cancelled })
        onCancelled(cancelled)
        throw new CancelledFailure('cancelled; VOD had refused the request')
      }
      const input = inputs.shift() as ReducerInput
      if (input.type === 'cancel') stop('read')
      ;[state, effects] = reduce(state, input)
    }
  })
}

/** The refusal itself, not the activity that met it: its message is what a person reads in the Temporal UI. */
function reasonOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? (error.cause ?? error) : error
}
