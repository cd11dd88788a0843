import { type ChildProcess, spawn } from 'node:child_process'
import { SubTaskFailure } from './contract.js'

export interface RunOptions {
  /** Working directory. Output names are relative to it, because `%d` in a full path would be a pattern. Default: that of this process. */
  readonly cwd?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Called with the seconds of media processed so far. */
  readonly onSeconds?: ((seconds: number) => void) | undefined
}

const keptOutput = 8 * 1024

/** Child processes, which are killed when this process exits. */
const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Runs ffmpeg without a shell. @throws SubTaskFailure if it fails */
export async function runFfmpeg(
  ffmpeg: string,
  args: readonly string[],
  { cwd, signal, onSeconds }: RunOptions = {},
): Promise<void> {
  const all = ['-hide_banner', '-nostdin', '-y', '-v', 'error', '-progress', 'pipe:1', ...args]
  const { code, stderr } = await run(ffmpeg, all, {
    signal,
    cwd,
    onLine(line) {
      // Despite its name, out_time_ms is in microseconds in every version of ffmpeg.
      const micros = /^out_time_ms=(\d+)/.exec(line)?.[1]
      if (micros) onSeconds?.(Number(micros) / 1e6)
    },
  })
  // A truncated source is not an error for ffmpeg, which creates a shorter film.
  if (code !== 0 || /partial file\b/.test(stderr)) throw failureOf(stderr)
}

/** Runs a program to its end and returns its output. */
export function run(
  program: string,
  args: readonly string[],
  {
    cwd,
    signal,
    onLine,
  }: { cwd?: string | undefined; signal?: AbortSignal | undefined; onLine?: (line: string) => void } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd,
      ...(signal ? { signal, killSignal: 'SIGKILL' as const } : {}),
    })
    children.add(child)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (onLine) for (const line of chunk.split('\n')) onLine(line)
      else stdout += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-keptOutput)
    })
    child.on('error', (error) => {
      children.delete(child)
      reject(error)
    })
    child.on('close', (code) => {
      children.delete(child)
      resolve({ code, stdout, stderr })
    })
  })
}

function failureOf(stderr: string): SubTaskFailure {
  if (/matches no streams|does not contain any stream|no video/i.test(stderr)) {
    return new SubTaskFailure('SourceFileError.NoVideoMedia', 'the source has no video')
  }
  if (
    /partial file\b|Invalid data found|moov atom not found|Error while decoding|could not find codec/i.test(
      stderr,
    )
  ) {
    return new SubTaskFailure('SourceFileError.ContentMalformed', 'the source cannot be decoded')
  }
  return new SubTaskFailure('InternalError', 'the processing failed')
}
