import { VodflowError } from '../base/vodflowError.js'
import { classifyError, type ErrorClass } from './errorCodes.js'
import { plain } from './visible.js'

export type { ErrorClass } from './errorCodes.js'

export interface VodErrorOptions {
  readonly action: string
  readonly code: string
  /** VOD's own words. They change: nothing is decided from them. */
  readonly problem: string
  readonly requestId?: string
}

/** VOD refused a call, or did not answer it. */
export class VodError extends VodflowError {
  override readonly name = 'VodError'
  override readonly code = 'VODFLOW_VOD_CALL_FAILED'
  readonly action: string
  /** Tencent's code, or `ClientError.*` where no answer came. */
  readonly vodCode: string
  readonly class: ErrorClass
  /** Names the call in a ticket to Tencent; empty when none reached VOD. */
  readonly requestId: string
  /** VOD's own words. They change: decide nothing from them. */
  readonly problem: string
  /** Refused for a reason that often passes within a minute. */
  readonly passes: boolean

  constructor({ action, code, problem, requestId = '' }: VodErrorOptions) {
    const meaning = classifyError(code)
    const request = requestId === '' ? '' : ` [RequestId ${requestId}]`
    const what = `${action}: ${code}: ${problem}`
    super({ what, remedy: meaning.remedy, message: `${what}. ${meaning.remedy}.${request}` })
    this.action = action
    this.vodCode = code
    this.class = meaning.class
    this.requestId = requestId
    this.problem = problem
    this.passes = meaning.passes ?? false
  }
}

/** What is wrong, and what to do about it. */
export interface Problem {
  readonly problem: string
  readonly remedy: string
}

/** One thing that is wrong with an input. */
export interface FieldProblem extends Problem {
  readonly field: string
}

/** The problems among the details of a failure, which another version or workflow may have written. */
export function problemsAmong(details: readonly unknown[] | null | undefined): readonly FieldProblem[] {
  return (details ?? []).filter(isFieldProblem)
}

function isFieldProblem(detail: unknown): detail is FieldProblem {
  const { field, problem, remedy } = Object(detail) as Partial<Record<keyof FieldProblem, unknown>>
  return [field, problem, remedy].every((each) => typeof each === 'string' && each !== '')
}

/** An input was refused before anything was sent. */
export class InvalidInputError extends VodflowError {
  override readonly name = 'InvalidInputError'
  override readonly code = 'VODFLOW_INVALID_INPUT'
  /** Each field that is wrong. */
  readonly problems: readonly FieldProblem[]

  constructor(problems: readonly FieldProblem[]) {
    // A problem names a value, which others may have written: each stays one line.
    const message = problems.map(({ field, problem, remedy }) => plain(`${field}: ${problem}; ${remedy}`))
    super({
      what: problems.map(({ field, problem }) => plain(`${field}: ${problem}`)).join(', '),
      remedy: [...new Set(problems.map(({ remedy }) => plain(remedy)))].join('; '),
      message: message.join('\n'),
    })
    this.problems = problems
  }

  /** Names of the fields that are wrong. */
  get fields(): readonly string[] {
    return this.problems.map(({ field }) => field)
  }
}
