import { VodflowError } from '../../base/vodflowError.js'
import { cut } from '../../contract/text.js'

/** The result of one check. */
export interface DoctorFinding {
  /** The subject of the check, e.g. `namespace`. */
  readonly check: string
  /** `bad`: it will not work. `doubtful`: it may not work, or cannot be checked from here. `skipped`: another check has to pass first. */
  readonly state: 'good' | 'doubtful' | 'bad' | 'skipped'
  /** One sentence that describes the result. */
  readonly what: string
  /** The command or the setting that fixes it. */
  readonly fix?: string
}

export const good = (check: string, what: string): DoctorFinding => ({ check, state: 'good', what })
export const skipped = (check: string, what: string): DoctorFinding => ({ check, state: 'skipped', what })
export const bad = (check: string, what: string, fix: string): DoctorFinding => ({
  check,
  state: 'bad',
  what,
  fix,
})
export const doubtful = (check: string, what: string, fix: string): DoctorFinding => ({
  check,
  state: 'doubtful',
  what,
  fix,
})

/** Makes a finding of the error that a check has thrown. */
export function failed(check: string, error: unknown, fix: string): DoctorFinding {
  return bad(check, firstLine(whatHappened(error)), fix)
}

/** Without the remedy: a finding has a `fix`. */
export function whatHappened(error: unknown): string {
  if (error instanceof VodflowError) return error.what
  return error instanceof Error ? error.message : String(error)
}

function firstLine(text: string): string {
  return cut(text.split('\n')[0] ?? '', 400)
}
