import * as bodies from './bodies.js'
import * as heads from './heads.js'
import { Random } from './random.js'
import { SealedSteps } from './sealed.js'
import type { Shot } from './shot.js'

/** How many of a hundred. */
const shares: readonly (readonly [number, (given: bodies.Given) => Shot])[] = [
  [8, bodies.good],
  [15, bodies.replayed],
  [8, bodies.otherKey],
  [8, bodies.malformed],
  [7, bodies.truncated],
  [6, bodies.oddShape],
  [5, bodies.otherProduct],
  [1, bodies.oversized],
  [20, bodies.wrongToken],
  [14, bodies.wrongEvent],
  [3, heads.method],
  [3, heads.header],
  [2, heads.head],
]

/** All requests of a run. The same seed and count: the same bytes. */
export class Plan {
  readonly steps: SealedSteps
  /** So many fill what the handler remembers, and what Node and the generator keep: memory is flat after them. */
  readonly warmUp: number
  readonly #seed: number

  constructor({ seed, count }: { readonly seed: number; readonly count: number }) {
    this.#seed = seed
    this.warmUp = Math.min(20_000, Math.floor(count / 5))
    // So many that the limit is reached only where that is meant, and that none is forgotten.
    this.steps = new SealedSteps(seed, { many: Math.min(8_000, Math.max(128, Math.ceil(count / 200))) })
  }

  shot(index: number): Shot {
    const random = new Random(this.#seed, index)
    const given = { steps: this.steps, random, index }
    // Every second one of the warm-up is a hint to be remembered.
    if (index < this.warmUp && index % 2 === 0) return bodies.good(given)
    let left = random.below(100)
    for (const [share, make] of shares) {
      left -= share
      if (left < 0) return make(given)
    }
    throw new Error('the shares are not a hundred')
  }

  /** A good event to be sent while slow senders are connected. */
  meanwhile(index: number): Shot {
    const random = new Random(this.#seed, index)
    return { ...bodies.good({ steps: this.steps, random, index }), kind: 'meanwhile' }
  }
}
