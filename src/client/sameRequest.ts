import { canonicalJson } from '../contract/canonicalJson.js'
import { keyOfStep } from '../contract/defaultKey.js'
import type { StartRequest } from '../temporal/startOf.js'
import type { RequestDifference } from './errorDetails.js'

/** VOD's defaults. A field that is left out means the same as its default. */
const defaults: Readonly<Record<string, unknown>> = {
  TasksPriority: 0,
  TasksNotifyMode: 'Finish',
  account: 'default',
}

/**
 * Returns the fields in which a request differs from the one that a run was started with, sorted by name. It ignores an idempotencyKey on
 * one side only: a rerun may have none, but has the workflow id that the key gave to the first run.
 *
 * @param options.namedByKey - true if the workflow id is made of the idempotencyKey of `is`. The run may then have another key, as a rerun
 *   does.
 */
export function differences(
  was: StartRequest,
  is: StartRequest,
  { namedByKey = false }: { readonly namedByKey?: boolean } = {},
): RequestDifference[] {
  const keyed = !namedByKey && was.idempotencyKey !== undefined && is.idempotencyKey !== undefined
  return differencesIn(fields(was, keyed), fields(is, keyed))
}

/** Returns the fields in which two sets of fields, each with its value as canonical JSON, differ, sorted by name. */
export function differencesIn(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): RequestDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
  return names
    .filter((field) => before[field] !== now[field])
    .map((field) => ({ field, ...shown(before[field], now[field]) }))
}

/** Returns every field with a value as canonical JSON. Absent, null, empty and VOD's default are the same. */
function fields(
  { request, account, key, idempotencyKey }: StartRequest,
  keyed: boolean,
): Record<string, string> {
  const usual = keyOfStep('ProcessMediaByProcedure', { idempotencyKey, request: { ...request } })
  const all = Object.entries({
    ...request,
    account,
    key: key === usual ? undefined : key,
    idempotencyKey: keyed ? idempotencyKey : undefined,
  })
  return Object.fromEntries(
    all
      .filter(([name, value]) => (value ?? '') !== '' && value !== defaults[name])
      .map(([name, value]) => [name, canonicalJson(value)]),
  )
}

const shownLength = 60

function shown(was: string | undefined, is: string | undefined): { was: string; is: string } {
  const same = commonPrefix(was ?? '', is ?? '')
  return { was: aroundDifference(was, same), is: aroundDifference(is, same) }
}

/** Cuts a long value to the part around the first character that differs. */
function aroundDifference(text: string | undefined, same: number): string {
  if (text === undefined) return 'not set'
  if (text.length <= shownLength) return text
  const from = Math.max(0, Math.min(same - 10, text.length - shownLength))
  const part = text.slice(from, from + shownLength)
  return `${from > 0 ? '…' : ''}${part}${from + shownLength < text.length ? '…' : ''} (${text.length} characters)`
}

function commonPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return length
}
