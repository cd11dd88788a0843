import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { VodflowError } from '../base/vodflowError.js'
import { type InUse, lockFolder } from './folderLock.js'

/** A folder cannot be used for data. Nothing in it was written. */
export class FolderError extends VodflowError {
  override readonly name = 'FolderError'
  override readonly code = 'VODFLOW_FOLDER'

  constructor(
    /** The path of the folder. */
    readonly folder: string,
    /** The reason, without the folder. */
    readonly problem: string,
    remedy: string,
  ) {
    super({ what: `The data folder ${folder} ${problem}`, remedy })
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
    throw new FolderError(folder, `cannot be written (${code})`, 'Use another one, or make it writable.')
  }
}

function inUse(folder: string, { owner: { pid, host }, marks }: InUse): FolderError {
  const remedy = 'Use another one, or stop that process first'
  return host === hostname()
    ? new FolderError(folder, `is in use by process ${pid}`, `${remedy}.`)
    : new FolderError(
        folder,
        `is in use by process ${pid} of ${host}`,
        `${remedy}; if it is gone, delete ${marks}.`,
      )
}

/** Creates each folder on its own, because `mkdirSync` with `recursive` never returns where no folder can be created, e.g. in /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}
