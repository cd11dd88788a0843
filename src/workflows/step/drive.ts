import {
  ActivityFailure,
  AsyncLocalStorage,
  CancellationScope,
  CancelledFailure,
  isCancellation,
} from '@temporalio/workflow'
import type { Outcome } from '../../vod/outcome.js'
import type { StepListener } from '../inbox.js'
import type { Cancelled } from '../progress.js'
import type { StepAddress } from './calls.js'
import { perform } from './perform.js'
import { begin, reduce } from './reduce.js'
import type { Effect, Step, StepEvent, StepStart, StepState } from './state.js'

export interface Drive {
  readonly address: StepAddress
  readonly start: StepStart
  /** Gives the step what is sent to it. Called at once. */
  readonly listen: (listener: StepListener) => void
  /** Called after every change. */
  readonly onState: (state: StepState) => void
  /** Called when a cancelled step knows what it stopped and what it leaves to VOD. */
  readonly onCancelled: (cancelled: Cancelled) => void
}

/** What Node's class has, and Temporal's type of it leaves out. */
interface Snapshots {
  snapshot(): (work: () => void) => void
}

/**
 * Runs the reducer: performs its effects, and feeds it what comes of them at once. Decides nothing. There is no loop that waits:
 * Temporal keeps a stack trace of every promise in a workflow, which was a third of the worker's processor time (measured).
 */
export function drive({ address, start, listen, onState, onCancelled }: Drive): Promise<Outcome> {
  const caller = CancellationScope.current()
  if (caller.consideredCancelled)
    return Promise.reject(new CancelledFailure('cancelled before anything was sent'))
  return new Promise((resolve, reject) => {
    // Cancelling takes several calls: they must outlive the caller's cancelled scope.
    const shelter = new CancellationScope({ cancellable: false })
    const scope = () => new CancellationScope({ cancellable: true, parent: shelter })
    let calls = scope()
    let waking: CancellationScope | undefined
    let state: StepState
    let over = false

    const end = (settle: () => void) => {
      over = true
      calls.cancel()
      waking?.cancel()
      settle()
    }
    const scopeFor = (effect: Effect) => {
      if (effect.do !== 'wake') return calls
      waking?.cancel()
      waking = scope()
      return waking
    }
    const take = ([next, effects]: Step) => {
      state = next
      onState(state)
      for (const effect of effects) {
        if (effect.do === 'finish') return end(() => resolve(effect.outcome))
        if (effect.do === 'finishCancelled') {
          onCancelled(effect.cancelled)
          const message = 'cancelled; see what was stopped and what is left in the memo'
          return end(() => reject(new CancelledFailure(message)))
        }
        scopeFor(effect)
          .run(() => perform(address, state, effect))
          .then(push, refused)
      }
    }
    const push = (event: StepEvent) => {
      if (over) return
      if (event.type === 'cancel' && state.phase !== 'submitting' && state.phase !== 'recovering') {
        // What is being read is of no use any more. A submit in flight is awaited: it may be paid for.
        calls.cancel()
        calls = scope()
      }
      try {
        take(reduce(state, { ...event, at: Date.now() }))
      } catch (error) {
        end(() => reject(error))
      }
    }
    const refused = (error: unknown) => {
      if (over || isCancellation(error)) return
      if (state.phase !== 'cancelling') return end(() => reject(reasonOf(error)))
      const cancelled: Cancelled = { stopped: [], ended: [], left: [], submitUnanswered: false }
      onState({ ...state, phase: 'settled', cancelled })
      onCancelled(cancelled)
      end(() => reject(new CancelledFailure('cancelled; VOD had refused the request')))
    }

    // A signal has a context of its own: without ours, the calls that it leads to would be in no trace of the run.
    const here = (AsyncLocalStorage as unknown as Snapshots).snapshot()
    take(begin(start, Date.now()))
    listen({
      onHint: (hint) => here(() => push({ type: 'hint', hint })),
      onDetach: () => here(() => push({ type: 'detach' })),
    })
    caller.cancelRequested.catch(() => caller.consideredCancelled && push({ type: 'cancel' }))
  })
}

/** The refusal itself, not the activity that met it: its message is what a person reads in the Temporal UI. */
function reasonOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? (error.cause ?? error) : error
}
