import { createHash } from 'node:crypto'
import { type Hint, someTask } from '../vod/hint.js'
import type { StepAddress } from '../vod/token.js'

/** Bounds of what one step may get. */
export interface CrowdLimits {
  /**
   * A run whose history has more events gets no signal for each event any more, but one in each slot, which stands for all of them; up
   * to three times as many, it also gets one for each TaskId. Default 2,000; Temporal ends a run at 51,200.
   */
  readonly maxHistory: number
  /** Length of a slot, ms; ten times as long where the history has twice as many events. Default 180,000. */
  readonly slotMs: number
}

export const defaultCrowdLimits: CrowdLimits = { maxHistory: 2_000, slotMs: 3 * 60_000 }

/** Hints of a step that a process passes on without a look at its run. Most steps get fewer. */
const free = 4
/** Hints that one look at a run allows. */
const perLook = 25
/** How long a look holds that allows none, ms. */
const crowdedMs = 500
/** Steps remembered: some 5 MB. */
const maxSteps = 10_000
const longSlots = 10
/** A step whose submit got no answer may know its task by its event alone. */
const namedShare = 3
/** TaskIds remembered of a step that gets too many events. */
const maxNamed = 1_000

interface Seen {
  free: number
  /** What the last look has left. */
  allowed: number
  /** The same of TaskIds, where it allows no more. */
  allowedNamed: number
  /** The look under way, or the last one while it holds. */
  look: Promise<number | undefined> | undefined
  /** The slot that this process has signalled last, and the TaskIds. */
  told: string
  readonly named: Set<string>
}

/** A signal that all processes send alike. */
export interface Shared {
  readonly requestId: string
  readonly hint: Hint
}

/** `each`: a signal of its own. `shared`: signals that stand for others too, none where the run has them already. */
export type Way =
  | { readonly kind: 'each' }
  | { readonly kind: 'shared'; readonly signals: readonly Shared[]; readonly sent: () => void }
  | { readonly kind: 'no-run' }

/**
 * Keeps what a step gets within bounds, through however many processes a leaked token is replayed: all of them see the same history,
 * and make the same `requestId` for the same slot. The signal of a slot says "look when the slot is over", so that it does not matter
 * which of its events came first, or was forged. Those of TaskIds can swallow nothing either: a step keeps a TaskId that it does not
 * know, and reads it again at each look.
 */
export class Crowd {
  readonly #limits: CrowdLimits
  readonly #steps = new Map<string, Seen>()

  constructor(limits: CrowdLimits) {
    this.#limits = limits
  }

  /** `historyOf`: how many events the run has, undefined when none is there to take a signal. */
  async way(address: StepAddress, hint: Hint, historyOf: () => Promise<number | undefined>): Promise<Way> {
    const seen = this.#seen(address)
    if (seen.free > 0) {
      seen.free--
      return { kind: 'each' }
    }
    for (;;) {
      if (seen.allowed > 0) {
        seen.allowed--
        return { kind: 'each' }
      }
      const history = await this.#look(seen, historyOf)
      if (history === undefined) return { kind: 'no-run' }
      if (history < this.#limits.maxHistory) continue
      return this.#shared(seen, { hint, history })
    }
  }

  #seen({ namespace, workflowId, SessionId }: StepAddress): Seen {
    const key = JSON.stringify([namespace, workflowId, SessionId])
    const seen = this.#steps.get(key) ?? {
      free,
      allowed: 0,
      allowedNamed: 0,
      look: undefined,
      told: '',
      named: new Set<string>(),
    }
    this.#steps.delete(key)
    this.#steps.set(key, seen)
    for (const oldest of this.#steps.keys()) {
      if (this.#steps.size <= maxSteps) break
      this.#steps.delete(oldest)
    }
    return seen
  }

  /** One for all that wait. */
  #look(seen: Seen, historyOf: () => Promise<number | undefined>): Promise<number | undefined> {
    if (seen.look) return seen.look
    const forget = () => {
      seen.look = undefined
    }
    seen.look = historyOf().then((history) => {
      const { maxHistory } = this.#limits
      seen.allowed = history === undefined ? 0 : allowed(maxHistory - history)
      seen.allowedNamed = history === undefined ? 0 : allowed(namedShare * maxHistory - history)
      if (history === undefined || history < maxHistory) forget()
      else setTimeout(forget, crowdedMs).unref()
      return history
    })
    seen.look.catch(forget)
    return seen.look
  }

  #shared(seen: Seen, { hint, history }: { hint: Hint; history: number }): Way {
    // Progress is for people: the next one shows it too.
    if (!hint.terminal) return { kind: 'shared', signals: [], sent: () => {} }
    const slot = this.#slot(hint, history)
    const named = { requestId: `vodflow.task/${hash(hint.SessionId, hint.TaskId)}`, hint }
    const isNew = hint.TaskId !== someTask && seen.allowedNamed > 0 && !seen.named.has(named.requestId)
    if (isNew) seen.allowedNamed--
    return {
      kind: 'shared',
      signals: [...(seen.told === slot.requestId ? [] : [slot]), ...(isNew ? [named] : [])],
      sent: () => {
        seen.told = slot.requestId
        if (seen.named.size >= maxNamed) seen.named.clear()
        if (isNew) seen.named.add(named.requestId)
      },
    }
  }

  #slot({ v, SessionId, via, at }: Hint, history: number): Shared {
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

/** The closer to the limit, the more often every process looks. */
function allowed(room: number): number {
  return Math.max(0, Math.min(perLook, Math.ceil(room / 20)))
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
