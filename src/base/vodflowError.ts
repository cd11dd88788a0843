/** A remedy that reads differently in the command line. */
export interface Advice {
  /** The remedy in words of the API: a method or an option. */
  readonly remedy: string
  /** The same as a command or a flag of `vodflow`. */
  readonly command: string
}

/** A remedy, or several of them, one sentence after another. */
export type Remedy = string | Advice | readonly (string | Advice)[]

/** Returns a remedy in words of the API (`remedy`) or of the command line (`command`). */
function inWords(given: Remedy, words: keyof Advice): string {
  const parts = [given].flat() as readonly (string | Advice)[]
  return parts.map((part) => (typeof part === 'string' ? part : part[words])).join(' ')
}

/** The parts of an error's message. */
export interface ErrorText {
  /** The problem, without a full stop. */
  readonly what: string
  /** The action that fixes the problem. */
  readonly remedy: Remedy
  readonly cause?: unknown
  /** Default: both of the above. */
  readonly message?: (say: (remedy: Remedy) => string) => string
}

/** The root of all errors that vodflow throws. Each has a `code` that stays the same when its message changes. */
export abstract class VodflowError extends Error {
  /** Identifies the class of the error, e.g. in logs. It never changes. */
  abstract readonly code: `VODFLOW_${string}`
  /** The problem, without a full stop. */
  readonly what: string
  /** The action that fixes the problem. */
  readonly remedy: string
  readonly #inCommands: { readonly message: string; readonly remedy: string }

  /** @internal */
  constructor({ what, remedy, cause, message = (say) => `${what}. ${say(remedy)}` }: ErrorText) {
    const messageIn = (words: keyof Advice) => message((each) => inWords(each, words))
    super(messageIn('remedy'), cause === undefined ? undefined : { cause })
    this.what = what
    this.remedy = inWords(remedy, 'remedy')
    this.#inCommands = { message: messageIn('command'), remedy: inWords(remedy, 'command') }
  }

  /**
   * The message and the remedy in words of the command line.
   *
   * @internal
   */
  get inCommands(): { readonly message: string; readonly remedy: string } {
    return this.#inCommands
  }
}
