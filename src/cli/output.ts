import { fstatSync, writeSync } from 'node:fs'

/**
 * What a command prints is its result, so output that is lost is no success. A reader that has gone, as `head` goes, wanted no more.
 *
 * @param onLost - gets what Node says, once
 */
export function watchOutput(
  stdout: NodeJS.WriteStream & { readonly fd: number },
  onLost: (problem: string) => void,
): void {
  let lost = false
  stdout.removeAllListeners('error').on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (lost || code === 'EPIPE') return
    lost = true
    onLost(message)
  })
  if (isFile(stdout.fd)) stdout._write = (chunk, _, done) => done(failureOf(() => writeAll(stdout.fd, chunk)))
}

/** A log that cannot be written ends no process, and nothing is left to say it with. */
export function surviveLostLog(stderr: NodeJS.WriteStream): void {
  stderr.removeAllListeners('error').on('error', () => {})
}

/** Node writes once to a file, and counts a part as the whole where the disk has room for no more. */
function writeAll(fd: number, chunk: Uint8Array): void {
  for (let from = 0; from < chunk.length; ) from += writeSync(fd, chunk, from)
}

function failureOf(work: () => void): Error | null {
  try {
    work()
    return null
  } catch (error) {
    return error as Error
  }
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile()
  } catch {
    return false
  }
}
