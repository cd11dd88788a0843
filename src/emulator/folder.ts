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
 * Makes the folder if need be, and locks it for this process.
 *
 * @returns what releases it.
 * @throws FolderError when it cannot be written, or a running process uses it; then nothing in it was written.
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

/** What is done in a folder. @throws FolderError where that cannot be done. */
export function writing<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof FolderError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new FolderError(folder, `cannot be written (${code})`, 'give another one, or make it writable')
  }
}

function inUse(folder: string, { owner: { pid, host }, marks }: InUse): FolderError {
  const remedy = 'give another one, or stop that process first'
  return host === hostname()
    ? new FolderError(folder, `is in use by process ${pid}`, remedy)
    : new FolderError(
        folder,
        `is in use by process ${pid} of ${host}`,
        `${remedy}; if it is gone, delete ${marks}`,
      )
}

/** Step by step: where a folder cannot be made at all, e.g. in /proc, `mkdirSync` with `recursive` never returns. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}
