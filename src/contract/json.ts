import { cut } from './text.js'

/** Functions that read VOD's answers and never throw. */

export type Json = Readonly<Record<string, unknown>>

const maxText = 1_000

/** Returns the whole text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Returns the start of the text, for values that are kept. */
export function text(value: unknown): string {
  return typeof value === 'string' ? cut(value, maxText) : ''
}

/** Returns true for a text that can be an id, a URL or a word. Blanks and the text `null` are not. */
export function isName(value: unknown): boolean {
  const said = text(value).trim()
  return said !== '' && said !== 'null'
}

/** Returns true for the number of a template. A member without a definition, or with 0, asks for nothing. */
export function isDefinition(value: unknown): value is number {
  return typeof value === 'number' && value !== 0
}

export function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

export function itemsOf(list: unknown): Json[] {
  return Array.isArray(list) ? list.map(object).filter((item) => item !== undefined) : []
}

/** Returns the first item for each key, and all items without a key. */
export function distinct<T>(items: readonly T[], keyOf: (item: T) => string | undefined): T[] {
  const keys = new Set<string>()
  return items.filter((item) => {
    const key = keyOf(item)
    const isKnown = key !== undefined && keys.has(key)
    if (key !== undefined) keys.add(key)
    return !isKnown
  })
}

/** Returns the fields that are neither empty nor undefined. */
export function filled<T extends Readonly<Record<string, string | readonly unknown[] | undefined>>>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined && value.length > 0)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}
