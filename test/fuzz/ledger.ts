import type { DeliverEvent } from '../../src/callbacks/index.js'
import { defaultLimits } from '../../src/callbacks/pushOptions.js'
import { forgetOldest } from '../../src/contract/forgetOldest.js'
import { nameOf } from './sealed.js'

/** The handler forgets the oldest of more hints than these (`maxRemembered`), which may then be signals again. */
const remembered = 10_000

export interface LedgerOptions {
  /** The steps that the request under way has a token for. */
  readonly asked: () => ReadonlySet<string>
  readonly violated: (rule: string) => void
}

/** Takes the deliveries as Temporal would, and holds each against the rules. It keeps no more than the handler may. */
export class Ledger {
  count = 0
  readonly #options: LedgerOptions
  readonly #lastOf = new Map<string, { readonly count: number; readonly at: number }>()

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  readonly deliver: DeliverEvent = async (address, hint) => {
    const { asked, violated } = this.#options
    this.count++
    const step = nameOf(address)
    if (!asked().has(step)) violated(`delivered to ${step}, and the request has no token for it`)
    if (hint.SessionId !== address.SessionId) violated('the hint is for another step than its address')
    if (hint.v !== 1 || hint.TaskId === '' || hint.TaskId.length > 200) violated('the hint is out of bounds')
    this.#once(JSON.stringify([step, hint.TaskId, hint.terminal, hint.terminal ? null : hint.percent]))
    return 'delivered'
  }

  #once(key: string): void {
    const now = performance.now()
    const last = this.#lastOf.get(key)
    const known = last !== undefined && this.count - last.count <= remembered
    // The handler looked at its clock a little before: a pause in between would make the time look shorter.
    if (known && now - last.at < defaultLimits.deduplicationWindow - slackMs)
      this.#options.violated('the same hint was delivered twice within its time')
    this.#lastOf.delete(key)
    this.#lastOf.set(key, { count: this.count, at: now })
    forgetOldest(this.#lastOf, remembered)
  }
}

const slackMs = 10_000
