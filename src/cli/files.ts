import { access, constants, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { notWrittenHere, readReplaceable, replaceFile } from '../operate/report/replaceFile.js'

/** A path from the command line, and the remedy to print if it cannot be used. */
export interface Given {
  /** The option or the argument, e.g. `--template` or `<file>`. */
  readonly option: string
  readonly path: string
  readonly remedy: string
}

/** The system's error codes for a path, in words. */
const problems: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'has a file where a folder is expected',
  EISDIR: 'is a folder',
  EEXIST: 'is a file, not a folder',
  EACCES: 'is not accessible to this user',
  EPERM: 'is not accessible to this user',
  EROFS: 'is on a read-only disk',
  ENOSPC: 'is on a full disk',
  ENAMETOOLONG: 'is too long',
  ELOOP: 'is a link to itself',
}

/** Returns an error that names the option, the path, the problem and the remedy. */
export function fileError({ option, path, remedy }: Given, error: unknown): Error {
  // The error may name a path inside the given one.
  const { code = '', message, path: at = path } = error as NodeJS.ErrnoException
  const problem = problems[code]
  return new Error(`${option} ${resolve(at)}: ${problem ? `${problem} (${code})` : message}; ${remedy}`, {
    cause: error,
  })
}

/** Waits for work on a path. Its error names the option. */
export function failing<T>(given: Given, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw fileError(given, error)
  })
}

export function readGiven(given: Given): Promise<string> {
  return failing(given, readFile(given.path, 'utf8'))
}

/** Replaces the whole file, or leaves it unchanged. */
export function writeGiven(
  given: Given,
  text: string,
  { mode }: { readonly mode?: number } = {},
): Promise<void> {
  return failing(given, replaceFile(given.path, text, mode))
}

/** Checks a file before the work whose result it will hold: it must be writable, and must not belong to another program. */
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

/** Checks a file that is read later. */
export async function requireFile(given: Given): Promise<void> {
  const found = await failing(given, stat(given.path))
  if (!found.isFile()) throw fileError(given, { code: 'EISDIR' })
}

/** Checks a folder that is read later. */
export async function requireFolder(given: Given): Promise<void> {
  await failing(given, readdir(given.path))
}

/** Creates a folder to write into, unless it exists. */
export async function makeGiven(given: Given): Promise<void> {
  const { makeFolder } = await import('../emulator/folder.js')
  await failing(
    given,
    Promise.resolve().then(() => makeFolder(resolve(given.path))),
  )
}

/** Runs work that uses a folder for data. Its error names the option. */
export async function withData<T>(option: string, work: () => T | Promise<T>): Promise<T> {
  const { FolderError } = await import('../emulator/folder.js')
  try {
    return await work()
  } catch (error) {
    if (error instanceof FolderError)
      throw new Error(`${option} ${error.folder}: ${error.problem}. ${error.remedy}`, { cause: error })
    throw error
  }
}
