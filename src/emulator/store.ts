import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { FolderError } from './folder.js'

/** A change of a collection, as plain JSON. A null value removes the key. */
type Line = readonly [collection: string, key: string, value: unknown]

const journalName = 'journal.jsonl'

/**
 * Collections of plain objects that survive a kill, because every change is in the journal before it is acknowledged. Without a folder,
 * nothing is kept.
 */
export class Store {
  readonly #collections = new Map<string, Map<string, unknown>>()
  #journal: number | undefined
  #batch: Line[] | undefined

  constructor(folder?: string) {
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true })
    const path = join(folder, journalName)
    if (!isReplaceable(path))
      throw new FolderError(folder, `has a ${journalName} that is not a regular file`, 'Use another one.')
    const journal = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (!isJournal(journal))
      throw new FolderError(folder, `has a ${journalName} of another program`, 'Use another one.')
    this.#replay(journal)
    this.#compact(path)
    this.#journal = openSync(path, 'a')
  }

  collection<T>(name: string): Collection<T> {
    const values = this.#valuesOf(name) as Map<string, T>
    return {
      get: (key) => values.get(key),
      all: () => [...values.values()],
      put: (key, value) => {
        values.set(key, value)
        this.#write([name, key, value])
      },
      remove: (key) => {
        if (values.delete(key)) this.#write([name, key, null])
      },
    }
  }

  close(): void {
    if (this.#journal === undefined) return
    fsyncSync(this.#journal)
    closeSync(this.#journal)
    this.#journal = undefined
  }

  #valuesOf(name: string): Map<string, unknown> {
    const known = this.#collections.get(name)
    if (known) return known
    const values = new Map<string, unknown>()
    this.#collections.set(name, values)
    return values
  }

  /** Keeps all of these changes or none, as one line of the journal. */
  together<T>(changes: () => T): T {
    const outer = this.#batch
    const batch = outer ?? []
    this.#batch = batch
    try {
      return changes()
    } finally {
      this.#batch = outer
      if (!outer && batch.length > 0) this.#append(batch)
    }
  }

  #write(line: Line): void {
    if (this.#batch) this.#batch.push(line)
    else this.#append([line])
  }

  #append(lines: readonly Line[]): void {
    if (this.#journal !== undefined) writeSync(this.#journal, `${JSON.stringify(lines)}\n`)
  }

  /** A kill may have truncated the last line, which was not acknowledged then. */
  #replay(journal: string): void {
    for (const [name, key, value] of journal.split('\n').flatMap(parse)) {
      if (value === null) this.#valuesOf(name).delete(key)
      else this.#valuesOf(name).set(key, value)
    }
  }

  #compact(path: string): void {
    const next = `${path}.next`
    writeFileSync(next, '')
    // An event configuration contains the SignKey.
    chmodSync(next, 0o600)
    for (const [name, values] of this.#collections) {
      for (const [key, value] of values) appendFileSync(next, `${JSON.stringify([[name, key, value]])}\n`)
    }
    renameSync(next, path)
  }
}

export interface Collection<T> {
  get(key: string): T | undefined
  all(): T[]
  put(key: string, value: T): void
  remove(key: string): void
}

/** Refuses a pipe, which would block, and a broken link, which would be lost. */
function isReplaceable(path: string): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false })
  return !there || statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** Recognizes a journal by its lists of changes, because another program's file of that name would be overwritten. */
function isJournal(text: string): boolean {
  return text === '' || text.startsWith('[["')
}

/** Returns the changes of a line, or none if it is truncated. */
function parse(text: string): Line[] {
  try {
    const lines: unknown = JSON.parse(text)
    return Array.isArray(lines) ? (lines as Line[]) : []
  } catch {
    return []
  }
}
