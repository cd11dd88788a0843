import { cut } from './text.js'

/** What VOD answers, read so that no answer can make it throw. */

export type Json = Readonly<Record<string, unknown>>

const maxText = 1_000

/** The whole text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Its beginning, for what is kept. */
export function text(value: unknown): string {
  return typeof value === 'string' ? cut(value, maxText) : ''
}

/** Whether it can be an id, a URL or a word: blanks and the text `null` are none. */
export function isName(value: unknown): boolean {
  const said = text(value).trim()
  return said !== '' && said !== 'null'
}

/** Whether it names a template: what has none, or 0, asks for nothing. */
export function isDefinition(value: unknown): value is number {
  return typeof value === 'number' && value !== 0
}

export function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

export function itemsOf(list: unknown): Json[] {
  return Array.isArray(list) ? list.map(object).filter((item) => item !== undefined) : []
}

/** The first of those with the same key; all without one. */
export function distinct<T>(items: readonly T[], keyOf: (item: T) => string | undefined): T[] {
  const keys = new Set<string>()
  return items.filter((item) => {
    const key = keyOf(item)
    const isKnown = key !== undefined && keys.has(key)
    if (key !== undefined) keys.add(key)
    return !isKnown
  })
}

/** The fields that are not empty. */
export function filled<T extends Readonly<Record<string, string | readonly unknown[]>>>(
  fields: T,
): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value.length > 0),
  ) as unknown as Partial<T>
}

export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}
