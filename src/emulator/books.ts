/** A call, as it was answered. */
export interface CallEntry {
  readonly at: number
  readonly action: string
  readonly SessionId: string
  /** Empty for a success. A call that a fault keeps hanging is not here: it has no answer. */
  readonly code: string
  readonly lost?: boolean
}

/** One send of a callback. */
export interface CallbackEntry {
  readonly at: number
  readonly url: string
  readonly EventType: string
  readonly TaskId: string
  /** 1 to 3. */
  readonly send: number
  /** `HTTP 200`, `timeout` or `no connection`. */
  readonly answer: string
}

/** At most so many entries of each kind, so that a long run does not fill the memory. */
const maxEntries = 1_000_000

/** Told of each entry. A URL in it may have secrets in its query. */
export type EmulatorLog = (fields: object, message: string) => void

/** What happened, from VOD's side: the truth that tests are held against. */
export class Books {
  readonly #log: EmulatorLog | undefined
  readonly calls: CallEntry[] = []
  readonly callbacks: CallbackEntry[] = []
  /** Calls that are being done now. */
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

  call(entry: CallEntry): void {
    if (this.calls.length < maxEntries) this.calls.push(entry)
    const { at: _, ...fields } = entry
    this.#log?.(fields, 'a call was answered')
  }

  callback(entry: CallbackEntry): void {
    if (this.callbacks.length < maxEntries) this.callbacks.push(entry)
    const { at: _, ...fields } = entry
    this.#log?.(fields, 'an event was sent')
  }
}
