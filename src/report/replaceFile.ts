import { randomBytes } from 'node:crypto'
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

type Content = string | Uint8Array

/**
 * Replaces a file as a whole: until the new one is complete, the earlier one stays. Of a link, the file that it leads to is replaced.
 * Without `mode`, the earlier file's is kept.
 */
export async function replaceFile(path: string, content: Content, mode?: number): Promise<void> {
  const target = await realpath(path).catch(ifMissing(path))
  const kept = mode ?? (await stat(target).then(permissions, ifMissing(undefined)))
  await putFile(target, content, kept)
}

/** The same; a link is replaced by the file. */
export async function putFile(path: string, content: Content, mode?: number): Promise<void> {
  const next = join(dirname(path), `.vodflow-${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeFile(next, content, { flag: 'wx', ...(mode === undefined ? {} : { mode }) })
    // A umask may have taken more away.
    if (mode !== undefined) await chmod(next, mode)
    await rename(next, path)
  } catch (error) {
    await rm(next, { force: true }).catch(() => {})
    throw Object.assign(error as NodeJS.ErrnoException, { path: atPath(path, error) })
  }
}

/** The temporary name says nothing to anybody. */
function atPath(path: string, error: unknown): string {
  const { path: at = path } = error as NodeJS.ErrnoException
  return basename(at).startsWith('.vodflow-') ? path : at
}

function permissions({ mode }: { readonly mode: number }): number {
  return mode & 0o777
}

/** What somebody else wrote is left as it is. */
export function notWrittenHere(path: string): NodeJS.ErrnoException {
  return Object.assign(new Error('is a file that vodflow did not write, and is left as it is'), { path })
}

/** Nothing is there yet. */
export function ifMissing<T>(otherwise: T) {
  return (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return otherwise
    throw error
  }
}
