import { forgetOldest } from '../contract/forgetOldest.js'
import { object } from '../contract/json.js'

/** The two parts of a pulled event. */
export interface PulledEvent {
  /** Undefined if it is missing or not a string. */
  readonly handle: string | undefined
  /** The event as VOD pushes it: every other member, in its order. */
  readonly body: unknown
}

/** Separates the handle of an event from its body. Never throws, because one odd event must not affect the others of its batch. */
export function takeApart(event: unknown): PulledEvent {
  const members = object(event)
  if (!members) return { handle: undefined, body: event }
  const { EventHandle, ...body } = members
  const handle = typeof EventHandle === 'string' && EventHandle !== '' ? EventHandle : undefined
  return { handle, body }
}

/** Remembers the latest texts, up to a maximum. */
export class Recently {
  readonly #max: number
  readonly #known = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  /** Returns true if the text is new. */
  add(text: string): boolean {
    if (this.#known.has(text)) return false
    this.#known.add(text)
    forgetOldest(this.#known, this.#max)
    return true
  }
}
