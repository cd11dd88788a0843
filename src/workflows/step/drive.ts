import {
  ActivityFailure,
  ApplicationFailure,
  AsyncLocalStorage,
  CancellationScope,
  CancelledFailure,
  isCancellation,
} from '@temporalio/workflow'
import type { RefusalFailure } from '../../contract/activities.js'
import type { Outcome } from '../../contract/outcome.js'
import type { StepListener } from '../run/inbox.js'
import type { CallAddress } from './calls.js'
import { type AfterLocalReads, perform } from './effects.js'
import { begin, reduce } from './machine.js'
import type { CallEffect, Effect, StepEvent, StepStart, StepState, Transition } from './state.js'

export interface Drive {
  readonly address: CallAddress
  readonly start: StepStart
  readonly afterLocalReads: AfterLocalReads
  /** Registers the listener of the step. Called immediately. */
  readonly listen: (listener: StepListener) => void
  /** Called after every change. */
  readonly onState: (state: StepState) => void
  /** Called once the step knows its SessionId. Hints with this SessionId are for this step. */
  readonly onSessionId: (SessionId: string) => void
  /** Called when a canceled step knows which tasks it stopped and which ones it leaves to VOD. */
  readonly onCanceled: () => void
  /** Called last. Its return value or error settles the promise. */
  readonly onOutcome: (outcome: Outcome) => Outcome
  readonly onFailure: (error: unknown) => void
}

/** A method of Node's AsyncLocalStorage that Temporal's type omits. */
interface Snapshots {
  snapshot(): (work: () => void) => void
}

/** A scope that can be entered repeatedly, with the stack trace of its creation. Its own `run` would make two promises each time. */
interface Scope {
  enter(work: () => void): void
  cancel(): void
}

function scopeIn(parent: CancellationScope): Scope {
  const scope = new CancellationScope({ cancellable: true, parent })
  let enter: Scope['enter'] | undefined
  void scope.run(() => {
    enter = (AsyncLocalStorage as unknown as Snapshots).snapshot()
    // An async function would add a promise.
    return undefined as unknown as Promise<void>
  })
  return { enter: enter as Scope['enter'], cancel: () => scope.cancel() }
}

/**
 * Runs the reducer: performs its effects and passes their results back immediately. It decides nothing. It has no waiting loop and no
 * avoidable promise, because Temporal keeps a stack trace of every promise in a workflow, which took a third of the worker's processor
 * time (measured).
 */
export function drive(options: Drive): Promise<Outcome> {
  const { address, start, afterLocalReads, listen, onState, onSessionId, onCanceled, onOutcome, onFailure } =
    options
  const caller = CancellationScope.current()
  return new Promise((resolve, reject) => {
    const succeed = (outcome: Outcome) => {
      try {
        resolve(onOutcome(outcome))
      } catch (error) {
        reject(error)
      }
    }
    const fail = (error: unknown) => {
      onFailure(error)
      reject(error)
    }
    if (caller.consideredCancelled) return fail(new CancelledFailure('canceled before anything was sent'))
    // Canceling takes several calls, which must outlive the caller's canceled scope.
    const shelter = new CancellationScope({ cancellable: false })
    let calls = scopeIn(shelter)
    let waking: Scope | undefined
    let state: StepState
    let over = false

    const end = (settle: () => void) => {
      over = true
      calls.cancel()
      waking?.cancel()
      settle()
    }
    const scopeFor = (effect: CallEffect) => {
      if (effect.do !== 'wake') return calls
      waking?.cancel()
      waking = scopeIn(shelter)
      return waking
    }
    const performOrEnd = (effect: Effect) => {
      switch (effect.do) {
        case 'finish':
          return end(() => succeed(effect.outcome))
        case 'refuse':
          return end(() => fail(failureOf(effect.refused)))
        case 'fail':
          return end(() => fail(reasonOf(effect.error)))
        case 'finishCanceled': {
          onCanceled()
          const message = 'canceled; the memo shows which tasks were stopped and which are left'
          return end(() => fail(new CancelledFailure(message)))
        }
        default:
          scopeFor(effect).enter(() => perform(effect, { address, afterLocalReads, push, refused }))
      }
    }
    const take = ([next, effects]: Transition) => {
      state = next
      onState(state)
      for (const effect of effects) {
        if (over) return
        performOrEnd(effect)
      }
    }
    const push = (event: StepEvent) => {
      if (over) return
      if (event.type === 'cancel') {
        // Pending reads are no longer needed. A submit waits only for its attempt on the wire.
        calls.cancel()
        calls = scopeIn(shelter)
      }
      const before = state.SessionId
      try {
        take(reduce(state, { ...event, at: Date.now() }))
      } catch (error) {
        end(() => fail(error))
      }
      if (state.SessionId !== before) onSessionId(state.SessionId)
    }
    const refused = (error: unknown) => {
      if (over || isCancellation(error)) return
      end(() => fail(reasonOf(error)))
    }

    try {
      take(begin(start, Date.now()))
    } catch (error) {
      return end(() => fail(error))
    }
    listen({
      onHint: (hint) => push({ type: 'hint', hint }),
      onDetach: () => push({ type: 'detach' }),
    })
    caller.cancelRequested.catch(() => caller.consideredCancelled && push({ type: 'cancel' }))
  })
}

function failureOf({ message, type, details }: RefusalFailure): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, ...details)
}

/** Returns the refusal itself instead of the activity's failure, because the Temporal UI shows its message to a person. */
function reasonOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? (error.cause ?? error) : error
}
