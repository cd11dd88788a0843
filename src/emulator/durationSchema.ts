import { z } from 'zod'
import { anyMsOf, type Duration } from '../base/duration.js'

function notDuration(value: unknown): string {
  const problem = value === undefined ? 'is missing' : 'is not a duration'
  return `${problem}; give milliseconds, or a text such as "5 s"`
}

/** A number of milliseconds, or a text with a unit. */
export function duration(most = Number.POSITIVE_INFINITY): z.ZodType<Duration, Duration> {
  return z.custom<Duration>().check(({ value, issues }) => {
    const found = anyMsOf(value)
    const issue = { input: value, origin: 'number' as const }
    if (Number.isNaN(found)) issues.push({ input: value, code: 'custom', message: notDuration(value) })
    else if (found < 0) issues.push({ ...issue, code: 'too_small', minimum: 0 })
    else if (found > most) issues.push({ ...issue, code: 'too_big', maximum: most })
  })
}
