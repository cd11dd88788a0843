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
export class VodError extends Error {
  override readonly name = 'VodError'
  readonly action: string
  /** Tencent's code, or `ClientError.*` where no answer came. */
  readonly code: string
  readonly class: ErrorClass
  /** Names the call in a ticket to Tencent; empty when none reached VOD. */
  readonly requestId: string
  /** VOD's own words. They change: decide nothing from them. */
  readonly problem: string
  /** What to do about it. */
  readonly remedy: string
  /** Refused for a reason that often passes within a minute. */
  readonly passes: boolean

  constructor({ action, code, problem, requestId = '' }: VodErrorOptions) {
    const meaning = classifyError(code)
    const request = requestId === '' ? '' : ` [RequestId ${requestId}]`
    super(`${action}: ${code}: ${problem}. ${meaning.remedy}.${request}`)
    this.action = action
    this.code = code
    this.class = meaning.class
    this.requestId = requestId
    this.problem = problem
    this.remedy = meaning.remedy
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
}

/** What is wrong, and what to do about it. */
export type Problem = Omit<FieldProblem, 'field'>

/** The problems among the details of a failure, which another version or workflow may have written. */
export function problemsAmong(details: readonly unknown[] | null | undefined): readonly FieldProblem[] {
  return (details ?? []).filter(isFieldProblem)
}

function isFieldProblem(detail: unknown): detail is FieldProblem {
  const { field, problem, remedy } = Object(detail) as Partial<Record<keyof FieldProblem, unknown>>
  return [field, problem, remedy].every((each) => typeof each === 'string' && each !== '')
}

/** An input was refused before anything was sent. */
export class InvalidInputError extends Error {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'InvalidInputError'
  /** Everything that is wrong, one entry for each field. */
  readonly problems: readonly FieldProblem[]

  constructor(problems: readonly FieldProblem[]) {
    // A problem names a value, which others may have written: each stays one line.
    super(problems.map(({ field, problem, remedy }) => plain(`${field}: ${problem}; ${remedy}`)).join('\n'))
    this.problems = problems
  }

  /** Names of the fields that are wrong. */
  get fields(): readonly string[] {
    return this.problems.map(({ field }) => field)
  }
}
