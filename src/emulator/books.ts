/** A call and its answer. */
export interface EmulatorCall {
  /** Time of the answer, ms since the epoch. */
  readonly at: number
  /** Action of VOD's API. */
  readonly action: string
  /** SessionId of the request. Empty if it has none. */
  readonly SessionId: string
  /** Empty for a success. A call that hangs because of a fault has no entry, because it has no answer. */
  readonly code: string
  /** Whether a fault lost the answer. */
  readonly lost?: boolean
}

/** One send of a callback. */
export interface EmulatorCallback {
  /** Time of the send, ms since the epoch. */
  readonly at: number
  /** The callback address. */
  readonly url: string
  /** Type of the event. */
  readonly EventType: string
  /** Id of the task that the event announces. */
  readonly TaskId: string
  /** 1 to 3. */
  readonly send: number
  /** `HTTP 200`, `timeout` or `no connection`. */
  readonly answer: string
}

/** Maximum number of entries of each kind, so that a long run does not exhaust memory. */
const maxEntries = 1_000_000

/** Called for each entry. The query of a URL in it may contain secrets. */
export type EmulatorLog = (fields: object, message: string) => void

/** Records what happened from VOD's side, which tests compare with what vodflow reports. */
export class Books {
  readonly #log: EmulatorLog | undefined
  readonly calls: EmulatorCall[] = []
  readonly callbacks: EmulatorCallback[] = []
  /** Number of calls in progress. */
  underWay = 0

  constructor(log?: EmulatorLog) {
    this.#log = log
  }

  async whileUnderWay<T>(call: () => T | Promise<T>): Promise<T> {
    this.underWay++
    try {
      return await call()
    } finally {
      this.underWay--
    }
  }

  call(entry: EmulatorCall): void {
    if (this.calls.length < maxEntries) this.calls.push(entry)
    const { at: _, ...fields } = entry
    this.#log?.(fields, 'a call was answered')
  }

  callback(entry: EmulatorCallback): void {
    if (this.callbacks.length < maxEntries) this.callbacks.push(entry)
    const { at: _, ...fields } = entry
    this.#log?.(fields, 'an event was sent')
  }
}
