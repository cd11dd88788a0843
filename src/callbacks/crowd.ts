import { createHash } from 'node:crypto'
import { type Hint, someTask } from '../vod/hint.js'
import type { StepAddress } from '../vod/token.js'

/** Bounds of what one step may get. */
export interface CrowdLimits {
  /**
   * A run whose history has more events gets no signal for each event any more, but one in each slot, which stands for all of them.
   * Default 2,000; Temporal ends a run at 51,200.
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

interface Seen {
  free: number
  /** What the last look has left. */
  allowed: number
  /** The look under way, or the last one while it holds. */
  look: Promise<number | undefined> | undefined
  /** The last slot that this process has signalled. */
  told: string
}

/** `each`: a signal of its own. `slot`: one that stands for all until the end of the slot. `told`: that one is in the run already. */
export type Way =
  | { readonly kind: 'each' }
  | { readonly kind: 'slot'; readonly requestId: string; readonly hint: Hint; readonly sent: () => void }
  | { readonly kind: 'told' }
  | { readonly kind: 'no-run' }

/**
 * Keeps what a step gets within bounds, through however many processes a leaked token is replayed: all of them see the same history,
 * and make the same `requestId` for the same slot. The signal of a slot says "look when the slot is over", so that it does not matter
 * which of its events came first, or was forged.
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
      // Progress is for people: the next one shows it too.
      return hint.terminal ? this.#slot(seen, { address, hint, history }) : { kind: 'told' }
    }
  }

  #seen({ namespace, workflowId, SessionId }: StepAddress): Seen {
    const key = JSON.stringify([namespace, workflowId, SessionId])
    const seen = this.#steps.get(key) ?? { free, allowed: 0, look: undefined, told: '' }
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
      const room = this.#limits.maxHistory - (history ?? 0)
      seen.allowed = history === undefined ? 0 : Math.max(0, Math.min(perLook, Math.ceil(room / 20)))
      if (history === undefined || room > 0) forget()
      else setTimeout(forget, crowdedMs).unref()
      return history
    })
    seen.look.catch(forget)
    return seen.look
  }

  #slot(seen: Seen, { address, hint, history }: { address: StepAddress; hint: Hint; history: number }): Way {
    const { maxHistory, slotMs } = this.#limits
    const length = history >= 2 * maxHistory ? longSlots * slotMs : slotMs
    const slot = Math.floor(Date.now() / length)
    const requestId = `vodflow.slot/${hash(address.SessionId)}/${length}/${slot}`
    if (seen.told === requestId) return { kind: 'told' }
    const { v, SessionId, via, at } = hint
    return {
      kind: 'slot',
      requestId,
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
      sent: () => {
        seen.told = requestId
      },
    }
  }
}

function hash(SessionId: string): string {
  return createHash('sha256').update(SessionId).digest('hex').slice(0, 16)
}
