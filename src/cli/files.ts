import { access, constants, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { notWrittenHere, readReplaceable, replaceFile } from '../operate/report/replaceFile.js'

/** A path that somebody gave, and what to say where it cannot be used. */
export interface Given {
  /** The option or the argument, e.g. `--template` or `<file>`. */
  readonly option: string
  readonly path: string
  readonly remedy: string
}

/** What a system says of a path, for people. */
const problems: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'has a file where a folder must be',
  EISDIR: 'is a folder',
  EEXIST: 'is a file, not a folder',
  EACCES: 'is not open to this user',
  EPERM: 'is not open to this user',
  EROFS: 'is on a disk that cannot be written',
  ENOSPC: 'is on a disk that is full',
  ENAMETOOLONG: 'is too long',
  ELOOP: 'is a link to itself',
}

/** Names the option, the path, the problem and the remedy. */
export function fileError({ option, path, remedy }: Given, error: unknown): Error {
  // The path of the error may be one within the given one.
  const { code = '', message, path: at = path } = error as NodeJS.ErrnoException
  const problem = problems[code]
  return new Error(`${option} ${resolve(at)}: ${problem ? `${problem} (${code})` : message}; ${remedy}`, {
    cause: error,
  })
}

/** What is done with a path, with an error that names the option. */
export function failing<T>(given: Given, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw fileError(given, error)
  })
}

export function readGiven(given: Given): Promise<string> {
  return failing(given, readFile(given.path, 'utf8'))
}

/** Replaces the file as a whole, or leaves it as it was. */
export function writeGiven(
  given: Given,
  text: string,
  { mode }: { readonly mode?: number } = {},
): Promise<void> {
  return failing(given, replaceFile(given.path, text, mode))
}

/** A file to write later: what was done for it must not be lost for want of a place, nor take the place of somebody's file. */
export async function requireReplaceable(given: Given, isOurs: (text: string) => boolean): Promise<void> {
  const there = await failing(given, readReplaceable(given.path))
  if (there !== undefined && there !== '' && !isOurs(there))
    throw fileError(given, notWrittenHere(given.path))
  await failing(
    given,
    access(dirname(resolve(given.path)), constants.W_OK).catch((error) => {
      throw Object.assign(error, { path: given.path })
    }),
  )
}

/** A file to read later. */
export async function requireFile(given: Given): Promise<void> {
  const found = await failing(given, stat(given.path))
  if (!found.isFile()) throw fileError(given, { code: 'EISDIR' })
}

/** A folder to read later. */
export async function requireFolder(given: Given): Promise<void> {
  await failing(given, readdir(given.path))
}

/** Makes a folder if need be, to write into. */
export async function makeGiven(given: Given): Promise<void> {
  const { makeFolder } = await import('../emulator/folder.js')
  await failing(
    given,
    Promise.resolve().then(() => makeFolder(resolve(given.path))),
  )
}

/** What uses a folder for data, with an error that names the option. */
export async function withData<T>(option: string, work: () => T | Promise<T>): Promise<T> {
  const { FolderError } = await import('../emulator/folder.js')
  try {
    return await work()
  } catch (error) {
    if (error instanceof FolderError)
      throw new Error(`${option} ${error.folder}: ${error.problem}; ${error.remedy}`, { cause: error })
    throw error
  }
}
