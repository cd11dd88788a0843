import type { Duration } from '../base/duration.js'
import { msOf } from './duration.js'

/** A scripted fault. It strikes `times` times, default forever, each time with `probability`, default always. */
export type EmulatorFault = {
  readonly times?: number | undefined
  readonly probability?: number | undefined
} & (
  | { readonly kind: 'error'; readonly action: string; readonly code: string }
  /** The call is carried out but answered with this code. */
  | { readonly kind: 'errorAfter'; readonly action: string; readonly code: string }
  /** The call is carried out or refused but answered with HTTP 502, as by a proxy. */
  | { readonly kind: 'badGateway'; readonly action: string }
  /** The call is carried out or refused, but the connection is closed without an answer. */
  | { readonly kind: 'loseReply'; readonly action: string }
  /** The call is neither carried out nor answered; the connection stays open. */
  | { readonly kind: 'hang'; readonly action: string }
  /** The call is answered after `delay`. */
  | { readonly kind: 'slow'; readonly action: string; readonly delay: Duration }
  /** A sub-task of this Type, or of any for `*`, ends with this ErrCodeExt. */
  | { readonly kind: 'failSubTask'; readonly Type: string; readonly code: string }
  | { readonly kind: 'dropCallback' }
  | { readonly kind: 'delayCallback'; readonly delay: Duration }
  | { readonly kind: 'doubleCallback' }
  /** The callback is sent after the next one. */
  | { readonly kind: 'reorderCallback' }
  /** An extra callback is sent before the real one. Its body is the real one with `body` merged into it. */
  | { readonly kind: 'forgeCallback'; readonly body: Readonly<Record<string, unknown>> }
)

export type FaultKind = EmulatorFault['kind']
export type FaultOf<K extends FaultKind> = Extract<EmulatorFault, { kind: K }>

interface PendingFault {
  readonly fault: EmulatorFault
  left: number
}

/** The scripted faults. The same seed gives the same sequence of strikes. */
export class EmulatorFaults {
  #pending: PendingFault[] = []
  #random: () => number

  /** @internal Use `faults` of the emulator. */
  constructor(seed = 1) {
    this.#random = randomFrom(seed)
  }

  /** Adds faults. @throws Error for a `delay` that is no duration */
  add(...faults: EmulatorFault[]): void {
    for (const fault of faults) if ('delay' in fault) msOf(fault.delay)
    for (const fault of faults) this.#pending.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })
  }

  /** Removes all faults. */
  clear(): void {
    this.#pending = []
  }

  /** Returns the faults that can still strike, each with the `times` that are left. */
  list(): EmulatorFault[] {
    return this.#pending
      .filter(({ left }) => left > 0)
      .map(({ fault, left }) => (fault.times === undefined ? fault : { ...fault, times: left }))
  }

  /** Restarts the random sequence, so that faults with a probability are repeatable. */
  seed(seed: number): void {
    this.#random = randomFrom(seed)
  }

  /**
   * Returns the first fault of this kind that strikes now, if any.
   *
   * @internal
   */
  strike<K extends FaultKind>(kind: K, on?: string): FaultOf<K> | undefined {
    for (const pending of this.#pending) {
      const { fault } = pending
      if (fault.kind !== kind || pending.left === 0) continue
      const aim = 'action' in fault ? fault.action : 'Type' in fault ? fault.Type : '*'
      if (aim !== on && aim !== '*') continue
      if (fault.probability !== undefined && this.#random() >= fault.probability) continue
      pending.left--
      return fault as FaultOf<K>
    }
    return undefined
  }
}

/** Returns mulberry32, a small random generator that is the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
