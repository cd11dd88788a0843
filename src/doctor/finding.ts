/** What one check has found. */
export interface Finding {
  /** What was looked at, e.g. `namespace`. */
  readonly check: string
  /** `bad`: it will not work. `doubtful`: it may not, or cannot be told from here. `skipped`: needs what another check has found missing. */
  readonly state: 'good' | 'doubtful' | 'bad' | 'skipped'
  /** One sentence for a person. */
  readonly what: string
  /** The command or the setting that mends it. */
  readonly mend?: string
}

export const good = (check: string, what: string): Finding => ({ check, state: 'good', what })
export const skipped = (check: string, what: string): Finding => ({ check, state: 'skipped', what })
export const bad = (check: string, what: string, mend: string): Finding => ({
  check,
  state: 'bad',
  what,
  mend,
})
export const doubtful = (check: string, what: string, mend: string): Finding => ({
  check,
  state: 'doubtful',
  what,
  mend,
})

/** Whatever a check throws is a finding. */
export function failed(check: string, error: unknown, mend: string): Finding {
  const what = error instanceof Error ? error.message : String(error)
  // Our errors end with their remedy, which is said once.
  return bad(check, firstLine(what.replace(mend, '').trimEnd()), mend)
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 400)
}
