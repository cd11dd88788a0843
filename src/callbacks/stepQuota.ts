import { createHash } from 'node:crypto'
import type { Duration, InMs } from '../contract/duration.js'
import { forgetOldest } from '../contract/forgetOldest.js'
import { someTask, type TaskHint } from '../contract/hint.js'
import type { StepAddress } from '../contract/seal/token.js'
import { minute } from '../contract/time.js'

/*
 * The signals that a step gets depend on the length of its run's history, which is the same for all processes. With up to `maxHistory`
 * events, it gets a signal for each hint. With up to three times as many, it gets a signal for each time slot and each TaskId. Above that,
 * it gets a signal for each slot only. The signal of a slot says "read your tasks when the slot is over", so it does not matter which of
 * its events came first, or was forged. A signal for a TaskId hides no other, because a step keeps a TaskId that it does not know, and
 * reads it again at each scheduled read. The `requestId` of a slot and of a TaskId is the same in all processes, so Temporal keeps one
 * signal even if many processes send it.
 */

/** Limits of the signals that one step gets. */
export interface StepQuotaLimits {
  /**
   * Number of history events up to which a run gets a signal for each hint. Above it, one signal in each slot stands for all hints. Up to
   * three times this number, the run also gets a signal for each TaskId. Default 2,000; Temporal ends a run at 51,200.
   */
  readonly maxHistory?: number | undefined
  /** Length of a slot. Slots are ten times as long if the history has twice `maxHistory` events. Default 3 minutes. */
  readonly slotLength?: Duration | undefined
}

export const defaultStepQuota: InMs<StepQuotaLimits> = { maxHistory: 2_000, slotLength: 3 * minute }

/** Number of hints that a process signals to a step before it checks the history. Most steps get fewer. */
const uncheckedHints = 4
/** Number of hints that one check of the history allows. */
const hintsPerCheck = 25
/** Number of hints that a process signals to a step if it may not read the history: about 4,000 events. */
const maxHiddenSignals = 1_000
/** Time for which a check that allows no hints holds, ms. */
const recheckMs = 500
/** Number of steps that are remembered: about 5 MB. */
const maxSteps = 10_000
const longSlots = 10
/** TaskIds get a larger share, because a step whose submit got no answer may learn its task only from an event. */
const taskIdShare = 3
/** Number of TaskIds that are remembered for a step that gets too many events. */
const maxTaskIds = 1_000

/** Number of events in the history of a run. Undefined if no run takes signals, `hidden` if this process may not read it. */
export type History = number | 'hidden' | undefined

interface StepRecord {
  /** Number of hints that this process has signaled one by one. */
  signaled: number
  /** Number of hints that may still be signaled without another check. */
  allowedHints: number
  /** Number of TaskIds that may still be signaled, if no hints may. */
  allowedTaskIds: number
  /** The current check, or the last one while it holds. */
  historyCheck: Promise<number | undefined> | undefined
  /** The slot that this process has signaled last. */
  lastSlot: string
  readonly signaledTaskIds: Set<string>
}

/** A signal that is the same in all processes. */
export interface SharedSignal {
  readonly requestId: string
  readonly hint: TaskHint
}

/** `signal`: a signal for this hint alone. `shared`: signals that stand for other hints too; empty if the run has them already. */
export type QuotaDecision =
  | { readonly kind: 'signal' }
  | { readonly kind: 'shared'; readonly signals: readonly SharedSignal[]; readonly sent: () => void }
  | { readonly kind: 'no-run' }

/** Limits the signals that a step gets, even if a leaked token is replayed through many processes. */
export class StepQuota {
  readonly #limits: InMs<StepQuotaLimits>
  readonly #steps = new Map<string, StepRecord>()

  constructor(limits: InMs<StepQuotaLimits>) {
    this.#limits = limits
  }

