import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { chmod, lstat, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { statOpen } from '../openFile.js'

type Content = string | Uint8Array

/**
 * Replaces a file as a whole: the earlier file stays until the new one is complete. For a link, the target is replaced. Without `mode`, the
 * mode of the earlier file is kept.
 */
export async function replaceFile(path: string, content: Content, mode?: number): Promise<void> {
  const target = await realpath(path).catch(ifMissing(path))
  const kept = mode ?? (await stat(target).then(permissions, ifMissing(undefined)))
  await putFile(target, content, kept)
}

/**
 * Returns the text of a file that is to be replaced, or `undefined` if there is none. It reads only regular files, because a pipe would
 * wait for its other end.
 */
export async function readReplaceable(path: string): Promise<string | undefined> {
  return (await requireReplaceable(path)) ? readFile(path, 'utf8') : undefined
}

/** Throws for a device, pipe or socket, because other programs may use it. */
async function requireReplaceable(path: string): Promise<Stats | undefined> {
  const there = await stat(path).catch(ifMissing(undefined))
  if (!there && (await lstat(path).catch(ifMissing(undefined))))
    throw leftAsItIs(path, 'is a link to a file that does not exist')
  if (there && !there.isFile() && !there.isDirectory()) throw leftAsItIs(path, 'is not a regular file')
  if (there && isOutput(there)) throw leftAsItIs(path, 'is the output of this command')
  return there
}

function isOutput({ dev, ino }: Stats): boolean {
  return [1, 2].map(statOpen).some((output) => output.dev === BigInt(dev) && output.ino === BigInt(ino))
}

/** Writes a file like {@link replaceFile}, but replaces a link itself. */
export async function putFile(path: string, content: Content, mode?: number): Promise<void> {
  await requireReplaceable(path)
  const next = join(dirname(path), `.vodflow-${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeFile(next, content, { flag: 'wx', mode })
    // A umask may have removed permissions.
    if (mode !== undefined) await chmod(next, mode)
    await rename(next, path).catch(async (error: NodeJS.ErrnoException) => {
      // A single file that a container mounts can only be written in place.
      if (error.code !== 'EBUSY') throw error
      await writeFile(path, content)
      await rm(next)
    })
  } catch (error) {
    await rm(next, { force: true }).catch(() => {})
    throw Object.assign(error as NodeJS.ErrnoException, { path: atPath(path, error) })
  }
}

/** Replaces the temporary name in an error by the path of the file. */
function atPath(path: string, error: unknown): string {
  const { path: at = path } = error as NodeJS.ErrnoException
  return basename(at).startsWith('.vodflow-') ? path : at
}

function permissions({ mode }: { readonly mode: number }): number {
  return mode & 0o777
}

/** Returns the error for a file of another program, which is not replaced. */
export function notWrittenHere(path: string): NodeJS.ErrnoException {
  return leftAsItIs(path, 'is a file that vodflow did not write, so it was not replaced')
}

function leftAsItIs(path: string, problem: string): NodeJS.ErrnoException {
  return Object.assign(new Error(problem), { path })
}

/** Returns a handler that maps the error for a missing file to a value. */
export function ifMissing<T>(otherwise: T) {
  return (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return otherwise
    throw error
  }
}
