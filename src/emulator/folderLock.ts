import { randomUUID } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { isRunning, markOf, type ProcessMark } from './processMark.js'

export interface FolderLock {
  readonly release: () => void
}

export interface InUse {
  readonly owner: ProcessMark
  /** The folder whose removal unlocks. */
  readonly marks: string
}

/**
 * Locks an existing folder for this process, until the process releases the lock or ends in any way.
 *
 * Each owner adds a mark with the next number, which only one process can create. The highest number owns the folder. A number is never
 * used again, so that a slow process that found an owner dead cannot displace a later owner. The last mark stays, empty, when its owner
 * releases the lock.
 *
 * @returns a function that releases the lock, or the running process that holds it, which may be this one. Nothing was written then.
 */
export function lockFolder(folder: string): FolderLock | InUse {
  const marks = join(folder, '.lock')
  for (;;) {
    const last = lastMark(marks)
    const owner = ownerOf(join(marks, `${last}`))
    if (owner && isRunning(owner)) return { owner, marks }
    const mine = `${last + 1}`
    const isOwner = create(join(marks, mine), marks) && lastMark(marks) === last + 1
    if (!isOwner) continue
    for (const name of readdirSync(marks)) if (name !== mine) rmSync(join(marks, name), { force: true })
    return { release: () => empty(join(marks, mine)) }
  }
}

/** Checks first, because the whole folder may have been removed. */
function empty(mark: string): void {
  if (existsSync(mark)) truncateSync(mark)
}

function lastMark(marks: string): number {
  mkdirSync(marks, { recursive: true })
  return Math.max(0, ...readdirSync(marks).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : [])))
}

/** Returns undefined if there is no mark, or its owner has released it. */
function ownerOf(path: string): ProcessMark | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessMark
  } catch {
    return undefined
  }
}

/** Creates a mark as a link, which appears with its whole content, and only if there was none. */
function create(path: string, marks: string): boolean {
  const whole = join(marks, randomUUID())
  writeFileSync(whole, JSON.stringify(markOf(process.pid)))
  try {
    linkSync(whole, path)
    return true
  } catch (error) {
    // ENOENT: a later owner has cleaned up.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  } finally {
    rmSync(whole, { force: true })
  }
}