  async decide(
    address: StepAddress,
    hint: TaskHint,
    historyOf: () => Promise<History>,
  ): Promise<QuotaDecision> {
    const step = this.#step(address)
    for (;;) {
      if (step.allowedHints > 0) {
        step.allowedHints--
        step.signaled++
        return { kind: 'signal' }
      }
      const history = await this.#check(step, historyOf)
      if (history === undefined) return { kind: 'no-run' }
      if (history < this.#limits.maxHistory) continue
      return this.#shared(step, { hint, history })
    }
  }

  #step({ namespace, workflowId, SessionId }: StepAddress): StepRecord {
    const key = JSON.stringify([namespace, workflowId, SessionId])
    const step = this.#steps.get(key) ?? {
      signaled: 0,
      allowedHints: uncheckedHints,
      allowedTaskIds: 0,
      historyCheck: undefined,
      lastSlot: '',
      signaledTaskIds: new Set<string>(),
    }
    this.#steps.delete(key)
    this.#steps.set(key, step)
    forgetOldest(this.#steps, maxSteps)
    return step
  }

  /** Checks the history. All hints that wait share one check. */
  #check(step: StepRecord, historyOf: () => Promise<History>): Promise<number | undefined> {
    if (step.historyCheck) return step.historyCheck
    const forget = () => {
      step.historyCheck = undefined
    }
    step.historyCheck = historyOf().then((found) => {
      const { maxHistory } = this.#limits
      const history = found === 'hidden' ? assumed(step, maxHistory) : found
      step.allowedHints = history === undefined ? 0 : allowed(maxHistory - history)
      step.allowedTaskIds = history === undefined ? 0 : allowed(taskIdShare * maxHistory - history)
      if (history === undefined || history < maxHistory) forget()
      else setTimeout(forget, recheckMs).unref()
      return history
    })
    step.historyCheck.catch(forget)
    return step.historyCheck
  }

  #shared(step: StepRecord, { hint, history }: { hint: TaskHint; history: number }): QuotaDecision {
    // Progress is only for display, and the next hint shows it too.
    if (!hint.terminal) return { kind: 'shared', signals: [], sent: () => {} }
    const slot = this.#slot(hint, history)
    const ofTaskId = { requestId: `vodflow.task/${hash(hint.SessionId, hint.TaskId)}`, hint }
    const isNew =
      hint.TaskId !== someTask && step.allowedTaskIds > 0 && !step.signaledTaskIds.has(ofTaskId.requestId)
    if (isNew) step.allowedTaskIds--
    return {
      kind: 'shared',
      signals: [...(step.lastSlot === slot.requestId ? [] : [slot]), ...(isNew ? [ofTaskId] : [])],
      sent: () => {
        step.lastSlot = slot.requestId
        if (isNew) step.signaledTaskIds.add(ofTaskId.requestId)
        forgetOldest(step.signaledTaskIds, maxTaskIds)
      },
    }
  }

  #slot({ v, SessionId, via, at }: TaskHint, history: number): SharedSignal {
    const { maxHistory, slotLength } = this.#limits
    const length = history >= 2 * maxHistory ? longSlots * slotLength : slotLength
    const slot = Math.floor(Date.now() / length)
    return {
      requestId: `vodflow.slot/${hash(SessionId)}/${length}/${slot}`,
      hint: {
        v,
        SessionId,
        TaskId: someTask,
        terminal: true,
        ...(via ? { via } : {}),
        ...(at === undefined ? {} : { at }),
        // Adds a third of a slot, because the clocks of two processes differ.
        after: Math.ceil((slot + 1) * length + slotLength / 3),
      },
    }
  }
}

/** Returns the assumed length of a hidden history: a short one at first, later one that gets slots only. */
function assumed({ signaled }: StepRecord, maxHistory: number): number {
  return signaled < maxHiddenSignals ? 0 : taskIdShare * maxHistory
}

/** Allows fewer hints close to the limit, so that every process checks more often. */
function allowed(room: number): number {
  return Math.max(0, Math.min(hintsPerCheck, Math.ceil(room / 20)))
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
