import { writeSync } from 'node:fs'
import { statOpen } from '../operate/openFile.js'

/**
 * Reports output that was lost, because the output of a command is its result. A reader that closes early, as `head` does, is no error.
 *
 * @param onLost - receives Node's message, once
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

/** Ignores errors of the log: they must not end the process, and there is nowhere left to report them. */
export function surviveLostLog(stderr: NodeJS.WriteStream): void {
  stderr.removeAllListeners('error').on('error', () => {})
}

/** Writes the whole chunk. Node writes to a file once, and counts a partial write to a full disk as complete. */
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
    return statOpen(fd).isFile()
  } catch {
    return false
  }
}
