import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type InUse, lockFolder } from './folderLock.js'

/** A folder that cannot be used for data. */
export class FolderError extends Error {
  override readonly name = 'FolderError'

  constructor(
    readonly folder: string,
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(`the data folder ${folder} ${problem}; ${remedy}`)
  }
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'vodflow-vod-'))
}

/**
 * Creates the folder unless it exists, and locks it for this process.
 *
 * @returns a function that releases the lock
 * @throws FolderError if the folder is not writable or a running process uses it. Nothing in it was written then.
 */
export function takeFolder(given: string): () => void {
  const folder = resolve(given)
  const lock = writing(folder, () => {
    makeFolder(folder)
    readdirSync(folder)
    accessSync(folder, constants.W_OK)
    return lockFolder(folder)
  })
  if ('owner' in lock) throw inUse(folder, lock)
  return lock.release
}

/** Runs work that writes to a folder. @throws FolderError if the work fails. */
export function writing<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof FolderError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new FolderError(folder, `cannot be written (${code})`, 'use another one, or make it writable')
  }
}

function inUse(folder: string, { owner: { pid, host }, marks }: InUse): FolderError {
  const remedy = 'use another one, or stop that process first'
  return host === hostname()
    ? new FolderError(folder, `is in use by process ${pid}`, remedy)
    : new FolderError(
        folder,
        `is in use by process ${pid} of ${host}`,
        `${remedy}; if it is gone, delete ${marks}`,
      )
}

/** Creates each folder on its own, because `mkdirSync` with `recursive` never returns where no folder can be created, e.g. in /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}
