import { type Advice, VodflowError } from '../base/vodflowError.js'
import { type ErrorClass, meaningFor } from './errorCodes.js'
import { plain } from './visible.js'

export type { ErrorClass } from './errorCodes.js'

export interface VodErrorOptions {
  readonly action: string
  readonly code: string
  /** VOD's own message. It may change, so no decision depends on it. */
  readonly problem: string
  readonly requestId?: string
}

/** An error for a call that VOD refused or did not answer. */
export class VodError extends VodflowError {
  override readonly name = 'VodError'
  override readonly code = 'VODFLOW_VOD_CALL_FAILED'
  /** Action of VOD's API. */
  readonly action: string
  /** Tencent's code, or `ClientError.*` if no answer arrived. */
  readonly vodCode: string
  /** The class of the code, which decides whether a retry can help. */
  readonly class: ErrorClass
  /** The id of the call for a ticket to Tencent. Empty if the call did not reach VOD. */
  readonly requestId: string
  /** VOD's own message. It may change, so do not base decisions on it. */
  readonly problem: string
  /** The reason of the refusal often passes within a minute. */
  readonly passes: boolean

  /** @internal */
  constructor({ action, code, problem, requestId = '' }: VodErrorOptions) {
    const meaning = meaningFor(action, code)
    const request = requestId === '' ? '' : ` [RequestId ${requestId}]`
    const what = `${action}: ${code}: ${problem}`
    const remedy = adviceOf(meaning)
    super({ what, remedy, message: (say) => `${what}. ${say(remedy)}.${request}` })
    this.action = action
    this.vodCode = code
    this.class = meaning.class
    this.requestId = requestId
    this.problem = problem
    this.passes = meaning.passes ?? false
  }
}

/** One thing that is wrong with an input. */
export interface FieldProblem {
  /** The path of the field, e.g. `request.FileId`, or `input` for the whole. */
  readonly field: string
  /** What is wrong with it, e.g. `is missing`. */
  readonly problem: string
  /** What to pass instead. */
  readonly remedy: string
  /** The remedy as a flag or a command of `vodflow`, if it reads differently there. */
  readonly command?: string
}

/** A remedy in both wordings. */
function adviceOf({ remedy, command = remedy }: Pick<FieldProblem, 'remedy' | 'command'>): Advice {
  return { remedy, command }
}

/** A problem, and what to do about it. */
export type Problem = Omit<FieldProblem, 'field'>

/** Returns the problems among the details of a failure, which another version or workflow may have written. */
export function problemsAmong(details: readonly unknown[] | null | undefined): readonly FieldProblem[] {
  return (details ?? []).filter(isFieldProblem)
}

function isFieldProblem(detail: unknown): detail is FieldProblem {
  const {
    field,
    problem,
    remedy,
    command = remedy,
  } = Object(detail) as Partial<Record<keyof FieldProblem, unknown>>
  return [field, problem, remedy, command].every((each) => typeof each === 'string' && each !== '')
}

/** An error for an input that was refused before anything was sent. */
export class InvalidInputError extends VodflowError {
  override readonly name = 'InvalidInputError'
  override readonly code = 'VODFLOW_INVALID_INPUT'
  /** Each field that is wrong. */
  readonly problems: readonly FieldProblem[]

  constructor(problems: readonly FieldProblem[]) {
    // A problem may contain a value from outside, so each one is kept on one line.
    const remedyIn = (words: keyof Advice) =>
      [...new Set(problems.map((each) => plain(adviceOf(each)[words])))].join('; ')
    super({
      what: problems.map(({ field, problem }) => plain(`${field}: ${problem}`)).join(', '),
      remedy: { remedy: remedyIn('remedy'), command: remedyIn('command') },
      message: (say) =>
        problems.map((each) => plain(`${each.field}: ${each.problem}; ${say(adviceOf(each))}`)).join('\n'),
    })
    this.problems = problems
  }

  /** The names of the wrong fields. */
  get fields(): readonly string[] {
    return this.problems.map(({ field }) => field)
  }
}
