import { createHash } from 'node:crypto'
import { forgetOldest } from '../contract/forgetOldest.js'
import { type Hint, someTask } from '../contract/hint.js'
import type { StepAddress } from '../contract/seal/token.js'
import { minute } from '../contract/time.js'

/*
 * What a step gets depends on the length of its run's history, which all processes see alike: up to `maxHistory` events a signal for each
 * hint, up to three times as many a signal for each slot of time and each TaskId, and above that a signal for each slot only. The signal
 * of a slot says "read your tasks when the slot is over", so it does not matter which of its events came first, or was forged. A signal
 * for a TaskId hides no other, because a step keeps a TaskId that it does not know, and reads it again at each scheduled read. The
 * `requestId` of a slot and of a TaskId is the same in all processes, so Temporal keeps one signal however many of them send it.
 */

/** Bounds of what one step may get. */
export interface StepQuotaLimits {
  /**
   * A run whose history has more events gets no signal for each event any more, but one in each slot, which stands for all of them; up
   * to three times as many, it also gets one for each TaskId. Default 2,000; Temporal ends a run at 51,200.
   */
  readonly maxHistory: number
  /** Length of a slot, ms; ten times as long where the history has twice as many events. Default 180,000. */
  readonly slotMs: number
}

export const defaultStepQuota: StepQuotaLimits = { maxHistory: 2_000, slotMs: 3 * minute }

/** Hints of a step that a process signals before it checks the history. Most steps get fewer. */
const uncheckedHints = 4
/** Hints that one check of the history allows. */
const hintsPerCheck = 25
/** Hints of a step that a process signals where it may not check the history: some 4,000 events. */
const maxHiddenSignals = 1_000
/** How long a check holds that allows no hints, ms. */
const recheckMs = 500
/** Steps remembered: some 5 MB. */
const maxSteps = 10_000
const longSlots = 10
/** A step whose submit got no answer may know its task by its event alone. */
const taskIdShare = 3
/** TaskIds remembered of a step that gets too many events. */
const maxTaskIds = 1_000

/** How many events a run has; undefined when none is there to take a signal, `hidden` when this process may not know. */
export type History = number | 'hidden' | undefined

interface StepRecord {
  /** Hints that this process has signalled one by one. */
  signalled: number
  /** What the last check has left, or what needs none. */
  allowedHints: number
  /** The same of TaskIds, where it allows no hints. */
  allowedTaskIds: number
  /** The check under way, or the last one while it holds. */
  historyCheck: Promise<number | undefined> | undefined
  /** The slot that this process has signalled last. */
  lastSlot: string
  readonly signalledTaskIds: Set<string>
}

/** A signal that all processes send alike. */
export interface SharedSignal {
  readonly requestId: string
  readonly hint: Hint
}

/** `signal`: one of its own. `shared`: signals that stand for others too, none where the run has them already. */
export type Decision =
  | { readonly kind: 'signal' }
  | { readonly kind: 'shared'; readonly signals: readonly SharedSignal[]; readonly sent: () => void }
  | { readonly kind: 'no-run' }

/** Keeps what a step gets within bounds, through however many processes a leaked token is replayed. */
export class StepQuota {
  readonly #limits: StepQuotaLimits
  readonly #steps = new Map<string, StepRecord>()

  constructor(limits: StepQuotaLimits) {
    this.#limits = limits
  }

  async decide(address: StepAddress, hint: Hint, historyOf: () => Promise<History>): Promise<Decision> {
    const step = this.#step(address)
    for (;;) {
      if (step.allowedHints > 0) {
        step.allowedHints--
        step.signalled++
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
      signalled: 0,
      allowedHints: uncheckedHints,
      allowedTaskIds: 0,
      historyCheck: undefined,
      lastSlot: '',
      signalledTaskIds: new Set<string>(),
    }
    this.#steps.delete(key)
    this.#steps.set(key, step)
    forgetOldest(this.#steps, maxSteps)
    return step
  }

  /** One for all that wait. */
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

  #shared(step: StepRecord, { hint, history }: { hint: Hint; history: number }): Decision {
    // Progress is for people: the next one shows it too.
    if (!hint.terminal) return { kind: 'shared', signals: [], sent: () => {} }
    const slot = this.#slot(hint, history)
    const ofTaskId = { requestId: `vodflow.task/${hash(hint.SessionId, hint.TaskId)}`, hint }
    const isNew =
      hint.TaskId !== someTask && step.allowedTaskIds > 0 && !step.signalledTaskIds.has(ofTaskId.requestId)
    if (isNew) step.allowedTaskIds--
    return {
      kind: 'shared',
      signals: [...(step.lastSlot === slot.requestId ? [] : [slot]), ...(isNew ? [ofTaskId] : [])],
      sent: () => {
        step.lastSlot = slot.requestId
        if (isNew) step.signalledTaskIds.add(ofTaskId.requestId)
        forgetOldest(step.signalledTaskIds, maxTaskIds)
      },
    }
  }

  #slot({ v, SessionId, via, at }: Hint, history: number): SharedSignal {
    const { maxHistory, slotMs } = this.#limits
    const length = history >= 2 * maxHistory ? longSlots * slotMs : slotMs
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
        // A third more, because the clocks of two processes differ.
        after: Math.ceil((slot + 1) * length + slotMs / 3),
      },
    }
  }
}

/** Of a history that is hidden: a short one at first, and then one that gets slots only. */
function assumed({ signalled }: StepRecord, maxHistory: number): number {
  return signalled < maxHiddenSignals ? 0 : taskIdShare * maxHistory
}

/** The closer to the limit, the more often every process checks. */
function allowed(room: number): number {
  return Math.max(0, Math.min(hintsPerCheck, Math.ceil(room / 20)))
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
