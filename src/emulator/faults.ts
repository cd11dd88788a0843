/** A fault that is laid in wait. `times` uses it up; without, it strikes for ever, or with `probability`. */
export type Fault = { readonly times?: number; readonly probability?: number } & (
  | { readonly kind: 'error'; readonly action: string; readonly code: string }
  /** Done as asked, and answered with this code all the same. */
  | { readonly kind: 'errorAfter'; readonly action: string; readonly code: string }
  /** Done as asked, or refused, and answered with an HTTP 502, as by a proxy on the way. */
  | { readonly kind: 'badGateway'; readonly action: string }
  /** Done as asked, or refused, but the connection is cut instead of an answer. */
  | { readonly kind: 'loseReply'; readonly action: string }
  /** Neither done nor answered; the connection stays open. */
  | { readonly kind: 'hang'; readonly action: string }
  /** Answered after `ms`. */
  | { readonly kind: 'slow'; readonly action: string; readonly ms: number }
  /** A sub-task of this Type, or of any for `*`, ends with this ErrCodeExt. */
  | { readonly kind: 'failSubTask'; readonly Type: string; readonly code: string }
  | { readonly kind: 'dropCallback' }
  | { readonly kind: 'delayCallback'; readonly ms: number }
  | { readonly kind: 'doubleCallback' }
  /** Sent after the next one. */
  | { readonly kind: 'reorderCallback' }
  /** Besides the true callback, one with this body is sent before it: an object is merged over the true body. */
  | { readonly kind: 'forgeCallback'; readonly body: Readonly<Record<string, unknown>> }
)

export type FaultKind = Fault['kind']
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>

interface Laid {
  readonly fault: Fault
  left: number
}

/** The scripted faults. One seed gives one sequence of strikes. */
export class Faults {
  #laid: Laid[] = []
  #random: () => number

  constructor(seed = 1) {
    this.#random = randomFrom(seed)
  }

  /** From now on these happen. */
  add(...faults: Fault[]): void {
    for (const fault of faults) this.#laid.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })
  }

  /** From now on none happens. */
  clear(): void {
    this.#laid = []
  }

  /** Those that are still to happen, each with the times that are left of it. */
  list(): Fault[] {
    return this.#laid
      .filter(({ left }) => left > 0)
      .map(({ fault, left }) => (fault.times === undefined ? fault : { ...fault, times: left }))
  }

  /** Makes what happens by chance the same again. */
  seed(seed: number): void {
    this.#random = randomFrom(seed)
  }

  /** The first fault of this kind that strikes now, if any. */
  strike<K extends FaultKind>(kind: K, on?: string): FaultOf<K> | undefined {
    for (const laid of this.#laid) {
      const { fault } = laid
      if (fault.kind !== kind || laid.left === 0) continue
      const aim = 'action' in fault ? fault.action : 'Type' in fault ? fault.Type : '*'
      if (aim !== on && aim !== '*') continue
      if (fault.probability !== undefined && this.#random() >= fault.probability) continue
      laid.left--
      return fault as FaultOf<K>
    }
    return undefined
  }
}

/** mulberry32: small, and the same everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
