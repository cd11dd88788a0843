import { cut } from '../../contract/text.js'
/** What one check has found. */
export interface Finding {
  /** What was looked at, e.g. `namespace`. */
  readonly check: string
  /** `bad`: it will not work. `doubtful`: it may not, or cannot be told from here. `skipped`: needs what another check has found missing. */
  readonly state: 'good' | 'doubtful' | 'bad' | 'skipped'
  /** One sentence for a person. */
  readonly what: string
  /** The command or the setting that fixes it. */
  readonly fix?: string
}

export const good = (check: string, what: string): Finding => ({ check, state: 'good', what })
export const skipped = (check: string, what: string): Finding => ({ check, state: 'skipped', what })
export const bad = (check: string, what: string, fix: string): Finding => ({
  check,
  state: 'bad',
  what,
  fix,
})
export const doubtful = (check: string, what: string, fix: string): Finding => ({
  check,
  state: 'doubtful',
  what,
  fix,
})

/** Whatever a check throws is a finding. */
export function failed(check: string, error: unknown, fix: string): Finding {
  const what = error instanceof Error ? error.message : String(error)
  // Our errors end with their remedy, which is said once.
  return bad(check, firstLine(what.replace(fix, '').trimEnd()), fix)
}

function firstLine(text: string): string {
  return cut(text.split('\n')[0] ?? '', 400)
}
