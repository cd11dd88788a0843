import { forgetOldest } from '../contract/forgetOldest.js'
import { object } from '../contract/json.js'

/** A pulled event in the two parts that it has. */
export interface Pulled {
  /** Undefined where it is missing or no text. */
  readonly handle: string | undefined
  /** The event as a push would bring it: every other member, in its order. */
  readonly body: unknown
}

/** Never throws: an event of any shape says nothing about the others of its batch. */
export function takeApart(event: unknown): Pulled {
  const members = object(event)
  if (!members) return { handle: undefined, body: event }
  const { EventHandle, ...body } = members
  const handle = typeof EventHandle === 'string' && EventHandle !== '' ? EventHandle : undefined
  return { handle, body }
}

/** The last so many texts. */
export class Recently {
  readonly #max: number
  readonly #known = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  /** Whether it is new. */
  add(text: string): boolean {
    if (this.#known.has(text)) return false
    this.#known.add(text)
    forgetOldest(this.#known, this.#max)
    return true
  }
}
