/**
 * A small seeded generator (mulberry32). Every input has one of its own, from the run's seed and the input's number:
 * so an input is the same whatever order the connections send them in.
 */
export class Random {
  #state: number

  constructor(seed: number, index: number) {
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)
  }

  /** 32 bits. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.bits() / 2 ** 32) * limit)
  }

  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('nothing to pick from')
    return from[this.below(from.length)] as T
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }

  /** Of all planes, lone surrogates too, and mostly of those characters that mean something somewhere. */
  text(maxLength: number): string {
    const length = this.below(maxLength + 1)
    return Array.from({ length }, () =>
      this.oneIn(4) ? String.fromCharCode(this.below(0x10000)) : this.pick(telling),
    ).join('')
  }
}

const telling = [
  ...'aZ09._-|=+/\\"\'{}[]:, \0\n\r\t%<>$',
  'é',
  '图',
  '😀',
  '\ud800',
  '\udfff',
  '\u2028',
  '\ufeff',
]
